"""Tell Me among the company's data: what is found, for whom, and at what cost."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from erp.models import Customer
from pages.finding import find
from people.models import User
from records import writes

pytestmark = pytest.mark.django_db
NAMES = ("Nordwind Trading", "Nordwind Metals", "Alpine Nordwind", "Nördwind Foods", "Contoso")


@pytest.fixture
def customers() -> dict[str, str]:
    """{name: key}, each changed a day before the one that was named before it."""
    given = [{"no": f"C{n}", "name": name} for n, name in enumerate(NAMES)]
    rows = writes.insert("erp.Customer", given, source="setup").rows
    keys = {name: row.pk for name, row in zip(NAMES, rows, strict=True)}
    for days, pk in enumerate(keys.values()):
        at = dt.datetime(2026, 11, 20 - days, tzinfo=dt.UTC)
        Customer.objects.filter(pk=pk).update(system_modified_at=at)
    return keys


def ask(user: User, typed: str, **more: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/tell-me/", {"q": typed, "data": "1", **more}).content.decode()


def test_the_three_newest_of_a_table_come_first_and_lead_to_all(customers: dict[str, str], viewer: User) -> None:
    html = ask(viewer, " NORDWIND ")

    own = html[: html.index("Show all")]
    assert re.findall(r"/erp/customers/([0-9a-f-]{36})/", own) == [customers[name] for name in NAMES[:3]]
    assert 'data-url="/erp/customers/?view=all&amp;q=NORDWIND"' in html
    assert "Contoso" not in html


def test_a_number_that_begins_so_comes_before_newer_ones(customers: dict[str, str], viewer: User) -> None:
    writes.insert("erp.Customer", [{"no": "NORD", "name": "Contoso"}], source="setup").single()
    Customer.objects.filter(no="NORD").update(system_modified_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    html = ask(viewer, "nord")

    assert html.index("NORD · Contoso") < html.index(customers[NAMES[0]])


@pytest.mark.parametrize("typed", ["no", "", "  n ", "no such record", "%%%", "___"])
def test_little_or_nothing_finds_nothing(customers: dict[str, str], viewer: User, typed: str) -> None:
    assert "tell-me-hit" not in ask(viewer, typed)


def test_it_costs_one_statement_however_many_tables_there_are(customers: dict[str, str], viewer: User) -> None:
    writes.insert("erp.Contact", [{"no": "K1", "name": "Nordwind"}], source="setup").single()
    request = RequestFactory().get("/tell-me/")
    request.user = viewer

    with CaptureQueriesContext(connection) as queries:
        found = find(request, "nordwind", None)

    assert len(found) == 2
    assert len(queries) == 1


def test_outsiders_find_nothing(customers: dict[str, str], outsider: User) -> None:
    client = Client()
    client.force_login(outsider)

    assert client.get("/tell-me/", {"q": "nordwind", "data": "1"}).status_code == 403
