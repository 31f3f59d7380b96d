"""The work-list through the API: what stands on it, and what each of its actions does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from coupling.models import Coupling
from erp.models import Customer
from sync.models import Failure, OutcomeRow, WorkItem
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db
ERRORS = "/api/v1/sync-errors/"


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


@pytest.fixture
def client(api: Callable[[str], APIClient], scene: Scene) -> APIClient:
    return api("salesperson")


def rows(client: APIClient, **query: Any) -> list[dict[str, Any]]:
    response = client.get(ERRORS, query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def act(client: APIClient, action: str, **body: Any) -> dict[str, Any]:
    response = client.post(f"{ERRORS}{action}/", body)
    assert response.status_code in (200, 202), response.content
    return response.json()


def test_nothing_wrong_is_an_empty_list(scene: Scene, client: APIClient) -> None:
    scene.couple()

    assert rows(client) == []


def test_a_conflict_shows_the_three_values_of_the_field(scene: Scene, client: APIClient) -> None:
    coupling = scene.conflict()

    (row,) = rows(client)

    assert (row["id"], row["state"], row["reason"]) == (str(coupling.pk), "conflict", "update_conflict")
    assert row["erp"]["exists"]
    assert row["crm"]["exists"]
    assert row["crm"]["name"] == "Adatum"
    assert row["detail"]
    (field,) = row["fields"]
    assert {name: field[name] for name in ("field", "base", "erp", "crm", "conflict")} == {
        "field": "phone_no",
        "base": "",
        "erp": "111",
        "crm": "222",
        "conflict": True,
    }


def test_synchronize_in_one_direction_lets_that_side_win(scene: Scene, client: APIClient) -> None:
    coupling = scene.conflict()

    answer = act(client, "synchronize", ids=[str(coupling.pk)], direction="from_crm")
    scene.work()

    assert (answer["done"], answer["refused"], len(answer["jobs"])) == (1, [], 1)
    assert scene.phone() == "222"
    assert rows(client) == []


def test_synchronize_field_by_field(scene: Scene, client: APIClient) -> None:
    coupling = scene.couple()
    scene.edit_customer(phone_no="111", city="Torino")
    scene.edit_account(telephone1="222", address1_city="Milano")
    scene.run()
    (row,) = rows(client)
    assert {f["field"] for f in row["fields"]} == {"phone_no", "city"}

    act(client, "synchronize", ids=[str(coupling.pk)], fields={"phone_no": "erp", "city": "crm"})
    scene.work()

    assert scene.phone() == scene.telephone() == "111"
    assert scene.value("erp.Customer", scene.customer(), "city") == "Milano"
    assert rows(client) == []


def test_an_unknown_field_or_side_is_an_error_at_its_place(scene: Scene, client: APIClient) -> None:
    coupling = scene.conflict()
    ids = [str(coupling.pk)]

    for fields in ({"nonsense": "erp"}, {"phone_no": "both"}, {}):
        response = client.post(f"{ERRORS}synchronize/", {"ids": ids, "fields": fields})
        assert (response.status_code, list(response.json()["errors"])) == (400, ["fields"])
    assert client.post(f"{ERRORS}synchronize/", {"ids": ids}).status_code == 400
    assert client.post(f"{ERRORS}retry/", {"ids": ["x"]}).status_code == 400
    assert WorkItem.objects.count() == 1


def test_a_direction_that_the_mapping_does_not_allow_is_refused_by_row(scene: Scene, client: APIClient) -> None:
    coupling = scene.conflict()
    scene.mapping(direction="to_crm")

    answer = act(client, "synchronize", ids=[str(coupling.pk)], direction="from_crm")

    assert answer["done"] == 0
    assert [r["code"] for r in answer["refused"]] == ["direction_not_allowed"]
    assert answer["refused"][0]["detail"]
    assert Coupling.objects.get(pk=coupling.pk).error_to_crm is not None


def test_retry_applies_the_strategy_of_the_mapping(scene: Scene, client: APIClient) -> None:
    coupling = scene.conflict()
    scene.mapping(update_conflict="get")

    answer = act(client, "retry", ids=[str(coupling.pk)])
    scene.work()

    assert (answer["done"], len(answer["jobs"])) == (1, 1)
    assert scene.phone() == "222"
    assert rows(client) == []


def skip(scene: Scene) -> Coupling:
    """A pair that the same permanent error has set aside."""
    coupling = scene.couple()
    scene.world.mapping("CUSTOMER").lines.filter(erp_field="name").update(truncate=False)
    scene.edit_account(name="N" * 150)
    for _attempt in range(2):
        scene.run()
    return Coupling.objects.get(pk=coupling.pk)


def test_the_second_equal_error_skips_and_retry_clears_it(scene: Scene, client: APIClient) -> None:
    coupling = skip(scene)
    (row,) = rows(client, state="skipped")
    assert (row["id"], row["reason"]) == (str(coupling.pk), "too_long")
    scene.edit_account(name="Short")

    act(client, "retry", ids=[row["id"]])
    scene.work()

    assert rows(client) == []
    assert scene.value("erp.Customer", scene.customer(), "name") == "Short"


def test_retry_all_runs_every_mapping_once(scene: Scene, client: APIClient) -> None:
    skip(scene)
    scene.edit_account(name="Short")

    answer = act(client, "retry_all")
    scene.work()

    assert (answer["done"], [job["kind"] for job in answer["jobs"]]) == (1, ["modified"])
    assert rows(client) == []


def test_a_failed_uncoupled_record_is_on_the_list_and_retry_creates_it(scene: Scene, client: APIClient) -> None:
    scene.world.mapping("CUSTOMER").lines.filter(erp_field="name").update(truncate=False)
    scene.edit_account("Litware", name="N" * 150)
    scene.run("full", create_new=True, direction="from_crm")
    (row,) = rows(client, state="uncoupled_failed")
    assert (row["crm"]["id"], row["erp"]["id"], row["coupling"]) == (scene.account("Litware"), None, None)
    scene.edit_account("Litware", name="Litware")

    act(client, "retry", ids=[row["id"]])
    scene.work()

    assert Coupling.objects.filter(crm_id=scene.account("Litware")).exists()
    assert not Failure.objects.exists()


def test_restore_makes_the_deleted_record_again(scene: Scene, client: APIClient) -> None:
    coupling = scene.couple()
    scene.remove("crm.Account", scene.account())
    scene.run()
    (row,) = rows(client, state="broken")
    assert (row["erp"]["exists"], row["crm"]["exists"]) == (True, False)

    answer = act(client, "restore", ids=[row["id"]])

    (created,) = answer["created"]
    assert (answer["done"], answer["refused"]) == (1, [])
    assert created == {"id": str(coupling.pk), "erp_id": scene.customer(), "crm_id": created["crm_id"]}
    assert created["crm_id"] != scene.account()
    assert scene.value("crm.Account", created["crm_id"], "name") == "Adatum"
    assert rows(client) == []


def test_a_restored_customer_gets_a_new_number(scene: Scene, client: APIClient) -> None:
    coupling = scene.couple()
    number = scene.value("erp.Customer", scene.customer(), "no")
    scene.remove("erp.Customer", scene.customer())
    scene.run()

    answer = act(client, "restore", ids=[str(coupling.pk)])

    (created,) = answer["created"]
    assert Customer.objects.get(pk=created["erp_id"]).no not in ("", number)


def test_delete_records_deletes_the_survivor_and_the_coupling(scene: Scene, client: APIClient) -> None:
    coupling = scene.couple()
    scene.remove("crm.Account", scene.account())
    scene.run()

    answer = act(client, "delete_records", ids=[str(coupling.pk)])

    assert (answer["done"], answer["refused"]) == (1, [])
    assert not Customer.objects.filter(pk=scene.customer()).exists()
    assert not Coupling.objects.exists()
    assert OutcomeRow.objects.filter(job_id=answer["jobs"][0]["id"], action="delete").count() == 1


def test_restore_and_delete_are_refused_where_both_records_exist(scene: Scene, client: APIClient) -> None:
    coupling = scene.conflict()

    for action in ("restore", "delete_records"):
        answer = act(client, action, ids=[str(coupling.pk)])
        assert (answer["done"], [r["code"] for r in answer["refused"]]) == (0, ["both_records_exist"])


def test_find_for_deleted_marks_half_pairs_and_removes_empty_ones(scene: Scene, client: APIClient) -> None:
    half, empty = scene.couple(), scene.couple("Fabrikam", "Litware")
    scene.remove("crm.Account", scene.account())
    scene.remove("crm.Account", scene.account("Litware"))
    scene.remove("erp.Customer", scene.customer("Fabrikam"))

    answer = act(client, "find_deleted")

    assert answer["done"] == 2
    assert Coupling.objects.get(pk=half.pk).broken
    assert not Coupling.objects.filter(pk=empty.pk).exists()
    assert [row["state"] for row in rows(client)] == ["broken"]


def test_one_refused_row_does_not_stop_the_others(scene: Scene, client: APIClient) -> None:
    coupling = scene.conflict()
    nobody = "00000000-0000-0000-0000-000000000001"

    answer = act(client, "retry", ids=[nobody, str(coupling.pk)])

    assert answer["done"] == 1
    assert [(r["id"], r["code"]) for r in answer["refused"]] == [(nobody, "not_found_record")]


def test_who_may_only_look_changes_nothing(api: Callable[[str], APIClient], scene: Scene) -> None:
    coupling = scene.conflict()
    viewer = api("viewer")

    assert len(viewer.get(ERRORS).json()["results"]) == 1
    assert viewer.post(f"{ERRORS}retry/", {"ids": [str(coupling.pk)]}).status_code == 403
