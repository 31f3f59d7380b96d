"""Contacts: list and form."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.pages.common import CHANNELS, MORE_ADDRESS, PLACE, STATE_ACTIONS, STREET, my_active, state_column
from pages import CardPage, FastTab, ListPage, View, register


@register
class ContactList(ListPage):
    """People that Sales deals with."""

    name = "crm.contact.list"
    app = "crm"
    model = "crm.Contact"
    path = "crm/contacts/"
    title = _("Contacts")
    card = "crm.contact.card"
    menu = ("customers", 20)
    icon = "person"
    keywords = _("contact, person, crm, sales")
    columns = (
        "fullname", "emailaddress1", "parentcustomerid", "telephone1", "mobilephone", "address1_city", "ownerid",
        state_column(),
    )  # fmt: skip
    views = (
        View("active", _("Active Contacts"), "statecode=0"),
        View("mine", _("My Active Contacts"), my_active),
        View("inactive", _("Inactive Contacts"), "statecode=1"),
        View("without_company", _("Contacts Without Company"), "statecode=0,parentcustomerid=''"),
        View("all", _("All Contacts"), ""),
    )
    actions = STATE_ACTIONS


@register
class ContactForm(CardPage):
    """One contact."""

    name = "crm.contact.card"
    app = "crm"
    model = "crm.Contact"
    path = "crm/contacts/<uuid:pk>/"
    title = _("Contact")
    list = "crm.contact.list"
    header = ("ownerid", "statecode", "statuscode")
    fasttabs = (
        FastTab(
            "summary",
            _("Summary"),
            (
                "firstname", "lastname", "fullname", "jobtitle", "parentcustomerid", "emailaddress1", "telephone1",
                "mobilephone", "fax", *STREET, *PLACE,
            ),
        ),
        FastTab(
            "details",
            _("Details"),
            (
                "salutation", "middlename", "department", "emailaddress2", "telephone2", "pager", "websiteurl",
                "birthdate", "gendercode", "familystatuscode", "accountrolecode", "transactioncurrencyid",
                "exchangerate", "creditlimit", "creditlimit_base", "paymenttermscode", "address1_freighttermscode",
                "address1_shippingmethodcode", *CHANNELS, "description",
            ),
        ),
        FastTab(
            "addresses",
            _("Addresses"),
            ("address1_addresstypecode", "address1_name", *MORE_ADDRESS, "address1_composite"),
        ),
        FastTab(
            "administration",
            _("Administration"),
            ("bcbi_companyid", "owningbusinessunit", "createdby", "createdon", "modifiedby", "modifiedon"),
        ),
    )  # fmt: skip
