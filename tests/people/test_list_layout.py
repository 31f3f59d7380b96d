"""Columns of a list: each user chooses them, their order and their widths, and nobody else sees it."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client

from people.models import ListLayout, User
from records import writes
from tests.cast import make_user

pytestmark = pytest.mark.django_db
LIST = "/erp/customers/"
HTMX = {"HX-Request": "true"}


def client_of(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


@pytest.fixture
def browser(viewer: User) -> Client:
    return client_of(viewer)


def columns(browser: Client) -> list[str]:
    return re.findall(r'data-column="(\w+)"', browser.get(LIST).content.decode())


def store(browser: Client, wanted: Any, page: str = "erp.customer.list") -> int:
    given = wanted if isinstance(wanted, str) else json.dumps(wanted)
    return browser.post("/columns/store/", {"page": page, "columns": given}, headers=HTMX).status_code


def test_columns_stand_as_they_were_left_for_this_user_alone(browser: Client) -> None:
    declared = columns(browser)
    wanted = [{"name": "city", "width": 180}, {"name": "no"}, {"name": "name_2", "width": 9}, {"name": "no"}]

    assert store(browser, [*wanted, {"name": "nonsense"}, {"name": "row_version"}]) == 200

    assert columns(browser) == ["city", "no", "name_2"]
    html = browser.get(LIST).content.decode()
    assert re.findall(r'data-width="(\d+)"', html) == ["180", "40"]
    assert columns(client_of(make_user("salesperson"))) == declared


def test_the_first_column_opens_the_card(browser: Client) -> None:
    pk = writes.insert("erp.Customer", [{"no": "1", "name": "Adatum", "city": "Lund"}], source="setup").rows[0].pk
    store(browser, [{"name": "city"}, {"name": "name"}])

    assert f'<a class="key" href="/erp/customers/{pk}/">Lund</a>' in browser.get(LIST).content.decode()


def test_the_workbook_has_the_columns_of_the_list(browser: Client) -> None:
    writes.insert("erp.Customer", [{"no": "1", "name": "Adatum", "city": "Lund"}], source="setup")
    store(browser, [{"name": "city"}, {"name": "name"}])

    file = b"".join(browser.get(f"{LIST}excel/").streaming_content)  # type: ignore[attr-defined]

    rows = list(openpyxl.load_workbook(io.BytesIO(file)).worksheets[0].iter_rows(values_only=True))
    assert ("City", "Name") in [row[:2] for row in rows]


def test_the_dialog_offers_all_fields_and_keeps_the_order_of_its_lines(browser: Client) -> None:
    dialog = browser.get("/columns/choose/", {"page": "erp.customer.list"}, headers=HTMX).content.decode()
    assert 'name="page" value="erp.customer.list"' in dialog
    assert 'value="name_2"' in dialog
    assert 'value="row_version"' not in dialog

    form = {"page": "erp.customer.list", "column": ["name", "no"], "width.no": "120"}
    assert "listChanged" in browser.post("/columns/choose/", form, headers=HTMX)["HX-Trigger"]
    assert columns(browser) == ["name", "no"]
    none = browser.post("/columns/choose/", {"page": "erp.customer.list"}, headers=HTMX)
    assert "at least one column" in none["HX-Trigger"]
    assert columns(browser) == ["name", "no"]

    browser.post("/columns/choose/", form | {"reset": "1"}, headers=HTMX)

    assert not ListLayout.objects.exists()


@pytest.mark.parametrize("given", ["", "x", "{}x", "1", "[1]", '[{"width": 1}]', "null"])
def test_nonsense_changes_nothing(browser: Client, given: str) -> None:
    assert store(browser, given) == 404
    assert not ListLayout.objects.exists()


def test_nobody_arranges_a_list_that_is_not_shown_to_him(browser: Client) -> None:
    assert store(browser, [{"name": "no"}], "no.such.list") == 404
    assert store(browser, [{"name": "no"}], "erp.customer.card") == 404
