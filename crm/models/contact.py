"""Contact: a person that Sales deals with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm import choices
from crm.models.base import Owned, in_order, key
from crm.rules import address, deletion, money, names, options
from crm.rules import contact as rules
from records.batch import Batch
from records.fields import Bool, Calculated, Date, Dec, Guid, NullMemo, NullText, Option, PolymorphicRef, Ref

MONEY = ("creditlimit",)
OPTIONS = (choices.PAYMENT_TERMS, choices.FREIGHT_TERMS, choices.SHIPPING_METHOD)
FULL_NAME = 160


class Contact(Owned):
    """A person, usually of an account."""

    contactid = key(_("Contact"))
    salutation = NullText(100, caption=_("Salutation"))
    firstname = NullText(50, caption=_("First Name"))
    middlename = NullText(50, caption=_("Middle Name"))
    lastname = NullText(50, caption=_("Last Name"), required="page")
    fullname = NullText(FULL_NAME, readonly=True, caption=_("Full Name"))
    jobtitle = NullText(100, caption=_("Job Title"))
    department = NullText(100, caption=_("Department"))
    parentcustomerid = PolymorphicRef(
        "parentcustomeridtype",
        {"account": "parentcustomerid_account", "contact": "parentcustomerid_contact"},
        caption=_("Company Name"),
        type_caption=_("Company Name Type"),
        default_type="account",
    )
    parentcustomerid_account = Ref("crm.Account", models.SET_NULL, internal=True, caption=_("Company Name"))
    parentcustomerid_contact = Ref("crm.Contact", models.SET_NULL, internal=True, caption=_("Company Name"))
    emailaddress1 = NullText(100, caption=_("Email"))
    emailaddress2 = NullText(100, caption=_("Email Address 2"))
    telephone1 = NullText(50, caption=_("Business Phone"))
    telephone2 = NullText(50, caption=_("Home Phone"))
    mobilephone = NullText(50, caption=_("Mobile Phone"))
    pager = NullText(50, caption=_("Pager"))
    fax = NullText(50, caption=_("Fax"))
    websiteurl = NullText(200, caption=_("Website"))
    description = NullMemo(caption=_("Description"))
    birthdate = Date(caption=_("Birthday"))
    gendercode = Option(choices.GENDER, null=True, caption=_("Gender"))
    familystatuscode = Option(choices.FAMILY_STATUS, null=True, caption=_("Marital Status"))
    accountrolecode = Option(choices.ACCOUNT_ROLE, null=True, caption=_("Role"))
    transactioncurrencyid = Ref("crm.TransactionCurrency", models.RESTRICT, db_index=False, caption=_("Currency"))
    exchangerate = Dec(23, 10, null=True, readonly=True, caption=_("Exchange Rate"))
    creditlimit = Dec(19, 4, null=True, caption=_("Credit Limit"))
    paymenttermscode = Option(null=True, extensible=True, labels=options.labels, caption=_("Payment Terms"))
    address1_freighttermscode = Option(null=True, extensible=True, labels=options.labels, caption=_("Freight Terms"))
    address1_shippingmethodcode = Option(
        null=True, extensible=True, labels=options.labels, caption=_("Shipping Method")
    )
    preferredcontactmethodcode = Option(
        choices.CONTACT_METHOD, null=True, default=1, caption=_("Preferred Method of Contact")
    )
    donotphone = Bool(caption=_("Do not allow Phone Calls"))
    donotfax = Bool(caption=_("Do not allow Faxes"))
    donotemail = Bool(caption=_("Do not allow Emails"))
    donotpostalmail = Bool(caption=_("Do not allow Mails"))
    address1_addresstypecode = Option(choices.ADDRESS_TYPE, null=True, caption=_("Address Type"))
    address1_name = NullText(200, caption=_("Address Name"))
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
    bcbi_companyid = Ref("crm.Company", models.RESTRICT, db_index=False, caption=_("Company"))

    class Meta(Owned.Meta):
        """At most one parent."""

        abstract = False
        verbose_name = _("Contact")
        verbose_name_plural = _("Contacts")
        indexes: ClassVar[list[models.Index]] = [in_order("fullname", "contactid", name="crm_contact_in_order")]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(parentcustomerid_account__isnull=True)
                | models.Q(parentcustomerid_contact__isnull=True),
                name="crm_contact_one_parent",
            ),
        ]

    class Record:
        """Declaration of the table."""

        label = _("Contact")
        plural = _("Contacts")
        natural_key = None
        title = ("fullname",)
        search = ("fullname", "firstname", "lastname", "emailaddress1", "telephone1", "mobilephone")
        sort = ("fullname",)
        path = "contacts"
        rule_fields = frozenset({
            "statecode", "statuscode", "ownerid", "owneridtype", "firstname", "lastname", "fullname",
            "parentcustomerid", "parentcustomeridtype", "transactioncurrencyid", "exchangerate", *MONEY,
        })  # fmt: skip
        calculated: ClassVar[dict[str, Calculated]] = {
            "accountid": Calculated(Guid(), _("Account"), sql="{t}.parentcustomerid_account_id"),
            "parentcontactid": Calculated(Guid(), _("Parent Contact"), sql="{t}.parentcustomerid_contact_id"),
            "creditlimit_base": money.base("creditlimit", _("Credit Limit (Base)")),
            "address1_composite": Calculated(NullMemo(), _("Address 1"), sql=address.COMPOSITE),
        }

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """C1, C2, C3, C5, C6 and extensible options."""
        super().before_write(batch)
        names.full_names(batch, FULL_NAME)
        money.convert(batch, MONEY)
        options.check(batch, OPTIONS)
        rules.settle_parent(batch)
        deletion.release(batch, ("crm.Account", "primarycontactid"), ("crm.Contact", "parentcustomerid"))
