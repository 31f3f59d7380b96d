"""Transformation rules on pages and in the API: what shows, what is tried, what is refused, who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from coupling.models import IntegrationFieldMapping, TransformationRule
from people.models import User
from tests.cast import make_user
from tests.coupling.test_rules_in_runs import put, rule
from tests.coupling.world import World

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
API = "/api/v1/transformation-rules/"


def browser(name: str = "admin") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(
        make_user(name) if not User.objects.filter(username=name).exists() else User.objects.get(username=name)
    )
    return client


def stored(code: str) -> TransformationRule:
    return TransformationRule.objects.get(code=code)


def card(code: str) -> str:
    return f"/coupling/transformation-rules/{stored(code).pk}/"


def save(client: Client, code: str, **values: Any) -> Any:
    data = {"changed": ",".join(values), "row_version": stored(code).row_version, **values}
    return client.post(card(code), data, headers=HTMX)


def call(client: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(f"{API}{path}", body, content_type="application/json")


# Pages


def test_the_list_names_type_and_users_of_each_rule(world: World) -> None:
    put("TRIM")

    shown = browser("salesperson").get("/coupling/transformation-rules/").content.decode()

    assert "FOURTH_TO_SIXTH_CHAR" in shown
    assert "Remove Non-Alphanumeric Characters" in shown
    assert "CUSTOMER: Name - Account Name" in shown


@pytest.mark.parametrize(
    ("code", "captions", "others"),
    [
        ("FOURTH_TO_SIXTH_CHAR", ["Start Position", "Ending Text"], ["Find Value", "Data Format"]),
        ("YYYYMMDD_DATE", ["Data Format", "Data Formatting Culture"], ["Start Position", "Precision"]),
        ("TRIM", [], ["Parameters", "Find Value"]),
    ],
)
def test_a_card_shows_only_the_parameters_of_its_type(
    db: Any, code: str, captions: list[str], others: list[str]
) -> None:
    shown = browser().get(card(code)).content.decode()

    assert all(caption in shown for caption in captions)
    assert not any(caption in shown for caption in others)


def test_another_type_shows_other_parameters_at_once_and_forgets_the_old_ones(db: Any) -> None:
    answer = save(browser(), "FOURTH_TO_SIXTH_CHAR", type="replace")

    assert answer["X-Saved"] == "1"
    assert "Find Value" in answer.content.decode()
    assert "Start Position" not in answer.content.decode()
    rule_now = stored("FOURTH_TO_SIXTH_CHAR")
    assert (rule_now.type, rule_now.start_position, rule_now.length) == ("replace", 0, 0)


def test_the_card_is_drawn_anew_where_parameters_come_or_go(db: Any) -> None:
    assert save(browser(), "TRIM", type="round")["HX-Refresh"] == "true"
    assert stored("TRIM").rounding_direction == "nearest"


def test_a_wrong_parameter_is_told_at_its_field(db: Any) -> None:
    rule("LETTERS", "regex_match", pattern="[a-z]")

    answer = save(browser(), "LETTERS", find_value="(")

    assert answer["X-Saved"] == "0"
    assert 'data-error-of="find_value"' in answer.content.decode()


def test_a_new_rule_leads_to_its_card(db: Any) -> None:
    data = {"changed": "code,type", "code": "short", "type": "regex_match"}

    answer = browser().post("/coupling/transformation-rules/new/", data, headers=HTMX)

    assert answer["HX-Redirect"] == card("SHORT")


def test_values_are_tried_without_being_stored(db: Any) -> None:
    typed = "Adatum\n\n<b>x</b>"

    shown = browser("salesperson").get(f"{card('UPPERCASE')}try/", {"samples": typed}).content.decode()

    assert "ADATUM" in shown
    assert "&lt;B&gt;X&lt;/B&gt;" in shown
    assert "<b>" not in shown


def test_a_trial_says_why_a_value_or_a_rule_does_not_work(db: Any) -> None:
    client = browser()

    assert "It is not a date" in client.get(f"{card('US_DATE_FORMAT')}try/", {"samples": "soon"}).content.decode()
    save(client, "TRIM", type="regex_match")
    assert "is not complete" in client.get(f"{card('TRIM')}try/", {"samples": "a"}).content.decode()


def test_the_box_offers_values_of_the_field_that_the_rule_stands_at(world: World) -> None:
    put("UPPERCASE", "city")

    assert "Roma" in browser().get(card("UPPERCASE")).content.decode()


def test_a_rule_is_chosen_in_a_field_line_of_the_mapping_card(world: World) -> None:
    line = IntegrationFieldMapping.objects.get(mapping__name="CUSTOMER", erp_field="city")
    address = f"/coupling/mappings/{line.mapping_id}/"
    client = browser()
    assert "ALPHANUMERIC_ONLY" in client.get(address).content.decode()

    field = f"fields-{line.pk}-transformation"
    answer = client.post(
        f"{address}lines/fields/{line.pk}/", {"changed": "transformation", field: "UPPERCASE"}, headers=HTMX
    )

    line.refresh_from_db()
    assert (answer["X-Saved"], line.transformation) == ("1", "UPPERCASE")


def test_an_unstable_rule_is_refused_on_the_mapping_card(world: World) -> None:
    line = IntegrationFieldMapping.objects.get(mapping__name="CUSTOMER", erp_field="city")
    field = f"fields-{line.pk}-transformation"

    answer = browser().post(
        f"/coupling/mappings/{line.mapping_id}/lines/fields/{line.pk}/",
        {"changed": "transformation", field: "FOURTH_TO_SIXTH_CHAR"},
        headers=HTMX,
    )

    assert "because it changes its own result" in answer.content.decode()
    line.refresh_from_db()
    assert line.transformation == ""


def test_a_rule_in_use_stays_and_the_page_names_its_lines(world: World) -> None:
    put("TRIM")

    answer = browser().post(f"{card('TRIM')}delete/", {"confirmed": "1"}, headers=HTMX)

    assert "CUSTOMER: Name - Account Name" in answer.content.decode()
    assert stored("TRIM")


def test_shipped_rules_that_were_deleted_come_back_by_an_action(db: Any) -> None:
    stored("TRIM").delete()

    browser().post("/coupling/transformation-rules/actions/install/", headers=HTMX)

    assert stored("TRIM").type == "trim"


# API


def test_a_rule_goes_through_the_api(db: Any) -> None:
    client = browser()
    body = {
        "code": "short",
        "type": "substring",
        "parameters": {"start_position": 2, "length": 3},
        "next_rule": "UPPERCASE",
    }

    made = call(client, "post", "", body)

    assert made.status_code == 201
    assert made.json()["parameters"] == {"start_position": 2, "starting_text": "", "length": 3, "ending_text": ""}
    changed = call(client, "patch", "SHORT/", {"parameters": {"length": 2}})
    assert changed.json()["parameters"]["start_position"] == ""
    assert call(client, "get", "short/").json()["next_rule"] == "UPPERCASE"
    assert call(client, "post", "SHORT/try/", {"value": "adatum"}).json() == {
        "value": "adatum",
        "result": "AD",
        "error": None,
    }
    assert call(client, "delete", "SHORT/").status_code == 204
    assert call(client, "get", "SHORT/").status_code == 404


def test_the_list_is_filtered_and_names_users(world: World) -> None:
    put("TRIM")

    found = browser("salesperson").get(f"{API}?filter=type=trim").json()

    assert [(row["code"], row["used_by"]) for row in found["results"]] == [("TRIM", ["CUSTOMER: Name - Account Name"])]


def test_several_values_are_tried_at_once(db: Any) -> None:
    answer = call(browser(), "post", "US_DATE_FORMAT/try/", {"values": ["5/3/2026", "soon", ""]}).json()["results"]

    assert [row["result"] for row in answer] == ["2026-05-03", None, ""]
    assert answer[1]["error"]["code"] == "transformation_failed"
    assert answer[1]["error"]["params"]["value"] == "soon"


def test_a_rule_in_use_is_a_conflict(world: World) -> None:
    put("TRIM")

    answer = call(browser(), "delete", "TRIM/")

    assert (answer.status_code, answer.json()["code"]) == (409, "transformation_in_use")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("post", "", {"code": "X", "type": "regex_match", "parameters": {"pattern": "("}}, 400),
        ("post", "", {"code": "X", "type": "replace"}, 400),
        ("post", "", {"code": "X", "type": "replace", "parameters": []}, 400),
        ("post", "", {"code": "X", "surprise": 1}, 400),
        ("post", "TRIM/try/", {"values": "a"}, 400),
        ("post", "TRIM/try/", {}, 400),
        ("post", "NONE/try/", {"value": "a"}, 404),
        ("patch", "TRIM/", {"code": "OTHER"}, 400),
    ],
)
def test_bad_requests_are_answered_not_raised(db: Any, method: str, path: str, body: Any, status: int) -> None:
    assert call(browser(), method, path, body).status_code == status


def test_users_without_setup_may_read_and_nothing_else(db: Any) -> None:
    client = browser("salesperson")

    assert call(client, "get", "").status_code == 200
    assert call(client, "post", "", {"code": "X", "type": "trim"}).status_code == 403
    assert call(client, "delete", "TRIM/").status_code == 403
    assert save(client, "TRIM", description="x").status_code == 403
