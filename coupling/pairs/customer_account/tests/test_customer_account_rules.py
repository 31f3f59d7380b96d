"""CUSTOMER: its rules, through real runs of the engine."""

from __future__ import annotations

from typing import Any

from coupling.installation import installation
from coupling.models import Coupling
from coupling.services import mapping as mappings
from coupling.services.coupling import coupling_create
from crm.models import Account
from erp.models import Customer
from records.writes import Edit, update
from tests.coupling.runs import account_of, outcomes, person, run
from tests.coupling.world import World, add, build


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


def test_an_uncoupled_primary_contact_stays(running: World) -> None:
    maria = person(running, "Adatum", first_name="Maria", surname="Rossi")
    coupling_create(
        mapping=running.mapping("CUSTOMER"), erp_id=running.customers["Adatum"], crm_id=running.accounts["Adatum"]
    )
    update(Customer, [Edit(running.customers["Adatum"], {"primary_contact_no": maria})], source="api").single()

    run("CUSTOMER", direction="from_crm", create_new=False)

    assert str(Customer.objects.get(pk=running.customers["Adatum"]).primary_contact_no_id) == maria


def test_with_ownership_person_the_salesperson_owns_the_account(db: Any) -> None:
    world = build(ownership="person")
    seller = add("erp.SalespersonPurchaser", code="PS", name="Peter")
    user = add("crm.SystemUser", lastname="S", domainname="peter")
    Coupling.objects.create(pair="SALESPEOPLE", erp_id=seller, crm_id=user)
    world.customer("Owned", salesperson_code=seller)

    run("CUSTOMER", direction="to_crm")

    owned, free = account_of(world, "Owned"), account_of(world, "Adatum")
    assert (str(owned.owninguser_id), owned.owningteam_id) == (user, None)
    assert str(free.owningteam_id) == installation().owner_team


def test_a_salesperson_who_is_not_coupled_fails_the_customer(db: Any) -> None:
    world = build(ownership="person")
    seller = add("erp.SalespersonPurchaser", code="PS", name="Peter")
    world.customer("Owned", salesperson_code=seller)

    run("CUSTOMER", direction="to_crm")

    assert ("to_crm", "fail", "dependency_not_coupled") in outcomes("CUSTOMER")
    assert not Coupling.objects.filter(erp_id=world.customers["Owned"]).exists()
