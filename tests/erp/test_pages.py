"""Pages of this side, as a browser asks for them."""

from __future__ import annotations

import pytest
from django.test import Client

from pages import registry
from pages.cards import CardPage
from pages.lists import ListPage
from tests.cast import make_user
from tests.erp.tools import (
    company,
    contact_of,
    country,
    currency,
    customer,
    get,
    marketing,
    person,
    pk_of,
    rate,
    salesperson,
)

pytestmark = pytest.mark.usefixtures("installed")

LISTS = [p.name for p in registry.every() if isinstance(p, ListPage) and p.name.startswith("erp.")]
SINGLETONS = [
    p.name for p in registry.every() if isinstance(p, CardPage) and p.is_singleton and p.name.startswith("erp.")
]


@pytest.fixture
def browser():
    client = Client()
    client.force_login(make_user("salesperson"))
    return client


def page(browser, name, **kwargs):
    response = browser.get(registry.reverse(name, **kwargs))
    assert response.status_code == 200, name
    return response.content.decode()


def save(browser, name, pk, /, **values):
    """Save fields of a card as leaving them does."""
    data = {**values, "changed": ",".join(values)}
    return browser.post(registry.reverse(name, pk=pk), data, headers={"HX-Request": "true"})


def action(browser, name, pk, which, /, **data):
    address = f"{registry.reverse(name, pk=pk)}actions/{which}/"
    return browser.post(address, {"confirmed": "1", **data}, headers={"HX-Request": "true"})


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_with_each_of_its_views(browser, name):
    customer(contact="Ana Ek")

    for view in registry.get(name).all("views"):
        assert browser.get(registry.reverse(name), {"view": view.name}).status_code == 200
    assert str(registry.get(name).title).replace("&", "&amp;") in page(browser, name)


@pytest.mark.parametrize("name", SINGLETONS)
def test_every_setup_opens(browser, name):
    assert page(browser, name)


def test_every_card_opens(browser):
    import datetime as dt

    pk = customer(contact="Ana Ek", salesperson_code=salesperson(), country_region_code=country("SE"))
    usd = currency("USD")
    rate(usd, dt.date(2026, 1, 1))
    shown = page(browser, "erp.customer.card", pk=pk)
    assert "Ana Ek" in shown
    assert "Address &amp; Contact" in shown
    for name in (p.name for p in registry.every() if isinstance(p, CardPage) and p.name.startswith("erp.")):
        label = registry.get(name).model
        record = registry.get(name).table.model.objects.first()
        if record is not None and name not in SINGLETONS:
            assert page(browser, name, pk=record.pk), label


def test_the_customer_card_says_what_is_blocked(browser):
    pk = customer(privacy_blocked=True)

    assert "Privacy Blocked" in page(browser, "erp.customer.card", pk=pk)


def test_leaving_a_field_saves_it_and_what_follows(browser):
    pk = customer(name="Adatum")

    response = save(browser, "erp.customer.card", pk, name="Beta")

    assert response["X-Saved"] == "1"
    assert "BETA" in response.content.decode()
    assert get("erp.Customer", pk)["search_name"] == "BETA"
    assert get("erp.Contact", contact_of(pk))["name"] == "Beta"


def test_a_refused_value_is_said_at_its_field(browser):
    pk = customer(phone_no="1")

    response = save(browser, "erp.customer.card", pk, phone_no="x")

    assert response["X-Saved"] == "0"
    assert "A phone number must not contain letters." in response.content.decode()
    assert get("erp.Customer", pk)["phone_no"] == "1"


def test_f9_the_page_asks_before_it_lifts_the_privacy_block(browser):
    pk = customer(privacy_blocked=True)

    asked = save(browser, "erp.customer.card", pk, blocked="1").content.decode()
    yes = save(browser, "erp.customer.card", pk, blocked="1", privacy_blocked="")

    assert "Do you want to continue?" in asked
    assert "data-confirm" in asked
    assert yes["X-Saved"] == "1"
    now = get("erp.Customer", pk)
    assert (now["blocked"], now["privacy_blocked"]) == (1, False)


