"""A record outside the filter of its mapping: the reason, the way to the filter, and what brings it inside."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from coupling.outside import only_field
from crm.models import Contact as SalesContact
from erp.models import Contact
from records.writes import Edit, update
from tests.cast import make_user
from tests.coupling.world import World, add

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def browser(name: str = "salesperson") -> Client:
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(make_user(name))
    return found


def shown(client: Client, address: str, query: Any = None) -> str:
    answer = client.get(address, query, headers=HTMX if query else {})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def titles(html: str) -> dict[str, str]:
    """Why actions are disabled."""
    return dict(re.findall(r'data-action="(\w+)"[^>]*aria-disabled="true" title="([^"]*)"', html))


def test_actions_of_a_blocked_customer_say_what_the_filter_asks_for(world: World) -> None:
    customer = world.customers["Adatum"]
    update("erp.Customer", [Edit(customer, {"blocked": 3})], source="api").single()

    html = shown(browser(), f"/erp/customers/{customer}/")

    why = "The record is outside the table filter of the mapping CUSTOMER. The filter asks for: Blocked is blank."
    assert {name: titles(html)[name] for name in ("set_up_coupling", "synchronize_now")} == {
        "set_up_coupling": why,
        "synchronize_now": why,
    }
    mapping = world.mapping("CUSTOMER")
    assert f'href="/coupling/mappings/{mapping.pk}/#field-table_filter"' in html
    assert 'id="field-table_filter"' in shown(browser("viewer"), f"/coupling/mappings/{mapping.pk}/")
    assert "Assign a Company" not in html


def test_what_is_inside_says_nothing(world: World) -> None:
    html = shown(browser(), f"/erp/customers/{world.customers['Adatum']}/")

    assert "Open the filter" not in html
    assert "set_up_coupling" not in titles(html)


@pytest.mark.parametrize("table", ["erp.Contact", "crm.Contact"])
def test_a_person_without_a_company_is_given_one(world: World, table: str) -> None:
    is_erp = table == "erp.Contact"
    person = add(table, **({"type": 1, "surname": "Ek"} if is_erp else {"lastname": "Ek"}))
    client = browser()

    panel = shown(client, "/sync/explain/", {"table": table, "ids": person})
    assert "Assign a Company" in panel
    address = re.search(r'hx-get="(/coupling/assign/[^"]+)"', panel)
    assert address
    assert "Only people who belong to a company are synchronized" in shown(client, address[1])
    company = add("erp.Contact", type=0, name="Northwind") if is_erp else world.accounts["Adatum"]
    number = Contact.objects.get(pk=company).no if is_erp else f"account:{company}"
    field = "company_no" if is_erp else "parentcustomerid"
    answer = client.post("/coupling/assign/", {"table": table, "ids": person, f"assign-{field}": number}, headers=HTMX)

    assert "was changed" in answer["HX-Trigger"], answer.content
    assert "Open the filter" not in shown(client, "/sync/explain/", {"table": table, "ids": person})
    found: Any = Contact.objects.get(pk=person) if is_erp else SalesContact.objects.get(pk=person)
    assert str(found.company_no_id if is_erp else found.parentcustomerid_account_id) == company


def test_the_shortcut_needs_the_right_and_that_nothing_else_is_missing(world: World) -> None:
    person = add("erp.Contact", type=1, surname="Ek")
    company = add("erp.Contact", type=0, name="Northwind")

    assert "Assign a Company" not in shown(browser("viewer"), "/sync/explain/", {"table": "erp.Contact", "ids": person})
    assert browser("viewer").get("/coupling/assign/", {"table": "erp.Contact", "ids": person}).status_code == 403
    html = shown(browser(), f"/erp/contacts/{company}/")
    assert "Type is Person" in html
    assert "Assign a Company" not in html


@pytest.mark.parametrize(
    ("fields", "only"),
    [
        (["company_no"], "company_no"),
        (["company_no", "type"], ""),
        ([], ""),
    ],
)
def test_one_field_that_is_missing_is_found(fields: list[str], only: str) -> None:
    assert only_field("erp.Contact", fields) == only


def test_a_look_up_stands_for_its_type_as_well() -> None:
    assert only_field("crm.Contact", ["parentcustomerid", "parentcustomeridtype"]) == "parentcustomerid"
