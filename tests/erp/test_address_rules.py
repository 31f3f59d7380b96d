"""F4, F5 and F6: post code, city and country."""

from __future__ import annotations

import pytest

from records.batch import Batch
from records.writes import Edit, update
from tests.erp.tools import change, country, customer, get, post_code, setup

pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture
def places():
    post_code("10115", "Berlin", "DE", "Berlin")
    post_code("10115", "Tallinn", "EE", "Harju")
    post_code("1000", "Brussels", "BE")
    post_code("1000", "Laeken", "BE")
    post_code("75001", "Paris", "FR", "Île-de-France")


def address(pk):
    now = get("erp.Customer", pk)
    return now["post_code"], now["city"], now["county"], now["country_region_code"]


def test_f4_post_code_fills_city_county_and_country(places):
    pk = customer()

    change("erp.Customer", pk, post_code="75001")

    assert address(pk) == ("75001", "Paris", "Île-de-France", country("FR"))


def test_f4_prefers_the_country_of_the_record(places):
    pk = customer(country_region_code=country("EE"))

    change("erp.Customer", pk, post_code="10115")

    assert address(pk) == ("10115", "Tallinn", "Harju", country("EE"))


def test_f4_then_prefers_the_city_of_the_record(places):
    pk = customer(city="laeken")

    change("erp.Customer", pk, post_code="1000")

    assert get("erp.Customer", pk)["city"] == "Laeken"


def test_f4_else_takes_the_first_by_key(places):
    assert address(customer(post_code="10115"))[1] == "Berlin"


def test_f4_changes_a_country_that_was_filled(places):
    pk = customer(country_region_code=country("IT"))

    assert change("erp.Customer", pk, post_code="75001")["country_region_code"] == country("FR")


def test_f4_an_unknown_or_blank_post_code_leaves_everything(places):
    pk = customer(post_code="75001")

    assert change("erp.Customer", pk, post_code="99999")["city"] == "Paris"
    assert change("erp.Customer", pk, post_code="")["city"] == "Paris"


def test_f4_a_given_city_wins_over_the_filled_one(places):
    pk = customer(post_code="75001", city="Paris 1er")

    assert address(pk) == ("75001", "Paris 1er", "Île-de-France", country("FR"))


@pytest.mark.parametrize("source", ["page", "api"])
def test_f5_city_fills_post_code_where_a_user_is_present(places, source):
    pk = customer()

    change("erp.Customer", pk, source=source, city="paris")

    assert address(pk) == ("75001", "Paris", "Île-de-France", country("FR"))


def test_f5_replaces_a_post_code_on_a_page_only(places):
    on_page, by_api = customer(post_code="99"), customer(post_code="99")

    change("erp.Customer", on_page, source="page", city="Paris")
    change("erp.Customer", by_api, source="api", city="Paris")

    assert (address(on_page)[0], address(by_api)[0]) == ("75001", "99")


def test_f5_a_star_searches(places):
    pk = customer()

    change("erp.Customer", pk, source="page", city="tall*")

    assert address(pk) == ("10115", "Tallinn", "Harju", country("EE"))


def test_f5_an_unknown_city_changes_nothing_else(places):
    pk = customer(post_code="75001")

    change("erp.Customer", pk, city="Atlantis")

    assert address(pk)[0] == "75001"


def test_f5_does_nothing_in_an_import(places):
    assert address(customer(source="import", city="Paris"))[0] == ""


def test_f5_does_nothing_in_a_synchronization_even_when_validated(places):
    from records.batch import Row
    from records.writes import write_batch

    pk = customer()
    now = get("erp.Customer", pk)
    row = Row(pk, version=1, old=now, new={**now, "city": "Paris"}, changed={"city"}, given={"city"})
    from erp.models import Customer

    write_batch(Batch(Customer, "update", "sync", [row], validate=frozenset({"city"})))

    assert address(pk)[:2] == ("", "Paris")


def test_f6_another_country_clears_post_code_city_and_county(places):
    pk = customer(post_code="75001")

    change("erp.Customer", pk, country_region_code=country("DE"))

    assert address(pk) == ("", "", "", country("DE"))


def test_f6_a_blank_country_clears_too(places):
    pk = customer(post_code="75001")

    change("erp.Customer", pk, country_region_code=None)

    assert address(pk) == ("", "", "", None)


def test_f6_the_first_country_clears_nothing(places):
    pk = customer(city="Ghent")

    assert change("erp.Customer", pk, country_region_code=country("BE"))["city"] == "Ghent"


def test_f6_is_switched_off_in_the_general_ledger_setup(places):
    setup("erp.GeneralLedgerSetup", req_country_reg_code_in_addr=True)
    pk = customer(post_code="75001")

    assert change("erp.Customer", pk, country_region_code=country("DE"))["city"] == "Paris"


def test_f6_keeps_an_address_given_together_with_the_country(places):
    pk = customer(post_code="75001")

    change("erp.Customer", pk, country_region_code=country("DE"), post_code="10115", city="Berlin")

    assert address(pk) == ("10115", "Berlin", "Berlin", country("DE"))


def test_f4_in_a_synchronization_runs_only_where_the_line_validates(places):
    pk = customer()

    update("erp.Customer", [Edit(pk, {"post_code": "75001"})], source="sync")

    assert address(pk)[1] == ""


def test_company_information_fills_its_two_addresses(places):
    from erp.selectors.setup import company

    setup("erp.CompanyInformation", post_code="75001", ship_to_post_code="10115")

    now = company()
    assert (now["city"], now["ship_to_city"]) == ("Paris", "Berlin")
