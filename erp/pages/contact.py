"""Contacts: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.pages import chips
from erp.pages.actions import CONTACT_ACTIONS, RELATED
from erp.pages.factboxes import PEOPLE
from erp.pages.places import places
from pages import CardPage, FastTab, Help, Lines, ListPage, More, View, register


@register
class ContactList(ListPage):
    """All contacts, companies and people."""

    name = "erp.contact.list"
    model = "erp.Contact"
    path = "erp/contacts/"
    title = _("Contacts")
    card = "erp.contact.card"
    menu = ("sales", 20)
    pinned = 20
    icon = "contact_card"
    keywords = _("contact, person, company, address book")
    help = Help(
        _(
            "Contacts are the companies and people that you deal with. A person belongs to a company and "
            "takes over its address and numbers."
        )
    )
    columns = (
        "no", "name", "company_name", "contact_business_relation", "phone_no", "e_mail", "salesperson_code",
        "territory_code",
    )  # fmt: skip
    views = (
        View("all", _("All"), ""),
        View("companies", _("Companies"), "type=Company"),
        View("people", _("People"), "type=Person"),
        View("customers", _("Customers"), "contact_business_relation=Customer"),
    )
    actions = CONTACT_ACTIONS
    groups = (RELATED,)
    factboxes = (PEOPLE,)


@register
class ContactCard(CardPage):
    """One contact."""

    name = "erp.contact.card"
    model = "erp.Contact"
    path = "erp/contacts/<uuid:pk>/"
    title = _("Contact Card")
    list = "erp.contact.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "no", "name", More("name_2"), More("search_name"), "type", "company_no", "company_name",
                "first_name", "middle_name", "surname", More("job_title"), "contact_business_relation",
                "salesperson_code", More("salutation_code"), More("registration_number"),
                More("privacy_blocked"), More("minor"), More("parental_consent_received"),
                More("last_date_modified"),
            ),
            summary=("no", "name", "company_name"),
        ),
        FastTab(
            "communication",
            _("Communication"),
            (
                "address", "address_2", "country_region_code", "post_code", "city", "county", "phone_no",
                "mobile_phone_no", More("pager"), "e_mail", More("e_mail_2"), More("fax_no"), "home_page",
                More("correspondence_type"), More("language_code"),
            ),
            summary=("phone_no", "e_mail"),
        ),
        FastTab(
            "foreign_trade",
            _("Foreign Trade"),
            (
                "currency_code", More("territory_code"), More("vat_registration_no"),
            ),
            summary=("currency_code",),
        ),
        Lines(
            "relations",
            _("Business Relations"),
            "erp.ContactBusinessRelation",
            "contact_no",
            ("business_relation_code", "business_relation_description", "link_to_table", "no"),
            is_open=False,
        ),
    )
    # fmt: on
    chips = (chips.private,)
    actions = CONTACT_ACTIONS
    groups = (RELATED,)
    factboxes = (PEOPLE,)
    suggestions = places()
    lookup_filters = {"company_no": "type=Company", "salesperson_code": "privacy_blocked=false"}
