"""Account: a company that Sales deals with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm import choices
from crm.models.base import Owned, in_order, key
from crm.rules import account as rules
from crm.rules import address, deletion, money, options
from records.batch import Batch
from records.fields import Bool, Calculated, Dec, Guid, Int, NullMemo, NullText, Option, Ref

MONEY = ("revenue", "creditlimit")
OPTIONS = (choices.PAYMENT_TERMS, choices.FREIGHT_TERMS, choices.SHIPPING_METHOD)


class Account(Owned):
    """A customer, vendor, partner ... of the organization."""

    accountid = key(_("Account"))
    name = NullText(160, caption=_("Account Name"), required=True)
    accountnumber = NullText(20, caption=_("Account Number"))
    telephone1 = NullText(50, caption=_("Main Phone"))
    telephone2 = NullText(50, caption=_("Other Phone"))
    telephone3 = NullText(50, caption=_("Telephone 3"))
    fax = NullText(50, caption=_("Fax"))
    websiteurl = NullText(200, caption=_("Website"))
    emailaddress1 = NullText(100, caption=_("Email"))
    emailaddress2 = NullText(100, caption=_("Email Address 2"))
    emailaddress3 = NullText(100, caption=_("Email Address 3"))
    primarycontactid = Ref("crm.Contact", models.SET_NULL, caption=_("Primary Contact"))
    parentaccountid = Ref("crm.Account", models.SET_NULL, caption=_("Parent Account"))
    customertypecode = Option(choices.CUSTOMER_TYPE, null=True, caption=_("Relationship Type"))
    accountcategorycode = Option(choices.ACCOUNT_CATEGORY, null=True, caption=_("Category"))
    industrycode = Option(choices.INDUSTRY, null=True, caption=_("Industry"))
    ownershipcode = Option(choices.OWNERSHIP, null=True, caption=_("Ownership"))
    revenue = Dec(19, 4, null=True, caption=_("Annual Revenue"))
    numberofemployees = Int(null=True, caption=_("Number of Employees"))
    description = NullMemo(caption=_("Description"))
    transactioncurrencyid = Ref("crm.TransactionCurrency", models.RESTRICT, db_index=False, caption=_("Currency"))
    exchangerate = Dec(23, 10, null=True, readonly=True, caption=_("Exchange Rate"))
    creditlimit = Dec(19, 4, null=True, caption=_("Credit Limit"))
    creditonhold = Bool(caption=_("Credit Hold"))
    paymenttermscode = Option(null=True, extensible=True, labels=options.labels, caption=_("Payment Terms"))
    defaultpricelevelid = Guid(caption=_("Price List"))
    preferredcontactmethodcode = Option(
        choices.CONTACT_METHOD, null=True, default=1, caption=_("Preferred Method of Contact")
    )
    donotphone = Bool(caption=_("Do not allow Phone Calls"))
    donotfax = Bool(caption=_("Do not allow Faxes"))
    donotemail = Bool(caption=_("Do not allow Emails"))
    donotpostalmail = Bool(caption=_("Do not allow Mails"))
    address1_addresstypecode = Option(choices.ADDRESS_TYPE, null=True, caption=_("Address Type"))
    address1_name = NullText(200, caption=_("Address Name"))
    address1_primarycontactname = NullText(100, caption=_("Address Contact"))
    address1_line1 = NullText(250, caption=_("Street 1"))
    address1_line2 = NullText(250, caption=_("Street 2"))
    address1_line3 = NullText(250, caption=_("Street 3"))
    address1_city = NullText(80, caption=_("City"))
    address1_stateorprovince = NullText(50, caption=_("State/Province"))
    address1_county = NullText(50, caption=_("County"))
    address1_postalcode = NullText(20, caption=_("ZIP/Postal Code"))
    address1_country = NullText(80, caption=_("Country/Region"))
    address1_telephone1 = NullText(50, caption=_("Address Phone"))
    address1_fax = NullText(50, caption=_("Address Fax"))
    address1_freighttermscode = Option(null=True, extensible=True, labels=options.labels, caption=_("Freight Terms"))
    address1_shippingmethodcode = Option(
        null=True, extensible=True, labels=options.labels, caption=_("Shipping Method")
    )
    bcbi_companyid = Ref("crm.Company", models.RESTRICT, db_index=False, caption=_("Company"))

    class Meta(Owned.Meta):
        """Read in the order of names."""

        abstract = False
        verbose_name = _("Account")
        verbose_name_plural = _("Accounts")
        indexes: ClassVar[list[models.Index]] = [in_order("name", "accountid", name="crm_account_in_order")]

    class Record:
        """Declaration of the table."""

        label = _("Account")
        plural = _("Accounts")
        natural_key = None
        title = ("name",)
        search = ("name", "accountnumber", "emailaddress1", "telephone1", "address1_city")
        sort = ("name",)
        path = "accounts"
        rule_fields = frozenset({
            "statecode", "statuscode", "ownerid", "owneridtype", "transactioncurrencyid", "exchangerate", *MONEY,
        })  # fmt: skip
        calculated: ClassVar[dict[str, Calculated]] = {
            "revenue_base": money.base("revenue", _("Annual Revenue (Base)")),
            "creditlimit_base": money.base("creditlimit", _("Credit Limit (Base)")),
            "address1_composite": Calculated(NullMemo(), _("Address 1"), sql=address.COMPOSITE),
        }

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """C2, C3, C5, C7, extensible options, the tree of parents."""
        super().before_write(batch)
        money.convert(batch, MONEY)
        options.check(batch, OPTIONS)
        rules.check_parents(batch)
        deletion.release(batch, ("crm.Contact", "parentcustomerid"), ("crm.Account", "parentaccountid"))