def test_a_country_may_be_typed_by_name(browser):
    pk = customer()

    save(browser, "erp.customer.card", pk, country_region_code="Germany")

    assert get("erp.Customer", pk)["country_region_code"] == country("DE")


def test_a_contact_becomes_a_customer_from_its_card(browser):
    own = company(name="Firm")

    response = action(browser, "erp.contact.card", own, "create_customer")

    pk = pk_of("erp.Customer", "C00010")
    assert response["HX-Redirect"] == f"/erp/customers/{pk}/"
    assert contact_of(pk) == own
    again = action(browser, "erp.contact.card", own, "create_customer")
    assert "already has a business relation" in again["HX-Trigger"]


def test_customer_and_contact_lead_to_each_other(browser):
    pk = customer()
    own = contact_of(pk)

    assert f"/erp/contacts/{own}/" in page(browser, "erp.customer.card", pk=pk)
    there = browser.get(f"/erp/customers/{pk}/actions/open_contact/")
    back = browser.get(f"/erp/contacts/{own}/actions/open_customer/")
    assert (there["Location"], back["Location"]) == (f"/erp/contacts/{own}/", f"/erp/customers/{pk}/")


def test_a_contact_is_linked_in_a_dialog(browser):
    relation = pk_of("erp.BusinessRelation", "CUST")
    marketing(bus_rel_code_for_customers=None)
    customer(name="Buyer")
    marketing(bus_rel_code_for_customers=relation)
    own = company(name="Firm")
    address = registry.reverse("erp.contact.link_customer")
    chosen = {"list": "erp.contact.list", "ids": own}

    opened = browser.get(address, chosen, headers={"HX-Request": "true"})
    wrong = browser.post(address, chosen | {"customer": "X", "keep": "contact"}, headers={"HX-Request": "true"})
    right = browser.post(address, chosen | {"customer": "c00010", "keep": "contact"}, headers={"HX-Request": "true"})

    assert "Customer No." in opened.content.decode()
    assert "does not exist" in wrong.content.decode()
    assert "closeDialog" in right["HX-Trigger"]
    assert get("erp.Customer", pk_of("erp.Customer", "C00010"))["name"] == "Firm"


def test_a_viewer_may_look_and_not_act():
    viewer = Client()
    viewer.force_login(make_user("viewer"))
    own = company()

    assert viewer.get(registry.reverse("erp.contact.card", pk=own)).status_code == 200
    assert action(viewer, "erp.contact.card", own, "create_customer").status_code == 403
    assert save(viewer, "erp.contact.card", own, name="x").status_code == 403


def test_an_exchange_rate_is_added_on_the_currency_card(browser):
    usd = currency("USD")
    prefix = "rates-new-"
    values = {"starting_date": "2026-01-01", "exchange_rate_amount": "100", "relational_exch_rate_amount": "92"}
    data = {prefix + name: value for name, value in values.items()} | {"changed": ",".join(values)}

    response = browser.post(f"/erp/currencies/{usd}/lines/rates/", data, headers={"HX-Request": "true"})

    assert response["X-Saved"] == "1", response.content.decode()
    shown = page(browser, "erp.currency.card", pk=usd)
    assert "92" in shown


def test_the_role_centre_counts_what_its_tiles_open(browser):
    customer(blocked=3, country_region_code=country("SE"))
    customer()
    person()

    shown = page(browser, "erp.role_centre")

    assert "Blocked Customers" in shown
    assert "Sweden" in shown
    assert "view=blocked" in shown


def test_currencies_that_share_a_symbol_say_so(browser):
    usd = currency("USD")
    currency("AUD")

    assert "Symbol also used by AUD" in page(browser, "erp.currency.card", pk=usd)
