"""Filter to this value: what stands in a cell becomes a filter that lets in this very row."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from pages.narrowing import expression
from pages.rows import Names, Row
from people.models import User
from records import writes
from records.filters import check, matches
from records.schema import schema

MOMENT = dt.datetime(2026, 3, 4, 10, 5, 42, 7, tzinfo=dt.UTC)
KEY = "0190a5c0-0000-7000-8000-000000000001"
NASTY = ("A*B", "a|b", "x&y", "1..2", "(x)", "@home", "it's", "=1", "<>", "a,b=c", "  lead", "?", "''", "Å")


def row(label: str, field: str, value: Any) -> Row:
    return Row(schema(label), KEY, 1, {field: value}, Names())


@pytest.mark.parametrize(
    ("label", "field", "value", "said"),
    [
        ("erp.Customer", "city", "Lund", "Lund"),
        ("erp.Customer", "city", "", "''"),
        ("erp.Customer", "credit_limit_lcy", Decimal("1200.5000"), "1200.5"),
        ("erp.Customer", "credit_limit_lcy", Decimal("100"), "100"),
        ("erp.Customer", "blocked", 3, "All"),
        ("erp.Customer", "blocked", 0, "''"),
        ("erp.Customer", "system_modified_at", MOMENT, "2026-03-04T10:05:00..2026-03-04T10:05:59.999999"),
        ("crm.Account", "name", None, "''"),
        ("crm.Account", "creditonhold", True, "yes"),
        ("crm.Account", "statecode", 1, "1"),
        ("crm.Account", "accountid", KEY, KEY),
        *(("erp.Customer", "name", text, None) for text in NASTY),
    ],
)
def test_the_expression_lets_in_its_own_row(label: str, field: str, value: Any, said: str | None) -> None:
    given = row(label, field, value)

    found = expression(given.table[field], given)

    assert said in (None, found)
    assert matches(check(f"{field}={found}", given.table.model), {field: value})


@pytest.mark.parametrize("other", ["AxB", "a", "x", "1", "x)", "home", "its", "", "a,b", "lead", "Z"])
def test_and_no_other_one(other: str) -> None:
    for text in NASTY:
        given = row("erp.Customer", "name", text)
        term = f"name={expression(given.table['name'], given)}"

        assert not matches(check(term, given.table.model), {"name": other})


@pytest.fixture
def browser(viewer: User) -> Client:
    found = Client()
    found.force_login(viewer)
    return found


@pytest.mark.django_db
def test_a_list_is_filtered_to_a_value_and_set_free_again(browser: Client) -> None:
    values = [
        {"no": "1", "name": "Adatum", "city": "Lund"},
        {"no": "2", "name": "Fabrikam", "city": "Lund"},
        {"no": "3", "name": "X"},
    ]
    first = writes.insert("erp.Customer", values, source="setup").rows[0].pk
    address = "/erp/customers/"
    fragment = {"HX-Request": "true"}
    asked = {"to": "city", "of": first}

    once = browser.get(address, {**asked, "sort": "name", "pane": "1"}, headers=fragment)
    assert once["HX-Push-Url"] == f"{address}?filter=city%3DLund&sort=name"
    html = once.content.decode()
    assert html.count("<tr data-pk") == 2
    assert html.count("data-filtered") == 1
    assert 'name="f.city" value="Lund"' in html
    again = browser.get(address, {**asked, "filter": "city=Lund,name=A*"}, headers=fragment)
    assert again["HX-Push-Url"] == f"{address}?filter=name%3DA%2A"
    cleared = browser.get(address, {"clear": "city", "filter": "city='open"}, headers=fragment)
    assert cleared["HX-Push-Url"] == address

    without_script = browser.get(address, asked)

    assert without_script["Location"] == f"{address}?filter=city%3DLund"


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [{"to": "city", "of": KEY}, {"to": "nonsense", "of": KEY}, {"to": "city", "of": "x"}])
def test_what_cannot_be_filtered_leaves_the_list_as_it_is(browser: Client, asked: dict[str, str]) -> None:
    assert browser.get("/erp/customers/", asked).status_code == 200
