"""Business rules of the pairs, through real runs of the engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from coupling.installation import installation
from coupling.models import Coupling
from coupling.services import mapping as mappings
from coupling.services.coupling import coupling_create
from crm.models import Account, Team, TransactionCurrency
from crm.models import Contact as CrmContact
from erp.models import Contact, ContactBusinessRelation, Customer, SalespersonPurchaser
from people.models import User
from records.actor import acting
from records.writes import Edit, delete, update
from sync import services
from sync.jobs import drain
from tests.coupling.world import World, add, build


def run(name: str, *, direction: str = "", create_new: bool = True, mode: str = "full") -> dict[str, Any]:
    """Run a mapping and give back its job's counters by direction."""
    from coupling.models import IntegrationTableMapping

    mapping = IntegrationTableMapping.objects.get(name=name)
    user = User.objects.get(username="admin")
    with acting("admin", "page"):
        started = services.mapping_run(
            user=user, mapping=mapping, mode=mode, direction=direction, create_new=create_new
        )
    drain()
    job = started.jobs[0]
    job.refresh_from_db()
    assert job.state == "finished", (job.message_code, job.message_params)
    return dict(job.counters)


def outcomes(name: str) -> list[tuple[str, str, str]]:
    from sync.models import OutcomeRow

    return [(o.direction, o.action, o.reason) for o in OutcomeRow.objects.filter(mapping=name)]


def account_of(world: World, customer: str) -> Account:
    coupling = Coupling.objects.get(pair="CUSTOMER", erp_id=world.customers[customer])
    return Account.objects.get(pk=coupling.crm_id)


@pytest.fixture
def running(transactional_db: Any) -> World:
    return build()


def company_contact(customer: str) -> str:
    return str(ContactBusinessRelation.objects.get(customer=customer).contact_no_id)


def person(world: World, customer: str, **names: str) -> str:
    return add("erp.Contact", type=1, company_no=company_contact(world.customers[customer]), **names)


def test_new_accounts_get_company_team_and_relationship_type(running: World) -> None:
    run("CUSTOMER", direction="to_crm")

    account = account_of(running, "Adatum")
    facts = installation()
    assert str(account.bcbi_companyid_id) == facts.company_id
    assert str(account.owningteam_id) == facts.owner_team
    assert account.customertypecode == 3


def test_a_second_run_writes_nothing(running: World) -> None:
    run("CUSTOMER")
    before = list(Coupling.objects.order_by("id").values_list("id", "row_version"))

    counters = run("CUSTOMER", create_new=False)

    assert {c for d in counters.values() for c, n in d.items() if n} <= {"unchanged"}
    assert list(Coupling.objects.order_by("id").values_list("id", "row_version")) == before


def test_new_customers_write_the_company_back_without_echo(running: World) -> None:
    run("CUSTOMER", direction="from_crm")

    litware = Account.objects.get(pk=running.accounts["Litware"])
    assert str(litware.bcbi_companyid_id) == installation().company_id
    coupling = Coupling.objects.get(crm_id=litware.pk)
    assert coupling.crm_version == litware.row_version
    customer = Customer.objects.get(pk=coupling.erp_id)
    assert (customer.name, customer.no[0]) == ("Litware", "C")
    assert coupling.erp_version == customer.row_version


def test_an_inactive_account_blocks_its_customer(running: World) -> None:
    mapping = running.mapping("CUSTOMER")
    mappings.mapping_update(mapping=mapping, values={"integration_table_filter": "customertypecode=3"})
    account = running.account("Fabrikam")
    coupling_create(mapping=mapping, erp_id=running.customers["Fabrikam"], crm_id=account)
    run("CUSTOMER", direction="from_crm", create_new=False)
    update(Account, [Edit(account, {"statecode": 1})], source="api").single()

    run("CUSTOMER", direction="from_crm", create_new=False)

    assert Customer.objects.get(pk=running.customers["Fabrikam"]).blocked == 3


