"""The requirements S-01 to S-23 of the source documents, as far as connection and couplings fulfil them.

Each test is named after its requirement and checks what `spec/features.md` A.2 says under *Check*.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from coupling import registry
from coupling.models import Coupling
from coupling.services import connection as connections
from coupling.services.coupling import coupling_create
from crm.models import Account
from erp.models import ContactBusinessRelation, Customer
from pages.registry import card_of, list_of
from people.models import User
from records.actor import acting
from records.writes import Edit, update
from sync import services
from sync.jobs import drain
from sync.models import Job
from tests.cast import make_user
from tests.coupling.world import World, add, build

HTMX = {"HX-Request": "true"}
CAPTION = "Set Up Coupling"


@pytest.fixture
def world(db: Any) -> World:
    return build()


def browser(name: str = "salesperson", language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(make_user(name))
    return client


def set_up(client: Client, key: str, *, page: str = "erp.customer.list", **data: Any) -> Any:
    return client.post("/coupling/set-up/", {"list": page, "ids": key, **data}, headers=HTMX)


def couple(world: World, customer: str, account: str) -> Coupling:
    return coupling_create(
        mapping=world.mapping("CUSTOMER"), erp_id=world.customers[customer], crm_id=world.accounts[account]
    )


def card(world: World, customer: str = "Adatum", client: Client | None = None) -> str:
    return (client or browser()).get(f"/erp/customers/{world.customers[customer]}/").content.decode()


def account_of(world: World, customer: str) -> Account:
    return Account.objects.get(pk=Coupling.objects.get(erp_id=world.customers[customer]).crm_id)


def test_s01_a_user_couples_and_synchronizes_without_administrator_and_schedule(world: World) -> None:
    update(Customer, [Edit(world.customers["Adatum"], {"phone_no": "12 34"})], source="page").single()

    set_up(browser(), world.customers["Adatum"], crm_id=world.accounts["Litware"], synchronize="use_erp")
    drain()

    account = Account.objects.get(pk=world.accounts["Litware"])
    assert (account.name, account.telephone1) == ("Adatum", "12 34")


def test_s02_a_table_mapping_job_covers_exactly_the_coupled_pairs(world: World) -> None:
    for name in ("One", "Two", "Three"):
        world.customer(name)
        world.account(name)
        couple(world, name, name)

    with acting("salesperson", "page"):
        started = services.mapping_run(
            user=User.objects.get(username="admin"), mapping=world.mapping("CUSTOMER"), mode="full"
        )
    drain()

    counters = Job.objects.get(pk=started.jobs[0].pk).counters
    assert sum(counters["to_crm"].values()) == 3
    assert Customer.objects.get(pk=world.customers["Fabrikam"]).row_version == 1


@pytest.mark.parametrize("language", ["en", "en-gb", "it", "sv", "fr", "es"])
def test_s03_search_finds_coupling_by_each_keyword_in_every_language(world: World, language: str) -> None:
    client = browser(language=language)

    for word in ("crm", "sales", "couple", "decouple", "synchronize"):
        page = client.get(f"/tell-me/?q={word}&page=erp.customer.list", headers=HTMX)
        assert "set_up_coupling" in page.content.decode(), word


def test_s04_one_and_many_records_can_be_coupled(world: World) -> None:
    keys = [world.customer(name) for name in ("One", "Two", "Three")]
    client = browser()

    set_up(client, world.customers["Adatum"], crm_id=world.accounts["Adatum"], synchronize="no")
    url = "/erp/customers/actions/create_in_crm/"
    client.post(url, {"list": "erp.customer.list", "ids": keys, "confirmed": "1"}, headers=HTMX)
    drain()

    assert Coupling.objects.filter(pair="CUSTOMER").count() == 4


def test_s05_the_sales_side_lists_accounts_and_contacts(world: World) -> None:
    for path, name in (("/crm/accounts/", "Litware"), ("/crm/contacts/", "Contacts")):
        page = browser().get(path)
        assert page.status_code == 200
        assert name in page.content.decode()


@pytest.mark.parametrize("kind", ["dataverse", "sales"])
def test_s06_s14_either_kind_of_connection_makes_coupling_available(world: World, kind: str) -> None:
    connections.connection_disable()
    connections.connection_save(values={"kind": kind})
    assert CAPTION not in card(world)

    connections.connection_enable()

    assert CAPTION in card(world)


def test_s07_the_erp_record_leads_to_its_account(world: World) -> None:
    couple(world, "Adatum", "Litware")

    answer = browser().get(f"/erp/customers/{world.customers['Adatum']}/actions/open_coupled/")

    assert answer.url == f"/crm/accounts/{world.accounts['Litware']}/"
    assert "Litware" in card(world)


def test_s08_the_account_leads_to_its_erp_record(world: World) -> None:
    couple(world, "Adatum", "Litware")

    page = browser().get(f"/crm/accounts/{world.accounts['Litware']}/").content.decode()

    assert f"/erp/customers/{world.customers['Adatum']}/" in page


def test_s09_s43_product_names_come_from_a_setting(world: World) -> None:
    connections.connection_save(values={"crm_product_name": "Harbour Sales", "erp_product_name": "Harbour ERP"})

    page = card(world)

    assert "Open in Harbour Sales" in page
    assert "Harbour ERP" in page
    assert "Dynamics 365 Sales" not in page


def test_s10_an_uncoupled_record_is_not_synchronized(world: World) -> None:
    with acting("salesperson", "page"):
        started = services.sync_now(
            user=make_user("salesperson"),
            mapping="CUSTOMER",
            direction="to_crm",
            erp_ids=[world.customers["Adatum"]],
        )

    assert started.jobs == []
    assert [left.code for left in started.skipped] == ["not_coupled"]


def test_s11_an_existing_account_is_chosen(world: World) -> None:
    set_up(browser(), world.customers["Adatum"], crm_id=world.accounts["Adatum"], synchronize="no")

    assert str(Coupling.objects.get().crm_id) == world.accounts["Adatum"]
    assert Account.objects.count() == 3


def test_s12_a_new_account_is_made_and_coupled_in_one_step(world: World) -> None:
    set_up(browser(), world.customers["Fabrikam"], create_new="on")
    drain()

    account = account_of(world, "Fabrikam")
    assert (account.name, account.customertypecode) == ("Fabrikam", 3)


def test_s13_without_a_connection_there_is_no_action_and_no_way_around(world: World) -> None:
    couple(world, "Adatum", "Adatum")
    connections.connection_disable()
    client = browser("admin")

    for page in (card(world, client=client), client.get("/erp/customers/").content.decode()):
        for caption in (CAPTION, "Delete Coupling", "Synchronize Now"):
            assert caption not in page
    answer = set_up(client, world.customers["Fabrikam"], crm_id=world.accounts["Litware"])
    assert answer.status_code == 404
    url = f"/erp/customers/{world.customers['Adatum']}/actions/delete_coupling/"
    assert client.post(url, {"confirmed": "1"}, headers=HTMX).status_code == 404
    assert Coupling.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "caption"),
    [
        ("en", "Set Up Coupling"),
        ("en-nz", "Set Up Coupling"),
        ("it", "Imposta associazione"),
        ("sv", "Konfigurera koppling"),
        ("fr-ch", "Configurer le couplage"),
        ("es", "Configurar emparejamiento"),
    ],
)
def test_s15_the_card_of_a_connected_customer_has_the_caption(world: World, language: str, caption: str) -> None:
    assert caption in card(world, client=browser(language=language))


def test_s16_the_action_is_there_if_and_only_if_connected(world: World) -> None:
    update(Customer, [Edit(world.customers["Adatum"], {"blocked": 3})], source="page").single()

    page = card(world)
    viewer = card(world, client=browser("viewer"))

    assert "The record is outside the table filter of the mapping CUSTOMER." in page
    assert CAPTION in viewer
    assert "You do not have the right to do this." in viewer


def couplable() -> list[str]:
    return sorted({pair.mapping.erp_table for pair in registry.pairs() if not pair.mapping.person_only})


def test_s19_every_couplable_table_has_a_card_with_the_action(world: World) -> None:
    values: dict[str, dict[str, Any]] = {
        "erp.Contact": {"type": 1, "surname": "Rossi", "company_no": _company(world)},
        "erp.Customer": {"name": "Somebody"},
    }
    for label in couplable():
        key = add(label, **values.get(label, {"code": "X1"}))
        found = card_of(label)
        assert found is not None, label
        page = browser().get(f"/{found.path.replace('<uuid:pk>', key)}").content.decode()
        assert CAPTION in page, label


def _company(world: World) -> str:
    return str(ContactBusinessRelation.objects.get(customer=world.customers["Adatum"]).contact_no_id)


def test_s20_a_contact_can_be_coupled(world: World) -> None:
    couple(world, "Adatum", "Adatum")
    erp = add("erp.Contact", type=1, first_name="Maria", surname="Rossi", company_no=_company(world))
    crm = add(
        "crm.Contact", lastname="Rossi", parentcustomerid=world.accounts["Adatum"], parentcustomeridtype="account"
    )

    set_up(browser(), erp, page="erp.contact.list", crm_id=crm, synchronize="no")

    assert str(Coupling.objects.get(pair="CONTACT").crm_id) == crm


def test_s21_the_action_stands_on_the_list_and_opens_for_the_selected_row(world: World) -> None:
    for label in couplable():
        found = list_of(label)
        assert found is not None, label
        assert CAPTION in browser().get(f"/{found.path}").content.decode(), label

    url = f"/coupling/set-up/?list=erp.customer.list&ids={world.customers['Fabrikam']}"
    assert "Fabrikam" in browser().get(url, headers=HTMX).content.decode()


def test_s22_the_dialog_opens_for_a_coupled_record_with_its_partner(world: World) -> None:
    couple(world, "Adatum", "Litware")

    url = f"/coupling/set-up/?list=erp.customer.list&ids={world.customers['Adatum']}"
    page = browser().get(url, headers=HTMX).content.decode()

    assert f'value="{world.accounts["Litware"]}" checked' in page


def test_s23_incomplete_input_is_refused_at_the_field_and_nothing_is_stored(world: World) -> None:
    client = browser()
    shown = client.get(f"/coupling/set-up/?list=erp.customer.list&ids={world.customers['Adatum']}", headers=HTMX)

    answer = set_up(client, world.customers["Adatum"], synchronize="no")

    assert ">OK</button>" in shown.content.decode()
    assert ">Cancel</button>" in shown.content.decode()
    assert 'id="id_crm_id_error"' in answer.content.decode()
    assert not Coupling.objects.exists()
