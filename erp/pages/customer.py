"""Customers: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.pages import chips
from erp.pages.actions import CUSTOMER, OPEN_CONTACT
from erp.pages.factboxes import CUSTOMER_CONTACTS, STATISTICS
from erp.pages.places import places
from pages import CardPage, FastTab, Help, ListPage, More, View, register


@register
class CustomerList(ListPage):
    """All customers."""

    name = "erp.customer.list"
    model = "erp.Customer"
    path = "erp/customers/"
    title = _("Customers")
    card = "erp.customer.card"
    menu = ("sales", 10)
    pinned = 10
    icon = "person"
    keywords = _("customer, client, buyer, debtor")
    help = Help(
        _(
            "Customers buy from your company. Every customer has a contact with the same name, address and "
            "numbers; a change on one is a change on the other."
        )
    )
    columns = (
        "no", "name", "phone_no", "contact", "city", "country_region_code", "salesperson_code",
        "currency_code", "balance_lcy", "balance_due_lcy", "blocked",
    )  # fmt: skip
    views = (
        View("all", _("All"), ""),
        View("blocked", _("Blocked"), "blocked=<>''"),
        View("without_salesperson", _("Without Salesperson"), "salesperson_code=''"),
    )
    actions = (OPEN_CONTACT,)
    groups = (CUSTOMER,)
    factboxes = (STATISTICS, CUSTOMER_CONTACTS)


@register
class CustomerCard(CardPage):
    """One customer."""

    name = "erp.customer.card"
    model = "erp.Customer"
    path = "erp/customers/<uuid:pk>/"
    title = _("Customer Card")
    list = "erp.customer.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "no", "name", More("name_2"), More("search_name"), "balance_lcy", "balance_due_lcy",
                "credit_limit_lcy", "blocked", More("privacy_blocked"), More("salesperson_code"),
                More("territory_code"), More("last_date_modified"),
            ),
            summary=("no", "name", "blocked"),
        ),
        FastTab(
            "address",
            _("Address & Contact"),
            (
                "address", "address_2", "country_region_code", "city", "county", "post_code", "phone_no",
                "mobile_phone_no", "e_mail", More("fax_no"), "home_page", More("language_code"),
                "primary_contact_no", "contact", More("contact_type"),
            ),
            summary=("phone_no", "e_mail", "city"),
        ),
        FastTab(
            "invoicing",
            _("Invoicing"),
            (
                More("bill_to_customer_no"), "vat_registration_no", More("registration_number"), More("gln"),
                "gen_bus_posting_group", "vat_bus_posting_group", "customer_posting_group", "currency_code",
                "customer_price_group", More("prices_including_vat"),
            ),
            summary=("currency_code",),
        ),
        FastTab(
            "payments",
            _("Payments"),
            (
                More("prepayment_pct"), More("application_method"), More("partner_type"),
                "payment_terms_code", "payment_method_code",
            ),
            summary=("payment_terms_code",),
        ),
        FastTab(
            "shipping",
            _("Shipping"),
            (
                "location_code", "combine_shipments", "reserve", "shipping_advice", "shipment_method_code",
                "shipping_agent_code",
            ),
            summary=("shipment_method_code",),
        ),
    )
    # fmt: on
    chips = (chips.blocked, chips.private)
    actions = (OPEN_CONTACT,)
    groups = (CUSTOMER,)
    factboxes = (STATISTICS, CUSTOMER_CONTACTS)
    suggestions = places()
    lookup_filters = {"salesperson_code": "blocked=false,privacy_blocked=false"}
