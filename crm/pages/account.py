"""Accounts: list and form."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.pages.common import CHANNELS, MORE_ADDRESS, PLACE, STATE_ACTIONS, STREET, my_active, state_column
from pages import Action, CardPage, FastTab, Lines, ListPage, Selection, View, register, registry


@register
class AccountList(ListPage):
    """Companies that Sales deals with."""

    name = "crm.account.list"
    app = "crm"
    model = "crm.Account"
    path = "crm/accounts/"
    title = _("Accounts")
    card = "crm.account.card"
    menu = ("customers", 10)
    icon = "building"
    keywords = _("account, company, customer, client, crm, sales")
    columns = (
        "name", "telephone1", "address1_city", "primarycontactid", "emailaddress1", "customertypecode", "ownerid",
        state_column(),
    )  # fmt: skip
    views = (
        View("active", _("Active Accounts"), "statecode=0"),
        View("mine", _("My Active Accounts"), my_active),
        View("inactive", _("Inactive Accounts"), "statecode=1"),
        View("customers", _("Active Customers"), "statecode=0,customertypecode=3"),
        View("all", _("All Accounts"), ""),
    )
    actions = STATE_ACTIONS


def _new_contact(_request: HttpRequest, selection: Selection) -> str:
    """The form of a new contact that belongs to the account."""
    given = urlencode({"parentcustomerid": selection.pks[0], "parentcustomeridtype": "account"})
    return f"{registry.reverse('crm.contact.card.new')}?{given}"


NEW_CONTACT = Action("new_contact", _("New Contact"), url=_new_contact, scope="one", icon="person_add", order=20)


@register
class AccountForm(CardPage):
    """One account."""

    name = "crm.account.card"
    app = "crm"
    model = "crm.Account"
    path = "crm/accounts/<uuid:pk>/"
    title = _("Account")
    list = "crm.account.list"
    header = ("ownerid", "statecode", "statuscode")
    fasttabs = (
        FastTab(
            "summary",
            _("Summary"),
            (
                "name", "accountnumber", "telephone1", "fax", "websiteurl", "emailaddress1", "primarycontactid",
                "parentaccountid", "customertypecode", *STREET, *PLACE, "description",
            ),
        ),
        Lines(
            "contacts",
            _("Contacts"),
            "crm.Contact",
            "parentcustomerid",
            ("fullname", "jobtitle", "emailaddress1", "telephone1", "mobilephone"),
            sort=("fullname",),
            editable=False,
        ),
        FastTab(
            "details",
            _("Details"),
            (
                "telephone2", "telephone3", "emailaddress2", "emailaddress3", "accountcategorycode", "industrycode",
                "ownershipcode", "numberofemployees", "transactioncurrencyid", "exchangerate", "revenue",
                "revenue_base", "creditlimit", "creditlimit_base", "creditonhold", "paymenttermscode", *CHANNELS,
            ),
        ),
        FastTab(
            "addresses",
            _("Addresses"),
            (
                "address1_addresstypecode", "address1_name", "address1_primarycontactname", *MORE_ADDRESS,
                "address1_freighttermscode", "address1_shippingmethodcode", "address1_composite",
            ),
        ),
        FastTab(
            "administration",
            _("Administration"),
            ("bcbi_companyid", "owningbusinessunit", "createdby", "createdon", "modifiedby", "modifiedon"),
        ),
    )  # fmt: skip
    actions = (NEW_CONTACT,)
