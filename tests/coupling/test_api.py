"""The API of connection, mappings, couplings and option mappings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from coupling.models import Coupling
from coupling.services import connection as connections
from sync.jobs import drain
from tests.coupling.world import World, add, build, declared, install

Api = Callable[[str], APIClient]
MAPPINGS = "/api/v1/mappings/"
COUPLINGS = "/api/v1/couplings/"
NOBODY = "00000000-0000-7000-8000-00000000dead"


def couple(world: World, client: APIClient, **body: Any) -> Any:
    body = {
        "mapping": "CUSTOMER",
        "erp_id": world.customers["Adatum"],
        "crm_id": world.accounts["Adatum"],
        "synchronize": "no",
    } | body
    return client.post(COUPLINGS, {k: v for k, v in body.items() if v is not None})


def test_the_connection_is_shown_without_its_secret(api: Api) -> None:
    install()

    answer = api("admin").get("/api/v1/connection/")

    assert answer.status_code == 200
    assert answer.data["address"] == "embedded"
    assert answer.data["user_name"] == "integration"
    assert answer.data["enabled"] is False
    assert "secret" not in answer.data
    assert "cipher" not in answer.content.decode()


def test_the_connection_is_for_administrators(api: Api) -> None:
    for name in ("viewer", "salesperson"):
        answer = api(name).get("/api/v1/connection/")
        assert (answer.status_code, answer.data["code"]) == (403, "permission_denied")


def test_connect_test_enable_disable(api: Api) -> None:
    install()
    admin = api("admin")

    assert admin.post("/api/v1/connection/test/").status_code == 200
    enabled = admin.post("/api/v1/connection/enable/", {"install_defaults": True})
    assert (enabled.status_code, enabled.data["enabled"]) == (200, True)
    assert admin.get(MAPPINGS).data["count"] == len(declared())
    refused = admin.patch("/api/v1/connection/", {"address": "elsewhere"})
    assert (refused.status_code, refused.data["code"]) == (409, "connection_enabled")
    assert admin.post("/api/v1/connection/disable/").data["enabled"] is False


def test_what_is_wrong_with_the_connection_is_told_by_code(api: Api) -> None:
    install()
    admin = api("admin")
    admin.patch("/api/v1/connection/", {"secret": "wrong"})

    answer = admin.post("/api/v1/connection/test/")

    assert (answer.status_code, answer.data["code"]) == (409, "credentials")
    assert "integration" in answer.data["detail"]
    admin.patch("/api/v1/connection/", {"address": ""})
    assert admin.post("/api/v1/connection/enable/").data["code"] == "address"


def test_a_stale_connection_is_answered_with_the_present_one(api: Api) -> None:
    install()
    admin = api("admin")
    admin.patch("/api/v1/connection/", {"erp_product_name": "A"})

    answer = admin.patch("/api/v1/connection/", {"erp_product_name": "B"}, headers={"If-Match": '"1"'})

    assert answer.status_code == 412
    assert answer.data["erp_product_name"] == "A"


def test_a_mapping_is_read_with_counts_and_version(world: World, api: Api) -> None:
    found = api("viewer").get(f"{MAPPINGS}CUSTOMER/").data

    assert found["direction"] == "bidirectional"
    assert found["depends_on"] == ["CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"]
    assert (found["failed_count"], found["skipped_count"]) == (0, 0)
    assert isinstance(found["version"], int)
    assert found["synch_modified_on_filter"] is None


def test_a_mapping_name_with_a_blank_is_an_address(world: World, api: Api) -> None:
    assert api("viewer").get(f"{MAPPINGS}PAYMENT%20TERMS/").data["name"] == "PAYMENT TERMS"
    assert api("viewer").get(f"{MAPPINGS}payment terms/fields/").data["count"] == 1
    assert api("viewer").get(f"{MAPPINGS}NOTHING/").status_code == 404


def test_only_administrators_change_mappings(world: World, api: Api) -> None:
    assert api("salesperson").patch(f"{MAPPINGS}CUSTOMER/", {"only_coupled": False}).status_code == 403
    assert api("salesperson").post(f"{MAPPINGS}reset/").status_code == 403

    answer = api("admin").patch(f"{MAPPINGS}CUSTOMER/", {"only_coupled": False, "update_conflict": "merge"})

    assert (answer.data["only_coupled"], answer.data["update_conflict"]) == (False, "merge")


def test_bad_mapping_values_are_told_at_their_field(world: World, api: Api) -> None:
    answer = api("admin").patch(f"{MAPPINGS}CUSTOMER/", {"table_filter": "blocked=", "direction": "up"})

    assert answer.status_code == 400
    assert set(answer.data["errors"]) == {"direction"}
    answer = api("admin").patch(f"{MAPPINGS}CUSTOMER/", {"table_filter": "blocked="})
    assert answer.data["errors"]["table_filter"][0]["code"] == "filter_value_expected"


def test_lines_are_made_changed_and_removed(world: World, api: Api) -> None:
    admin = api("admin")
    url = f"{MAPPINGS}CUSTOMER/fields/"
    before = admin.get(f"{MAPPINGS}CUSTOMER/").data["version"]

    made = admin.post(url, {"erp_field": "name_2", "crm_field": "address1_name", "truncate": True})
    assert (made.status_code, made.data["enabled"]) == (201, False)
    line = f"{url}{made.data['id']}/"
    assert admin.patch(line, {"enabled": True}).data["enabled"] is True
    assert admin.patch(line, {"crm_field": "nothing"}).data["errors"]["crm_field"][0]["code"] == "unknown_field"
    stale = admin.patch(line, {"enabled": False}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert admin.delete(line).status_code == 204
    assert admin.get(line).status_code == 404
    assert admin.get(f"{MAPPINGS}CUSTOMER/").data["version"] == before + 3


def test_reset_answers_the_default_mappings(world: World, api: Api) -> None:
    admin = api("admin")
    admin.patch(f"{MAPPINGS}CUSTOMER/", {"table_filter": ""})

    answer = admin.post(f"{MAPPINGS}reset/")

    assert answer.status_code == 200
    assert admin.get(f"{MAPPINGS}CUSTOMER/").data["table_filter"] == "blocked=0"


def test_a_coupling_is_made_read_and_deleted(world: World, api: Api) -> None:
    client = api("salesperson")

    made = couple(world, client)

    assert made.status_code == 201
    assert made.data["mapping"] == "CUSTOMER"
    assert (made.data["erp_key"], made.data["crm_name"]) == ("C00010", "Adatum")
    assert (made.data["erp_table"], made.data["crm_table"]) == ("erp.Customer", "crm.Account")
    assert (made.data["skipped"], made.data["base"], made.data["last_result_to_crm"]) == (False, {}, "")
    url = f"{COUPLINGS}{made.data['id']}/"
    assert client.get(url).data == made.data
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_a_coupled_partner_is_named(world: World, api: Api) -> None:
    client = api("salesperson")
    couple(world, client)

    answer = couple(world, client, crm_id=world.accounts["Litware"])

    assert (answer.status_code, answer.data["code"]) == (409, "already_coupled")
    assert "Adatum" in answer.data["detail"]
    assert couple(world, client, crm_id=world.accounts["Litware"], replace=True).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"mapping": "NOTHING"}, 400, "mapping"),
        ({"mapping": None}, 400, "mapping"),
        ({"crm_id": None}, 400, "crm_id"),
        ({"erp_id": "x"}, 400, "erp_id"),
        ({"erp_id": NOBODY}, 400, "erp_id"),
        ({"synchronize": "maybe"}, 400, "synchronize"),
        ({"replace": "maybe"}, 400, "replace"),
        ({"create_new": True}, 400, "crm_id"),
    ],
)
def test_an_incomplete_coupling_is_refused_at_its_field(
    world: World, api: Api, body: dict[str, Any], status: int, told: str
) -> None:
    answer = couple(world, api("salesperson"), **body)

    assert answer.status_code == status
    assert told in answer.data["errors"]
    assert not Coupling.objects.exists()


def test_without_a_connection_nothing_is_coupled(world: World, api: Api) -> None:
    connections.connection_disable()

    answer = couple(world, api("salesperson"))

    assert (answer.status_code, answer.data["code"]) == (409, "connection_disabled")


def test_a_viewer_couples_nothing(world: World, api: Api) -> None:
    assert couple(world, api("viewer")).status_code == 403


def test_couplings_are_found_by_mapping_record_and_mark(world: World, api: Api) -> None:
    client = api("salesperson")
    couple(world, client)
    couple(world, client, erp_id=world.customers["Fabrikam"], crm_id=world.accounts["Litware"])
    Coupling.objects.filter(erp_id=world.customers["Fabrikam"]).update(skipped=True)

    def count(query: str) -> int:
        return client.get(f"{COUPLINGS}?{query}").data["count"]

    assert count("mapping=CUSTOMER") == 2
    assert count("mapping=CONTACT") == 0
    assert count("skipped=true") == count("skipped=false") == 1
    assert count(f"erp_id={world.customers['Adatum']}") == 1
    assert count(f"crm_id={world.accounts['Litware']}") == 1
    assert client.get(f"{COUPLINGS}?erp_id=x").status_code == 400


def test_a_list_of_couplings_costs_a_constant_number_of_queries(world: World, api: Api) -> None:
    client = api("viewer")

    def cost() -> int:
        with CaptureQueriesContext(database) as queries:
            assert client.get(COUPLINGS).status_code == 200
        return len(queries)

    Coupling.objects.create(pair="CUSTOMER", erp_id=world.customers["Adatum"], crm_id=world.accounts["Adatum"])
    cost()
    few = cost()
    for number in range(30):
        pair = {"erp_id": world.customer(f"C{number}"), "crm_id": world.account(f"A{number}")}
        Coupling.objects.create(pair="CUSTOMER", base=["x"], base_version=1, **pair)

    assert cost() <= few + 1


def test_candidates_are_a_list(world: World, api: Api) -> None:
    url = f"{COUPLINGS}candidates/?mapping=CUSTOMER&erp_id={world.customers['Adatum']}&q=adatum&limit=1"

    answer = api("viewer").get(url).data

    assert (answer["count"], answer["previous"]) == (2, None)
    assert answer["next"] is not None
    assert answer["results"] == [{"crm_id": world.accounts["Adatum"], "name": "Adatum", "detail": "Roma"}]
    assert api("viewer").get(f"{COUPLINGS}candidates/?mapping=NOTHING").status_code == 400


def test_mapped_records_say_whether_they_are_coupled(world: World, api: Api) -> None:
    client = api("salesperson")
    couple(world, client)

    coupled = client.get("/api/v1/erp/customers/?filter=coupled_to_dataverse=true").data["results"]
    open_ = client.get("/api/v1/crm/accounts/?filter=coupled_to_dataverse=false").data["results"]

    assert [(c["name"], c["coupled_to_dataverse"]) for c in coupled] == [("Adatum", True)]
    assert {a["name"] for a in open_} == {"Adatum Nord", "Litware"}


def test_option_mappings_are_made_changed_and_removed(world: World, api: Api) -> None:
    client = api("salesperson")
    terms = [add("erp.PaymentTerms", code=code) for code in ("30D", "NEW")]
    url = "/api/v1/option-mappings/"
    first = client.post(url, {"mapping": "PAYMENT TERMS", "erp_id": terms[0], "option_value": 1})
    assert (first.status_code, first.data["erp_key"], first.data["label"]) == (201, "30D", "Net 30")

    second = client.post(url, {"mapping": "PAYMENT TERMS", "erp_id": terms[1]})
    assert second.data["option_value"] >= 100_000_000
    assert second.data["label"] == "NEW"

    taken = client.patch(f"{url}{second.data['id']}/", {"option_value": 1})
    assert (taken.status_code, taken.data["code"]) == (409, "already_coupled")
    assert client.patch(f"{url}{second.data['id']}/", {"option_value": 4}).data["label"] == "Net 60"
    assert client.get(f"{url}?mapping=PAYMENT TERMS").data["count"] == 2
    assert client.get("/api/v1/erp/payment-terms/?filter=coupled_to_dataverse=true").data["count"] == 2
    assert client.delete(f"{url}{first.data['id']}/").status_code == 204
    assert client.post(url, {"mapping": "CUSTOMER", "erp_id": terms[0]}).data["code"] == "not_option_mapping"


@pytest.fixture
def working(db: Any) -> World:
    """An installation whose jobs can run."""
    return build()


def test_a_new_partner_is_made_by_a_job(working: World, api: Api) -> None:
    client = api("salesperson")

    answer = couple(working, client, crm_id=None, create_new=True)

    assert answer.status_code == 202
    assert (answer.data["coupling"], answer.data["scheduled"], len(answer.data["jobs"])) == (None, 1, 1)
    drain()
    found = client.get(f"{COUPLINGS}?erp_id={working.customers['Adatum']}").data["results"]
    assert [c["crm_name"] for c in found] == ["Adatum"]
    assert found[0]["base"]["name"] == ["Adatum", "Adatum"]


def test_a_new_erp_record_is_made_from_an_account(working: World, api: Api) -> None:
    client = api("salesperson")

    answer = couple(working, client, erp_id=None, crm_id=working.accounts["Litware"], create_new=True)
    drain()

    assert answer.status_code == 202
    found = client.get(f"{COUPLINGS}?crm_id={working.accounts['Litware']}").data["results"]
    assert client.get(f"/api/v1/erp/customers/{found[0]['erp_id']}/").data["name"] == "Litware"


def test_coupling_and_synchronizing_answers_the_coupling_beside_the_jobs(working: World, api: Api) -> None:
    client = api("salesperson")

    answer = couple(working, client, crm_id=working.accounts["Litware"], synchronize="use_erp")
    drain()

    assert answer.status_code == 202
    assert answer.data["coupling"]["crm_id"] == working.accounts["Litware"]
    assert client.get(f"/api/v1/crm/accounts/{working.accounts['Litware']}/").data["name"] == "Adatum"


def test_a_selection_names_what_was_left_out(working: World, api: Api) -> None:
    client = api("salesperson")
    couple(working, client)
    blocked = working.customer("Blocked", blocked=3)
    keys = [working.customers["Adatum"], blocked, NOBODY, working.customers["Fabrikam"]]

    answer = client.post(COUPLINGS, {"mapping": "CUSTOMER", "erp_ids": keys, "create_new": True})

    assert (answer.status_code, answer.data["scheduled"], answer.data["coupling"]) == (202, 1, None)
    assert [(s["id"], s["code"]) for s in answer.data["skipped"]] == [(keys[0], "already_coupled")]
    assert [(f["id"], f["code"]) for f in answer.data["failed"]] == [
        (blocked, "outside_filter"),
        (NOBODY, "record_missing"),
    ]


def test_a_forged_direction_is_refused(world: World, api: Api) -> None:
    api("admin").patch(f"{MAPPINGS}CUSTOMER/", {"direction": "to_crm"})

    for body in ({"synchronize": "use_crm"}, {"erp_id": None, "create_new": True}):
        answer = couple(world, api("salesperson"), **body)
        assert (answer.status_code, answer.data["code"]) == (409, "direction_not_allowed")
    assert not Coupling.objects.exists()


def test_a_repeated_request_with_its_key_couples_once(world: World, api: Api) -> None:
    client = api("salesperson")
    body = {"mapping": "CUSTOMER", "erp_id": world.customers["Adatum"], "crm_id": world.accounts["Adatum"]}

    first = client.post(COUPLINGS, body, headers={"Idempotency-Key": "k1"})
    second = client.post(COUPLINGS, body, headers={"Idempotency-Key": "k1"})

    assert first.status_code == second.status_code == 201
    assert first.data["id"] == second.data["id"]
