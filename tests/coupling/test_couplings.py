"""Making, re-pointing and deleting couplings, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from coupling.models import Coupling
from coupling.services.coupling import coupling_create, coupling_delete, couplings_delete
from crm.models import Account
from crm.models import Contact as CrmContact
from erp.models import Customer
from records.actor import acting
from records.errors import Refused, Rejected
from records.writes import delete
from tests.coupling.world import World, add, build

NOBODY = "00000000-0000-7000-8000-00000000dead"


def couple(world: World, customer: str = "Adatum", account: str = "Adatum", **options: Any) -> Coupling:
    return coupling_create(
        mapping=world.mapping("CUSTOMER"),
        erp_id=world.customers[customer],
        crm_id=world.accounts[account],
        **options,
    )


def refused(call: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value


def test_a_coupling_starts_without_memory(world: World) -> None:
    coupling = couple(world)

    assert (coupling.pair, str(coupling.erp_id)) == ("CUSTOMER", world.customers["Adatum"])
    assert (coupling.erp_version, coupling.crm_version, coupling.base) == (0, 0, None)
    assert not coupling.skipped


def test_a_coupled_erp_record_is_refused_naming_its_partner(world: World) -> None:
    couple(world)

    refusal = refused(lambda: couple(world, "Adatum", "Litware"))

    assert refusal.code == "already_coupled"
    assert refusal.params["partner"] == "Adatum"
    assert Coupling.objects.count() == 1


def test_a_coupled_crm_record_is_refused_even_with_replace(world: World) -> None:
    couple(world)

    refusal = refused(lambda: couple(world, "Fabrikam", "Adatum", replace=True))

    assert refusal.code == "already_coupled"
    assert "Adatum" in refusal.params["partner"]
    assert refusal.params["erp_id"] == world.customers["Adatum"]


def test_replace_points_the_own_coupling_to_the_new_partner(world: World) -> None:
    coupling = couple(world)
    Coupling.objects.update(erp_version=4, skipped=True, last_result_to_crm="failure")

    again = couple(world, "Adatum", "Litware", replace=True)

    assert again.pk == coupling.pk
    assert str(again.crm_id) == world.accounts["Litware"]
    assert (again.erp_version, again.skipped, again.last_result_to_crm) == (0, False, "")


def test_a_partner_whose_record_is_gone_is_no_partner(world: World) -> None:
    couple(world)
    delete(Account, [(world.accounts["Adatum"], None)], source="api")

    again = couple(world, "Adatum", "Litware")

    assert str(again.crm_id) == world.accounts["Litware"]
    assert Coupling.objects.count() == 1


def test_records_outside_the_filter_are_refused_by_name(world: World) -> None:
    Customer.objects.filter(name="Adatum").update(blocked=3)
    assert refused(lambda: couple(world)).params["mapping"] == "CUSTOMER"

    world.account("Supplier", customertypecode=11)
    refusal = refused(lambda: couple(world, "Fabrikam", "Supplier"))

    assert (refusal.code, refusal.params["record"]) == ("outside_filter", "Supplier")


def test_records_that_do_not_exist_are_named_at_their_field(world: World) -> None:
    for given, field in (({"erp_id": NOBODY}, "erp_id"), ({"crm_id": NOBODY}, "crm_id")):
        pair = {"erp_id": world.customers["Adatum"], "crm_id": world.accounts["Adatum"], **given}
        with pytest.raises(Rejected) as rejected:
            coupling_create(mapping=world.mapping("CUSTOMER"), **pair)
        assert [(e.field, e.code) for e in rejected.value.errors] == [(field, "record_missing")]


def test_rows_of_another_company_are_outside(world: World) -> None:
    other = add("crm.Company", bcbi_name="Other", bcbi_externalid="other")
    world.account("Theirs", bcbi_companyid=other)

    assert refused(lambda: couple(world, "Adatum", "Theirs")).code == "outside_filter"


def test_uncoupling_takes_our_company_off_the_account(world: World) -> None:
    from coupling.installation import installation

    ours = installation().company_id
    coupling = couple(world)
    Account.objects.filter(pk=world.accounts["Adatum"]).update(bcbi_companyid=ours)

    coupling_delete(coupling=coupling)

    assert Account.objects.get(pk=world.accounts["Adatum"]).bcbi_companyid_id is None
    assert not Coupling.objects.exists()
    assert Customer.objects.filter(name="Adatum").exists()


def test_uncoupling_an_account_uncouples_its_people(world: World) -> None:
    coupling = couple(world)
    person = add(
        "crm.Contact", lastname="Rossi", parentcustomerid=world.accounts["Adatum"], parentcustomeridtype="account"
    )
    other = add(
        "crm.Contact", lastname="Verdi", parentcustomerid=world.accounts["Litware"], parentcustomeridtype="account"
    )
    for number, key in enumerate((person, other)):
        Coupling.objects.create(pair="CONTACT", erp_id=f"{NOBODY[:-1]}{number}", crm_id=key)

    couplings_delete(couplings=[coupling])

    assert [str(c.crm_id) for c in Coupling.objects.all()] == [other]
    assert CrmContact.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_one_couples(transactional_db: Any) -> None:
    world = build()
    mapping = world.mapping("CUSTOMER")

    def attempt(account: str) -> str:
        try:
            with acting("admin", "api"):
                coupling_create(mapping=mapping, erp_id=world.customers["Adatum"], crm_id=account)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "coupled"

    accounts = [*world.accounts.values()] * 4
    with ThreadPoolExecutor(6) as threads:
        outcomes = list(threads.map(attempt, accounts))

    assert sorted(outcomes) == ["already_coupled"] * (len(accounts) - 1) + ["coupled"]
    assert Coupling.objects.count() == 1


def test_a_coupling_that_waits_is_looked_at_by_the_next_run(world: World) -> None:
    from sync.models import Pending

    Pending.objects.all().delete()

    couple(world)
    couple(world, "Fabrikam", "Litware", waits=False)

    assert {(p.side, str(p.record)) for p in Pending.objects.filter(mapping="CUSTOMER")} == {
        ("erp", world.customers["Adatum"]),
        ("crm", world.accounts["Adatum"]),
    }
