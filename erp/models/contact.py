"""Contact: a company or a person whom the company deals with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.choices import CONTACT_BUSINESS_RELATION, CONTACT_TYPE, CORRESPONDENCE_TYPE, RELATION_NONE
from erp.models.base import ErpTable
from erp.rules import address, salesperson, values
from erp.rules import contact as rules
from erp.selectors.country import resolve_countries
from records.batch import Batch
from records.fields import Bool, Calculated, Code, Date, Int, Option, Ref, Text

_RELATIONS = "(SELECT count(*) FROM erp_contactbusinessrelation r WHERE r.contact_no_id = {t}.system_id)"


class Contact(ErpTable):
    """A contact of type Company, or a Person who may belong to one."""

    SYSTEM = (*ErpTable.SYSTEM, "last_date_modified")
    MODIFIED = {"last_date_modified": True}

    no = Code(20, caption=_("No."), unique=True)
    name = Text(100, caption=_("Name"))
    name_2 = Text(50, caption=_("Name 2"))
    search_name = Code(100, caption=_("Search Name"))
    type = Option(CONTACT_TYPE, caption=_("Type"))
    company_no = Ref("erp.Contact", models.RESTRICT, code="no", caption=_("Company No."))
    company_name = Text(100, caption=_("Company Name"))
    first_name = Text(30, caption=_("First Name"))
    middle_name = Text(30, caption=_("Middle Name"))
    surname = Text(30, caption=_("Surname"))
    job_title = Text(30, caption=_("Job Title"))
    contact_business_relation = Option(
        CONTACT_BUSINESS_RELATION, default=RELATION_NONE, caption=_("Contact Business Relation"), readonly=True
    )
    salesperson_code = Ref("erp.SalespersonPurchaser", models.RESTRICT, code="code", caption=_("Salesperson Code"))
    salutation_code = Code(10, caption=_("Salutation Code"))
    registration_number = Text(50, caption=_("Registration Number"), checks=(values.registration_number,))
    privacy_blocked = Bool(caption=_("Privacy Blocked"))
    minor = Bool(caption=_("Minor"))
    parental_consent_received = Bool(caption=_("Parental Consent Received"))
    last_date_modified = Date(caption=_("Last Date Modified"), readonly=True)
    address = Text(100, caption=_("Address"))
    address_2 = Text(50, caption=_("Address 2"))
    country_region_code = Ref(
        "erp.CountryRegion",
        models.RESTRICT,
        code="code",
        lookup=resolve_countries,
        caption=_("Country/Region Code"),
        db_index=False,
    )
    post_code = Code(20, caption=_("Post Code"))
    city = Text(30, caption=_("City"))
    county = Text(30, caption=_("County"))
    phone_no = Text(30, caption=_("Phone No."))
    mobile_phone_no = Text(30, caption=_("Mobile Phone No."))
    pager = Text(30, caption=_("Pager"))
    e_mail = Text(80, caption=_("Email"))
    e_mail_2 = Text(80, caption=_("Email 2"))
    search_e_mail = Code(80, caption=_("Search Email"), readonly=True)
    fax_no = Text(30, caption=_("Fax No."))
    home_page = Text(255, caption=_("Home Page"))
    correspondence_type = Option(CORRESPONDENCE_TYPE, caption=_("Correspondence Type"))
    language_code = Code(10, caption=_("Language Code"))
    currency_code = Ref("erp.Currency", models.RESTRICT, code="code", caption=_("Currency Code"), db_index=False)
    territory_code = Ref("erp.Territory", models.RESTRICT, code="code", caption=_("Territory Code"), db_index=False)
    vat_registration_no = Text(20, caption=_("VAT Registration No."))
    no_series = Ref(
        "erp.NoSeries", models.RESTRICT, code="code", caption=_("No. Series"), readonly=True, db_index=False
    )

    class Record:
        """Declaration of the table."""

        label = _("Contact")
        plural = _("Contacts")
        natural_key = "no"
        title = ("no", "name")
        search = (
            "no", "name", "search_name", "company_name", "phone_no", "mobile_phone_no", "e_mail", "city", "post_code",
        )  # fmt: skip
        sort = ("no",)
        path = "contacts"
        calculated = {
            "no_of_business_relations": Calculated(Int(), _("No. of Business Relations"), default=0, sql=_RELATIONS)
        }
        rule_fields = rules.RULE_FIELDS
        field_rules = {
            "no": rules.check_manual_no,
            "company_name": rules.resolve_company_name,
            "type": rules.change_type,
            "company_no": rules.follow_company,
            "name": rules.split_name,
            "first_name": rules.join_name,
            "middle_name": rules.join_name,
            "surname": rules.join_name,
            "phone_no": values.check_phone("phone_no"),
            "mobile_phone_no": values.check_phone("mobile_phone_no"),
            "e_mail": values.check_addresses("e_mail"),
            "e_mail_2": values.check_address("e_mail_2"),
            **address.rules(),
            "vat_registration_no": values.upper_vat_registration_no,
            "salesperson_code": salesperson.check_private,
            "minor": rules.protect_minor,
            "parental_consent_received": rules.protect_on_consent,
            "privacy_blocked": rules.check_privacy,
        }

    @classmethod
    def allocate(cls, batch: Batch) -> None:
        """R1: blank numbers come from the series of the setup."""
        rules.allocate(batch)

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """R7 and R11, and what holds within one contact."""
        rules.before_write(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """R3, R4 and R5: customers and people that follow the contact."""
        rules.after_write(batch)