def test_a_person_goes_to_the_account_of_its_company(running: World) -> None:
    maria = person(running, "Adatum", first_name="Maria", surname="Rossi")
    run("CUSTOMER", direction="to_crm")

    run("CONTACT", direction="to_crm")

    contact = CrmContact.objects.get(pk=Coupling.objects.get(pair="CONTACT", erp_id=maria).crm_id)
    assert str(contact.parentcustomerid) == str(account_of(running, "Adatum").pk)
    assert contact.fullname == "Maria Rossi"
    assert str(contact.bcbi_companyid_id) == installation().company_id


def test_a_new_person_becomes_primary_contact_without_echo(running: World) -> None:
    maria = person(running, "Adatum", first_name="Maria", surname="Rossi")
    run("CUSTOMER", direction="to_crm")

    run("CONTACT", direction="to_crm")

    account = account_of(running, "Adatum")
    assert str(account.primarycontactid_id) == str(Coupling.objects.get(pair="CONTACT", erp_id=maria).crm_id)
    assert Coupling.objects.get(pair="CUSTOMER", crm_id=account.pk).crm_version == account.row_version


def test_a_person_of_an_uncoupled_company_waits(running: World) -> None:
    person(running, "Adatum", first_name="Maria", surname="Rossi")

    run("CONTACT", direction="to_crm")

    assert outcomes("CONTACT") == [("to_crm", "fail", "dependency_not_coupled")]
    assert not Coupling.objects.filter(pair="CONTACT").exists()


def test_a_person_without_a_customer_fails(running: World) -> None:
    company = add("erp.Contact", type=0, name="Prospect")
    add("erp.Contact", type=1, company_no=company, first_name="No", surname="Body")

    run("CONTACT", direction="to_crm")

    assert ("to_crm", "fail", "contact_without_relation") in outcomes("CONTACT")


def test_a_crm_person_joins_the_company_of_its_account(running: World) -> None:
    run("CUSTOMER", direction="to_crm")
    account = account_of(running, "Adatum")
    key = add(
        "crm.Contact",
        firstname="Luca",
        lastname="Verdi",
        parentcustomerid=str(account.pk),
        parentcustomeridtype="account",
    )

    run("CONTACT", direction="from_crm")

    contact = Contact.objects.get(pk=Coupling.objects.get(pair="CONTACT", crm_id=key).erp_id)
    assert str(contact.company_no_id) == company_contact(running.customers["Adatum"])
    assert (contact.type, contact.company_name, contact.name) == (1, "Adatum", "Luca Verdi")
    customer = Customer.objects.get(pk=running.customers["Adatum"])
    assert str(customer.primary_contact_no_id) == str(contact.pk)
    assert customer.contact == "Luca Verdi"


def test_a_crm_person_of_an_uncoupled_account_waits(running: World) -> None:
    add("crm.Contact", lastname="Verdi", parentcustomerid=running.accounts["Litware"], parentcustomeridtype="account")

    run("CONTACT", direction="from_crm")

    assert outcomes("CONTACT") == [("from_crm", "fail", "dependency_not_coupled")]


def test_an_uncoupled_primary_contact_stays(running: World) -> None:
    maria = person(running, "Adatum", first_name="Maria", surname="Rossi")
    coupling_create(
        mapping=running.mapping("CUSTOMER"), erp_id=running.customers["Adatum"], crm_id=running.accounts["Adatum"]
    )
    update(Customer, [Edit(running.customers["Adatum"], {"primary_contact_no": maria})], source="api").single()

    run("CUSTOMER", direction="from_crm", create_new=False)

    assert str(Customer.objects.get(pk=running.customers["Adatum"]).primary_contact_no_id) == maria


def test_currencies_get_rate_precision_and_names(running: World) -> None:
    dollar = add("erp.Currency", code="USD", description="US Dollar", amount_decimal_places="3:3")
    plain = add("erp.Currency", code="SEK", symbol="kr")
    for key, amount in ((dollar, Decimal("0.8")), (plain, Decimal("0.1"))):
        add("erp.CurrencyExchangeRate", currency_code=key, relational_exch_rate_amount=amount)

    run("CURRENCY")

    usd = TransactionCurrency.objects.get(isocurrencycode="USD")
    assert (usd.exchangerate, usd.currencyprecision, usd.currencyname) == (Decimal("1.25"), 3, "US Dollar")
    sek = TransactionCurrency.objects.get(isocurrencycode="SEK")
    assert (sek.exchangerate, sek.currencyname, sek.currencysymbol) == (Decimal(10), "SEK", "kr")


