"""What Set Up Coupling offers, in which order, and at what cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coupling.models import Coupling
from coupling.selectors.candidates import candidates
from crm.models import Account
from tests.coupling.world import World, add


def names(world: World, **options: Any) -> list[str]:
    found = candidates(mapping=world.mapping("CUSTOMER"), **options)
    return [c.name for c in found.results]


def test_the_same_name_comes_first(world: World) -> None:
    found = candidates(mapping=world.mapping("CUSTOMER"), erp_id=world.customers["Adatum"])

    assert [c.name for c in found.results] == ["Adatum", "Adatum Nord", "Litware"]
    assert [c.is_best for c in found.results] == [True, False, False]
    assert found.results[0].detail == "Roma"


def test_equal_values_decide_between_equal_names(world: World) -> None:
    second = world.account("Adatum", address1_city="Roma", emailaddress1="info@adatum.example")

    found = candidates(mapping=world.mapping("CUSTOMER"), erp_id=world.customers["Adatum"])

    assert found.results[0].crm_id == second


def test_search_ignores_case_and_accents(world: World) -> None:
    world.account("Société Générale")

    assert names(world, q="societe GENERALE") == ["Société Générale"]
    assert names(world, q="100%") == []


def test_coupled_and_filtered_rows_are_left_out(world: World) -> None:
    Coupling.objects.create(pair="CUSTOMER", erp_id=world.customers["Fabrikam"], crm_id=world.accounts["Litware"])
    world.account("Vendor", customertypecode=11)

    assert names(world) == ["Adatum", "Adatum Nord"]


def test_options_are_offered_for_code_tables(world: World) -> None:
    found = candidates(mapping=world.mapping("PAYMENT TERMS"), q="net")

    assert [(c.crm_id, c.name) for c in found.results] == [
        ("2", "2% 10; Net 30"),
        ("1", "Net 30"),
        ("3", "Net 45"),
        ("4", "Net 60"),
    ]


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            candidates(mapping=world.mapping("CUSTOMER"), erp_id=world.customers["Adatum"], limit=50)
        return len(queries)

    few = cost()
    for number in range(60):
        world.account(f"Adatum {number}")

    assert cost() == few


def test_pages_of_offers_do_not_overlap(world: World) -> None:
    first = candidates(mapping=world.mapping("CUSTOMER"), limit=2)
    second = candidates(mapping=world.mapping("CUSTOMER"), limit=2, offset=2)

    assert first.count == second.count == Account.objects.count()
    assert {c.crm_id for c in first.results}.isdisjoint({c.crm_id for c in second.results})


@pytest.mark.parametrize("name", ["CURRENCY", "CONTACT"])
def test_other_mappings_offer_their_rows_too(world: World, name: str) -> None:
    add("crm.Contact", lastname="Rossi", parentcustomerid=world.accounts["Adatum"], parentcustomeridtype="account")

    assert candidates(mapping=world.mapping(name)).count == 1
