"""Values at the edge: what callers send, what they get, an error for each bad field, queries per batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from crm.services.installation import install
from crm.services.system_user import system_user_ensure
from records.actor import acting
from records.errors import Rejected
from records.filters import check, describe, matches
from records.schema import schema
from records.values import fetch, parse, parse_many, present
from records.writes import insert
from tests.erp.tools import create

pytestmark = pytest.mark.django_db
GUID = "00000000-0000-0000-0000-00000000000a"


def errors_of(label: str, raw: dict[str, Any], *, insert: bool = True, **options: Any) -> dict[str, str]:
    """{field: code} of what is refused."""
    with pytest.raises(Rejected) as caught:
        parse(label, raw, insert=insert, **options)
    return {error.field: error.code for error in caught.value.errors}


@pytest.fixture
def germany(db: Any) -> str:
    return insert("erp.CountryRegion", [{"code": "DE", "name": "Germany"}], source="setup").single().pk


def test_each_kind_of_value_becomes_its_stored_value(germany: str) -> None:
    raw = {
        "no": " c 1 ",
        "name": "Åkes  ",
        "blocked": "ship",
        "credit_limit_lcy": "12.34567",
        "privacy_blocked": True,
        "country_region_code": "de",
        "id": GUID.upper(),
    }

    values = parse("erp.Customer", raw, insert=True)

    assert values == {
        "no": "C 1",
        "name": "Åkes",
        "blocked": 1,
        "credit_limit_lcy": Decimal("12.3457"),
        "privacy_blocked": True,
        "country_region_code": germany,
        "system_id": GUID,
    }


def test_dates_formulas_and_numbers_are_read() -> None:
    terms = parse("erp.PaymentTerms", {"code": "x", "due_date_calculation": "1m + 8d", "discount_pct": 2}, insert=True)
    rate = parse("erp.CurrencyExchangeRate", {"starting_date": "2026-01-31"}, insert=True)

    assert (terms["due_date_calculation"], terms["discount_pct"]) == ("1M+8D", Decimal(2))
    assert rate["starting_date"] == dt.date(2026, 1, 31)


def test_every_bad_field_is_named_at_once() -> None:
    raw = {
        "no": "C" * 21,
        "name": 5,
        "blocked": "Sometimes",
        "credit_limit_lcy": "much",
        "prepayment_pct": 101,
        "privacy_blocked": "perhaps",
        "country_region_code": "Atlantis",
        "currency_code": ["EUR"],
        "bill_to_customer_no": "N" * 99,
        "city": "a\x00b",
        "county": "\ud800",
        "colour": "red",
        "name__contains": "x",
        "pass\x00word": "x",
    }

    assert errors_of("erp.Customer", raw) == {
        "no": "too_long",
        "name": "invalid_value",
        "blocked": "invalid_option",
        "credit_limit_lcy": "invalid_number",
        "prepayment_pct": "out_of_range",
        "privacy_blocked": "invalid_option",
        "country_region_code": "not_found",
        "currency_code": "not_found",
        "bill_to_customer_no": "not_found",
        "city": "nul_character",
        "county": "nul_character",
        "colour": "unknown_field",
        "name__contains": "unknown_field",
        "pass?word": "unknown_field",
    }


@pytest.mark.parametrize("value", [True, [], {}, 1.5, float("inf"), "1,5", "٣x"])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    assert errors_of("erp.NoSeriesLine", {"line_no": value}) == {
        "line_no": errors_of("erp.NoSeriesLine", {"line_no": value})["line_no"]
    }
    assert errors_of("erp.NoSeriesLine", {"line_no": value})["line_no"] in ("invalid_number", "invalid_value")


def test_a_record_may_be_sent_back_as_it_was_read(germany: str) -> None:
    pk = create("erp.Customer", no="C1", name="Åke", country_region_code=germany)
    (shown,) = present("erp.Customer", fetch("erp.Customer", [pk]))
    (now,) = fetch("erp.Customer", [pk])

    values = parse("erp.Customer", shown, insert=False, current=now.values)

    assert {name: now.values[name] for name in values} == values
    assert not {"system_modified_at", "last_date_modified", "balance_lcy", "row_version"} & set(values)


def test_insert_only_fields_may_be_repeated_but_not_changed(germany: str) -> None:
    (now,) = fetch("erp.CountryRegion", [germany])

    assert parse("erp.CountryRegion", {"id": germany}, insert=False, current=now.values) == {}
    assert errors_of("erp.CountryRegion", {"id": GUID}, insert=False, current=now.values) == {
        "system_id": "insert_only"
    }


def test_blank_and_null_are_the_same() -> None:
    for blank in ("", None):
        assert parse(
            "erp.Customer", {"city": blank, "country_region_code": blank, "credit_limit_lcy": blank}, insert=True
        ) == {
            "city": "",
            "country_region_code": None,
            "credit_limit_lcy": Decimal(0),
        }


def test_an_import_may_name_a_country_in_words(germany: str) -> None:
    values, errors = parse_many(
        "erp.Customer",
        [{"country_region_code": text} for text in ("Germany", "de", "Narnia")],
        insert=True,
        lookup=True,
    )

    assert [v.get("country_region_code") for v in values] == [germany, germany, None]
    assert [[e.code for e in row] for row in errors] == [[], [], ["not_found"]]


def test_an_api_caller_may_not_name_a_country_in_words(germany: str) -> None:
    assert errors_of("erp.Customer", {"country_region_code": "Germany"}) == {"country_region_code": "not_found"}


def test_records_are_shown_with_texts_that_json_can_carry(germany: str) -> None:
    pk = create(
        "erp.Customer", no="C1", name="Åke", blocked=1, credit_limit_lcy=Decimal("1.5"), country_region_code=germany
    )

    (shown,) = present("erp.Customer", fetch("erp.Customer", [pk]))

    assert {
        n: shown[n]
        for n in ("id", "no", "blocked", "credit_limit_lcy", "balance_lcy", "country_region_code", "currency_code")
    } == {
        "id": pk,
        "no": "C1",
        "blocked": "Ship",
        "credit_limit_lcy": "1.5000",
        "balance_lcy": "0.0000",
        "country_region_code": "DE",
        "currency_code": "",
    }
    assert shown["page"] == f"/erp/customers/{pk}/"
    assert shown["system_created_at"].endswith("Z")
    assert len(shown["system_created_at"]) == len("2026-01-01T00:00:00.000000Z")
    assert not {"search_fold", "sort_name"} & set(shown)


def test_instances_are_shown_like_rows(germany: str) -> None:
    pk = create("erp.Customer", no="C1", name="Åke", country_region_code=germany)
    model = schema("erp.Customer").model

    assert present("erp.Customer", model.objects.filter(pk=pk)) == present("erp.Customer", fetch("erp.Customer", [pk]))


@pytest.mark.parametrize("count", [1, 40])
def test_queries_do_not_grow_with_the_records(count: int, germany: str, django_assert_max_num_queries: Any) -> None:
    pks = [create("erp.Customer", no=f"C{n}", name="x", country_region_code=germany) for n in range(count)]
    with django_assert_max_num_queries(1):
        parse_many("erp.Customer", [{"country_region_code": "DE", "blocked": "All"} for _pk in pks], insert=True)
    with django_assert_max_num_queries(4):
        present("erp.Customer", fetch("erp.Customer", pks))


@pytest.fixture
def sales_side(db: Any) -> Iterator[None]:
    """The Sales side after installation, and a user of it who writes."""
    install(organization="Tandem", company_name="Tandem", company_id=GUID, integration_user="integration")
    system_user_ensure(user_name="salesperson")
    with acting("salesperson", "api"):
        yield


@pytest.mark.usefixtures("sales_side")
def test_look_ups_with_several_targets_take_identifier_and_type() -> None:
    account = create("crm.Account", name="Acme")
    pair = {"parentcustomerid": account, "parentcustomeridtype": "account"}

    assert parse("crm.Contact", pair, insert=True) == pair
    assert parse("crm.Contact", {"parentcustomerid": account}, insert=True) == pair
    assert parse("crm.Contact", {"parentcustomerid": None}, insert=True) == {
        "parentcustomerid": None,
        "parentcustomeridtype": None,
    }
    assert errors_of("crm.Contact", pair | {"parentcustomeridtype": "contact"}) == {"parentcustomerid": "not_found"}
    assert errors_of("crm.Contact", pair | {"parentcustomeridtype": "lead"}) == {
        "parentcustomeridtype": "invalid_option"
    }
    assert errors_of("crm.Contact", {"parentcustomerid": GUID}) == {"parentcustomerid": "not_found"}
    assert errors_of("crm.Contact", {"parentcustomerid": "x"}) == {"parentcustomerid": "invalid_value"}
    assert errors_of("crm.Contact", {"parentcustomeridtype": "account"}) == {"parentcustomerid": "required"}


@pytest.mark.usefixtures("sales_side")
def test_sales_look_ups_have_their_name_beside_them() -> None:
    account = create("crm.Account", name="Acme")
    contact = create("crm.Contact", lastname="Berg", parentcustomerid=account, parentcustomeridtype="account")

    (shown,) = present("crm.Contact", fetch("crm.Contact", [contact]))

    assert (shown["parentcustomerid"], shown["parentcustomeridtype"], shown["parentcustomeridname"]) == (
        account,
        "account",
        "Acme",
    )
    assert (shown["birthdate"], shown["jobtitle"], shown["gendercode"]) == (None, None, None)


@pytest.mark.usefixtures("sales_side")
@pytest.mark.parametrize("given", [1, "1", "Net 30", "net 30"])
def test_options_of_a_table_are_named_by_number_or_label(given: Any) -> None:
    assert parse("crm.Account", {"paymenttermscode": given}, insert=True) == {"paymenttermscode": 1}
    assert matches(check(f"paymenttermscode={given}", "crm.Account"), {"paymenttermscode": 1})
    assert describe(f"paymenttermscode={given}", "crm.Account") == "Payment Terms is Net 30"


@pytest.mark.usefixtures("sales_side")
def test_an_option_that_the_table_lacks_is_refused() -> None:
    assert errors_of("crm.Account", {"paymenttermscode": "Net 31"}) == {"paymenttermscode": "invalid_option"}