def test_a_blank_currency_name_is_no_change(running: World) -> None:
    sek = add("erp.Currency", code="SEK")
    add("erp.CurrencyExchangeRate", currency_code=sek, relational_exch_rate_amount=Decimal("0.1"))
    run("CURRENCY")
    update("erp.Currency", [Edit(sek, {"iso_numeric_code": "752"})], source="api").single()

    counters = run("CURRENCY", create_new=False)

    assert counters["to_crm"]["unchanged"] == 1
    assert counters["to_crm"]["modified"] == 0


def test_a_currency_without_a_rate_fails(running: World) -> None:
    add("erp.Currency", code="SEK")

    run("CURRENCY")

    assert outcomes("CURRENCY") == [("to_crm", "fail", "no_exchange_rate")]


def test_a_currency_is_coupled_with_the_one_of_its_code(running: World) -> None:
    euro = add("erp.Currency", code="EUR")

    run("CURRENCY")

    coupling = Coupling.objects.get(pair="CURRENCY", erp_id=euro)
    assert str(coupling.crm_id) == str(TransactionCurrency.objects.get(isocurrencycode="EUR").pk)


def test_new_salespeople_are_numbered_and_join_the_team(transactional_db: Any) -> None:
    build(ownership="person")
    user = add("crm.SystemUser", firstname="Ester", lastname="Henderson", internalemailaddress="ester@contoso.example")
    add("erp.SalespersonPurchaser", code="SP NO. 00007", name="Somebody")

    run("SALESPEOPLE")

    coupling = Coupling.objects.get(pair="SALESPEOPLE", crm_id=user)
    seller = SalespersonPurchaser.objects.get(pk=coupling.erp_id)
    assert seller.code.startswith("SP NO. 0000")
    assert int(seller.code[-5:]) > 7
    assert seller.name == "Ester Henderson"
    team = Team.objects.get(pk=installation().owner_team)
    assert team.members.filter(pk=user).exists()


def test_a_coupling_goes_with_the_salesperson(transactional_db: Any) -> None:
    build(ownership="person")
    seller = add("erp.SalespersonPurchaser", code="PS", name="Peter")
    user = add("crm.SystemUser", lastname="S", domainname="peter")
    Coupling.objects.create(pair="SALESPEOPLE", erp_id=seller, crm_id=user)

    delete("erp.SalespersonPurchaser", [(seller, None)], source="api").single()

    assert not Coupling.objects.exists()


def test_with_ownership_person_the_salesperson_owns_the_account(transactional_db: Any) -> None:
    world = build(ownership="person")
    seller = add("erp.SalespersonPurchaser", code="PS", name="Peter")
    user = add("crm.SystemUser", lastname="S", domainname="peter")
    Coupling.objects.create(pair="SALESPEOPLE", erp_id=seller, crm_id=user)
    world.customer("Owned", salesperson_code=seller)

    run("CUSTOMER", direction="to_crm")

    owned, free = account_of(world, "Owned"), account_of(world, "Adatum")
    assert (str(owned.owninguser_id), owned.owningteam_id) == (user, None)
    assert str(free.owningteam_id) == installation().owner_team


def test_a_salesperson_who_is_not_coupled_fails_the_customer(transactional_db: Any) -> None:
    world = build(ownership="person")
    seller = add("erp.SalespersonPurchaser", code="PS", name="Peter")
    world.customer("Owned", salesperson_code=seller)

    run("CUSTOMER", direction="to_crm")

    assert ("to_crm", "fail", "dependency_not_coupled") in outcomes("CUSTOMER")
    assert not Coupling.objects.filter(erp_id=world.customers["Owned"]).exists()
