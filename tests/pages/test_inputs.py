"""What people type becomes what the tables store, in each language; the state of a list survives its address."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import translation

from pages.display import number
from pages.entry import plain_date, plain_number
from pages.state import read
from records.schema import schema


@pytest.mark.parametrize(
    ("language", "typed", "stored"),
    [
        ("en", "1,234.50", "1234.50"),
        ("en", "1234.5", "1234.5"),
        ("en", "12-", "-12"),
        ("sv", "1 234,50", "1234.50"),
        ("sv", "1\u00a0234,50", "1234.50"),
        ("sv", "1234.5", "1234.5"),
        ("it", "1.234,50", "1234.50"),
        ("fr", "1\u202f234,5", "1234.5"),
        ("es", "-3,25", "-3.25"),
        ("en", "twelve", "twelve"),
        ("en", "", ""),
        ("en", "1,234.50-", "-1234.50"),
        ("en", "12*4", "48"),
        ("en", "1,000 + 2.5 * 2", "1005"),
        ("en", "(2+3)*-4", "-20"),
        ("en", "10-2-3", "5"),
        ("en", "100/8/2", "6.25"),
        ("en", "50*2", "100"),
        ("it", "1.000,50+1", "1001.5"),
        ("sv", "1 000,5*2", "2001"),
        ("fr", "3*1,5", "4.5"),
        ("en", "1/3*3", "0.9999999999999999999999999999"),
        ("en", "1/0", "1/0"),
        ("en", "12*", "12*"),
        ("en", "(1+2", "(1+2"),
        ("en", "1+2)", "1+2)"),
        ("en", "2**3", "2**3"),
        ("en", "1.2.3+1", "1.2.3+1"),
        ("en", "__import__('os')", "__import__('os')"),
        ("en", f"{'(' * 60}1{')' * 60}", f"{'(' * 60}1{')' * 60}"),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(language: str, typed: str, stored: str) -> None:
    with translation.override(language):
        assert plain_number(typed) == stored


@pytest.mark.parametrize("language", ["en", "en-gb", "it", "sv", "fr", "es"])
@pytest.mark.parametrize("value", [Decimal("1234567.5"), Decimal("-0.01"), Decimal("1000"), Decimal("1.123456")])
def test_a_shown_number_is_read_back_as_itself(language: str, value: Decimal) -> None:
    with translation.override(language):
        assert Decimal(plain_number(number(value))) == value


@pytest.mark.parametrize(
    ("language", "typed", "stored"),
    [
        ("en", "03/04/2026", "2026-03-04"),
        ("en-gb", "04/03/2026", "2026-03-04"),
        ("sv", "2026-03-04", "2026-03-04"),
        ("it", "04/03/2026", "2026-03-04"),
        ("fr", "2026-03-04", "2026-03-04"),
        ("en", "tomorrow", "tomorrow"),
    ],
)
def test_dates_are_read_as_the_language_writes_them(language: str, typed: str, stored: str) -> None:
    with translation.override(language):
        assert plain_date(typed) == stored


@pytest.mark.parametrize(
    ("language", "typed", "stored"),
    [
        ("en", "t", "2026-11-09"),
        ("en", "W", "2026-11-09"),
        ("en", "today", "2026-11-09"),
        ("sv", "t", "2026-11-09"),
        ("en", "5", "2026-11-05"),
        ("en", "31", "31"),
        ("en", "0304", "2026-03-04"),
        ("en-gb", "0304", "2026-04-03"),
        ("it", "0304", "2026-04-03"),
        ("sv", "0304", "2026-03-04"),
        ("en", "030425", "2025-03-04"),
        ("es", "030425", "2025-04-03"),
        ("sv", "250304", "2025-03-04"),
        ("fr", "03041999", "1999-04-03"),
        ("sv", "19990403", "1999-04-03"),
        ("en", "030499", "1999-03-04"),
        ("en", "030468", "2068-03-04"),
        ("en", "3004", "3004"),
        ("en", "030", "030"),
        ("en", "tot", "tot"),
        ("en", "", ""),
    ],
)
def test_words_and_digits_stand_for_dates(
    language: str, typed: str, stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: dt.date(2026, 11, 9))
    with translation.override(language):
        assert plain_date(typed) == stored


def state(query: str):
    return read(QueryDict(query), schema("erp.Customer"))


def test_the_state_of_a_list_survives_its_address() -> None:
    first = state("view=blocked&q=Å b&filter=city%3DLund,no%3D1..2&sort=-name&page=3")

    assert state(first.query()) == first


def test_fields_of_the_filter_pane_become_one_filter() -> None:
    found = state("f.city=Lund&f.name=&o.blocked=Ship&o.blocked=All&filter=city%3DOslo")

    assert found.filter_text == "city=Lund,blocked=Ship|All"


@pytest.mark.parametrize("query", ["f.city='open", "filter=city", "filter=ciy%3DLund", "f.credit_limit_lcy=much"])
def test_what_does_not_fit_is_kept_as_an_error(query: str) -> None:
    assert state(query).errors


@pytest.mark.parametrize(
    "query", ["page=-1", "page=0", "page=x", "page=99999999999", "sort=%00", "q=%00a", "view=x" * 99]
)
def test_nonsense_in_the_address_harms_nobody(query: str) -> None:
    found = state(query)

    assert 1 <= found.page <= 1_000_000
    assert "\x00" not in found.query()
