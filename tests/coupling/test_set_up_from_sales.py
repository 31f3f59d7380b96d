"""Set Up Coupling from a record of the Sales side: choose an ERP record, or have one made."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from coupling.models import Coupling
from coupling.services.coupling import coupling_create
from erp.models import Customer
from sync.jobs import drain
from sync.models import Failure, Job, WorkItem
from tests.cast import make_user
from tests.coupling.world import World, build

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ADDRESS = "/coupling/set-up/"


@pytest.fixture
def world(db: Any) -> World:
    return build()


@pytest.fixture
def client() -> Client:
    found = Client(headers={"Accept-Language": "en", **HTMX})
    found.force_login(make_user("salesperson"))
    return found


def of(world: World, account: str = "Adatum", **data: Any) -> dict[str, Any]:
    return {"list": "crm.account.list", "ids": world.accounts[account], **data}


def shown(answer: Any) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def couple(world: World, customer: str, account: str) -> Coupling:
    ends = {"erp_id": world.customers[customer], "crm_id": world.accounts[account]}
    return coupling_create(mapping=world.mapping("CUSTOMER"), **ends)


def test_the_dialog_offers_uncoupled_customers_best_match_first(world: World, client: Client) -> None:
    world.customer("Blocked", blocked=3)
    couple(world, "Fabrikam", "Litware")

    html = shown(client.get(ADDRESS, of(world)))

    assert "Business Central · Customer" in html
    assert f'value="{world.customers["Adatum"]}" checked' in html
    assert "best match" in html
    assert world.customers["Fabrikam"] not in html, "coupled with another account"
    assert world.customers["Blocked"] not in html, "outside the filter"


def test_offers_follow_what_is_typed(world: World, client: Client) -> None:
    html = shown(client.get(f"{ADDRESS}candidates/", of(world, q="fabri")))

    assert world.customers["Fabrikam"] in html
    assert world.customers["Adatum"] not in html


def test_the_preview_stands_the_right_way_round(world: World, client: Client) -> None:
    html = shown(client.get(f"{ADDRESS}preview/", of(world, "Adatum Nord", crm_id=world.customers["Adatum"])))
    assert html.index("Roma") < html.index("Milano"), "the customer left, the account right"

    new = shown(client.get(f"{ADDRESS}preview/", of(world, "Adatum Nord", create_new="on")))
    assert new.count("Milano") == 2, "what the new customer would be called stands beside the account's value"


def test_an_account_is_coupled_with_the_chosen_customer(world: World, client: Client) -> None:
    answer = client.post(ADDRESS, of(world, crm_id=world.customers["Adatum"], synchronize="no"))

    assert "is coupled with" in answer["HX-Trigger"]
    coupling = Coupling.objects.get()
    assert (str(coupling.erp_id), str(coupling.crm_id)) == (world.customers["Adatum"], world.accounts["Adatum"])


def test_a_new_customer_is_made_of_it(world: World, client: Client) -> None:
    client.post(ADDRESS, of(world, "Litware", create_new="on"))
    drain()

    assert Job.objects.get().direction == "from_crm"
    made = Customer.objects.get(name="Litware")
    assert str(Coupling.objects.get(erp_id=made.pk).crm_id) == world.accounts["Litware"]


def test_another_customer_replaces_the_present_one_after_a_question(world: World, client: Client) -> None:
    couple(world, "Adatum", "Adatum")
    sent = of(world, crm_id=world.customers["Fabrikam"], synchronize="no")

    assert "Confirm that this coupling is to be replaced" in shown(client.post(ADDRESS, sent))
    client.post(ADDRESS, {**sent, "replace": "on"})

    assert [str(c.erp_id) for c in Coupling.objects.all()] == [world.customers["Fabrikam"]]


def test_a_customer_that_is_coupled_elsewhere_is_refused(world: World, client: Client) -> None:
    couple(world, "Adatum", "Litware")

    html = shown(client.post(ADDRESS, of(world, crm_id=world.customers["Adatum"], synchronize="no")))

    assert "already coupled" in html
    assert [str(c.crm_id) for c in Coupling.objects.all()] == [world.accounts["Litware"]]


def test_the_present_pair_can_be_synchronized_from_here(world: World, client: Client) -> None:
    couple(world, "Adatum", "Adatum Nord")

    client.post(ADDRESS, of(world, "Adatum Nord", crm_id=world.customers["Adatum"], synchronize="use_crm"))
    drain()

    assert Customer.objects.get(pk=world.customers["Adatum"]).name == "Adatum Nord"


def test_card_and_list_of_the_sales_side_have_the_action(world: World, client: Client) -> None:
    page = Client(headers={"Accept-Language": "en"})
    page.force_login(make_user("salesperson"))

    for address in (f"/crm/accounts/{world.accounts['Adatum']}/", "/crm/accounts/"):
        assert "Set Up Coupling" in shown(page.get(address))


def test_a_row_of_the_work_list_without_erp_record_starts_at_the_sales_record(world: World, client: Client) -> None:
    failure = {"mapping": "CUSTOMER", "side": "crm", "record": world.accounts["Litware"], "code": "rule"}
    Failure.objects.create(**failure)
    row = WorkItem.objects.get()

    html = shown(client.post("/sync/errors/actions/set_up_coupling/", {"list": "sync.work_list", "ids": str(row.pk)}))

    assert f"table=crm.Account&ids={world.accounts['Litware']}" in html
