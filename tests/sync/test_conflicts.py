"""Conflicts: both sides and the last common value, a choice for each field, answers for many at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from coupling.models import Coupling
from records.errors import Rejected
from records.writes import Edit, update
from sync.models import Job, WorkItem
from sync.worklist.conflicts import Choice, answer
from tests.cast import make_user
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGE = "/sync/conflicts/"


class Many(Scene):
    """Three conflicts: of a phone number, of a city, of both."""

    def __init__(self) -> None:
        super().__init__()
        self.world.customer("Northwind")
        self.world.account("Northwind")
        self.ids = {
            name: str(self.couple(name, account).pk)
            for name, account in (("Adatum", "Adatum"), ("Fabrikam", "Litware"), ("Northwind", "Northwind"))
        }
        self.accounts = {"Adatum": "Adatum", "Fabrikam": "Litware", "Northwind": "Northwind"}
        self.both("Adatum", phone_no="111", telephone1="222")
        self.both("Fabrikam", city="Torino", address1_city="Milano")
        self.both("Northwind", phone_no="333", telephone1="444", city="Roma", address1_city="Bari")
        self.run()

    def both(self, name: str, **values: str) -> None:
        self.edit_customer(name, **{k: v for k, v in values.items() if k in ("phone_no", "city")})
        self.edit_account(self.accounts[name], **{k: v for k, v in values.items() if k not in ("phone_no", "city")})

    def values(self, name: str) -> tuple[Any, ...]:
        """Phone and city of both sides."""
        erp, crm = self.customer(name), self.account(self.accounts[name])
        return (
            self.value("erp.Customer", erp, "phone_no"),
            self.value("crm.Account", crm, "telephone1") or "",
            self.value("erp.Customer", erp, "city"),
            self.value("crm.Account", crm, "address1_city") or "",
        )


@pytest.fixture
def scene(db: Any) -> Many:
    return Many()


def browser(name: str = "salesperson") -> Client:
    client = Client()
    client.force_login(make_user(name))
    return client


def shown(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return unescape(response.content.decode())


def sent(html: str) -> dict[str, str]:
    """What the form of the page would send: versions that were seen, and the choices that are proposed."""
    found = dict(re.findall(r'name="(seen\.[^"]+)" value="([^"]*)"', html))
    found |= dict(re.findall(r'type="radio" name="([^"]+)" value="(\w+)"[^>]* checked', html))
    return found


def press(client: Client, way: str, **data: Any) -> Any:
    response = client.post(f"{PAGE}answer/", {"way": way, **data}, headers=HTMX)
    assert response.status_code == 200, response.content
    return response


def open_conflicts() -> set[str]:
    return {str(pk) for pk in WorkItem.objects.filter(state="conflict").values_list("pk", flat=True)}


def test_the_page_shows_both_sides_and_the_last_common_value(scene: Many) -> None:
    html = shown(browser("viewer"))

    assert html.count('class="conflict-card"') == 3
    part = html[html.index(f'id="c-{scene.ids["Fabrikam"]}"') :]
    row = re.findall(r"<td[^>]*>(.*?)</td>", part[: part.index("</table>")], re.S)
    assert [re.sub(r"<[^>]+>", "", cell).strip() for cell in row] == ["–", "Torino", "Milano"]
    assert "hx-post" not in html  # who may only look answers nothing


def test_keep_one_side_for_the_ticked_conflicts(scene: Many) -> None:
    client = browser()
    ids = [scene.ids["Adatum"], scene.ids["Northwind"]]

    press(client, "from_crm", ids=ids, **sent(shown(client)))
    scene.work()

    assert scene.values("Adatum")[:2] == ("222", "222")
    assert scene.values("Northwind") == ("444", "444", "Bari", "Bari")
    assert open_conflicts() == {scene.ids["Fabrikam"]}


def test_all_at_once_reaches_the_conflicts_of_other_pages_too(scene: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.views.conflicts.SHOWN", 1)
    client = browser()
    html = shown(client)
    assert html.count('class="conflict-card"') == 1

    press(client, "to_crm", all="1", **sent(html))
    scene.work()

    assert open_conflicts() == set()
    assert scene.values("Northwind") == ("333", "333", "Roma", "Roma")


def test_each_conflict_goes_by_its_own_choices(scene: Many) -> None:
    client = browser()
    choices = {
        f"field.{scene.ids['Adatum']}.phone_no": "crm",
        f"field.{scene.ids['Fabrikam']}.city": "erp",
        f"field.{scene.ids['Northwind']}.phone_no": "erp",
        f"field.{scene.ids['Northwind']}.city": "crm",
    }

    press(client, "fields", ids=list(scene.ids.values()), **sent(shown(client)) | choices)
    scene.work()

    assert scene.values("Adatum")[:2] == ("222", "222")
    assert scene.values("Fabrikam")[2:] == ("Torino", "Torino")
    assert scene.values("Northwind") == ("333", "333", "Bari", "Bari")
    assert open_conflicts() == set()


def test_one_conflict_by_its_own_button(scene: Many) -> None:
    client = browser()
    key = scene.ids["Fabrikam"]

    press(client, "fields", one=key, all="1", **sent(shown(client)) | {f"field.{key}.city": "crm"})
    scene.work()

    assert scene.values("Fabrikam")[2:] == ("Milano", "Milano")
    assert open_conflicts() == set(scene.ids.values()) - {key}


def test_merge_takes_what_only_one_side_changed_and_leaves_true_clashes(scene: Many) -> None:
    scene.world.customer("Tailspin")
    scene.world.account("Tailspin")
    scene.accounts["Tailspin"] = "Tailspin"
    mergeable = str(scene.couple("Tailspin", "Tailspin").pk)
    scene.both("Tailspin", phone_no="555", address1_city="Oslo")
    scene.run()
    assert mergeable in open_conflicts()

    press(browser(), "merge", ids=[mergeable, scene.ids["Adatum"]])
    scene.work()

    assert scene.values("Tailspin") == ("555", "555", "Oslo", "Oslo")
    assert open_conflicts() == set(scene.ids.values())


def test_a_record_that_was_changed_since_it_was_looked_at_is_left_alone(scene: Many) -> None:
    client = browser()
    html = shown(client)
    scene.edit_account("Adatum", telephone1="999")

    response = press(client, "to_crm", ids=list(scene.ids.values()), **sent(html))
    scene.work()

    assert "The record was changed meanwhile." in unescape(response.content.decode()) + response.get("HX-Trigger", "")
    assert scene.values("Adatum")[:2] == ("111", "999")
    assert scene.values("Fabrikam")[2:] == ("Torino", "Torino")
    assert open_conflicts() == {scene.ids["Adatum"]}


def test_an_answer_is_logged_and_can_be_taken_back(scene: Many) -> None:
    from sync.services import job_undo

    told = answer(choices={scene.ids["Adatum"]: Choice("from_crm")}, user_name="salesperson")
    scene.work()
    assert scene.phone() == "222"

    job_undo(user=scene.user, job=Job.objects.get(pk=told.jobs[0].pk))
    scene.work()

    assert scene.phone() == "111"


def test_nothing_ticked_and_nonsense_are_refused(scene: Many) -> None:
    client = browser()
    before = Job.objects.count()

    assert client.post(f"{PAGE}answer/", {"way": "to_crm"}, headers=HTMX).status_code in (200, 400, 409, 422)
    for data in ({"way": "up", "all": "1"}, {"way": "to_crm", "ids": ["x"]}, {"way": "fields", "all": "1"}):
        assert client.post(f"{PAGE}answer/", data, headers=HTMX).status_code < 500
    assert Job.objects.count() == before
    with pytest.raises(Rejected):
        answer(choices={scene.ids["Adatum"]: Choice(fields={"phone_no": "both"})}, user_name="salesperson")
    assert browser("viewer").post(f"{PAGE}answer/", {"way": "to_crm", "all": "1"}).status_code == 403


def test_choices_for_several_rows_through_the_api(scene: Many, api: Callable[[str], APIClient]) -> None:
    client = api("salesperson")
    body = {
        "choices": {
            scene.ids["Adatum"]: {"phone_no": "crm"},
            scene.ids["Northwind"]: {"phone_no": "erp", "city": "erp"},
        }
    }

    response = client.post("/api/v1/sync-errors/synchronize/", body)
    scene.work()

    assert (response.status_code, response.json()["done"]) == (202, 2)
    assert scene.values("Adatum")[:2] == ("222", "222")
    assert scene.values("Northwind") == ("333", "333", "Roma", "Roma")
    for wrong in ({}, {"x": {"phone_no": "erp"}}, {scene.ids["Fabrikam"]: {}}, {scene.ids["Fabrikam"]: {"city": "up"}}):
        assert client.post("/api/v1/sync-errors/synchronize/", {"choices": wrong}).status_code == 400


def test_conflicts_of_many_rows_are_merged_through_the_api(scene: Many, api: Callable[[str], APIClient]) -> None:
    response = api("salesperson").post(
        "/api/v1/sync-errors/synchronize/", {"ids": list(scene.ids.values()), "direction": "merge"}
    )

    assert (response.status_code, response.json()["done"]) == (202, 3)


def test_a_clash_that_nobody_answered_stays_one(scene: Many) -> None:
    key = scene.ids["Northwind"]

    answer(choices={key: Choice(fields={"phone_no": "erp"})}, user_name="salesperson")
    scene.work()

    assert key in open_conflicts()
    assert Coupling.objects.get(pk=key).error_to_crm["params"]["fields"] == ["city"]


def test_a_conflict_solved_elsewhere_is_told_and_the_others_go_on(scene: Many) -> None:
    client = browser()
    html = shown(client)
    update("crm.Account", [Edit(scene.account(), {"telephone1": "111"})], source="page")
    scene.run()
    assert scene.ids["Adatum"] not in open_conflicts()

    press(client, "to_crm", ids=list(scene.ids.values()), **sent(html))
    scene.work()

    assert open_conflicts() == set()
