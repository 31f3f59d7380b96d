"""Company Information: who the company of this installation is."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.models.base import Singleton
from erp.rules import address, values
from erp.selectors.country import resolve_countries
from records.fields import Bool, Code, DateTime, Ref, Text


class CompanyInformation(Singleton):
    """The one row of the company; its `system_id` is the company id that the Sales side sees."""

    SYSTEM = (*Singleton.SYSTEM, "last_modified_date_time")
    MODIFIED = {"last_modified_date_time": False}

    name = Text(100, caption=_("Name"), required=True)
    name_2 = Text(50, caption=_("Name 2"))
    address = Text(100, caption=_("Address"))
    address_2 = Text(50, caption=_("Address 2"))
    city = Text(30, caption=_("City"))
    county = Text(30, caption=_("County"))
    post_code = Code(20, caption=_("Post Code"))
    country_region_code = Ref(
        "erp.CountryRegion",
        models.RESTRICT,
        code="code",
        lookup=resolve_countries,
        caption=_("Country/Region Code"),
        db_index=False,
    )
    contact_person = Text(50, caption=_("Contact Person"))
    phone_no = Text(30, caption=_("Phone No."))
    vat_registration_no = Text(20, caption=_("VAT Registration No."))
    gln = Code(13, caption=_("GLN"))
    eori_number = Text(40, caption=_("EORI Number"))
    industrial_classification = Text(30, caption=_("Industrial Classification"))
    registration_no = Text(20, caption=_("Registration No."))
    phone_no_2 = Text(30, caption=_("Phone No. 2"))
    fax_no = Text(30, caption=_("Fax No."))
    e_mail = Text(80, caption=_("Email"))
    home_page = Text(255, caption=_("Home Page"), checks=(values.web_address,))
    allow_blank_payment_info = Bool(caption=_("Allow Blank Payment Info."))
    bank_name = Text(100, caption=_("Bank Name"))
    bank_branch_no = Text(20, caption=_("Bank Branch No."))
    bank_account_no = Text(30, caption=_("Bank Account No."))
    payment_routing_no = Text(20, caption=_("Payment Routing No."))
    giro_no = Text(20, caption=_("Giro No."))
    swift_code = Code(20, caption=_("SWIFT Code"))
    iban = Code(50, caption=_("IBAN"), checks=(values.iban,))
    ship_to_name = Text(100, caption=_("Ship-to Name"))
    ship_to_address = Text(100, caption=_("Ship-to Address"))
    ship_to_address_2 = Text(50, caption=_("Ship-to Address 2"))
    ship_to_city = Text(30, caption=_("Ship-to City"))
    ship_to_county = Text(30, caption=_("Ship-to County"))
    ship_to_post_code = Code(20, caption=_("Ship-to Post Code"))
    ship_to_country_region_code = Ref(
        "erp.CountryRegion",
        models.RESTRICT,
        code="code",
        lookup=resolve_countries,
        caption=_("Ship-to Country/Region Code"),
        db_index=False,
    )
    ship_to_contact = Text(100, caption=_("Ship-to Contact"))
    ship_to_phone_no = Text(30, caption=_("Ship-to Phone No."))
    location_code = Code(10, caption=_("Location Code"))
    demo_company = Bool(caption=_("Demo Company"), readonly=True)
    created_datetime = DateTime(null=False, default=timezone.now, readonly=True, caption=_("Created DateTime"))
    last_modified_date_time = DateTime(
        null=False, default=timezone.now, readonly=True, caption=_("Last Modified Date Time")
    )

    class Record:
        """Declaration of the table."""

        label = _("Company Information")
        plural = _("Company Information")
        natural_key = None
        title = ("name",)
        search = ("name",)
        sort = ("name",)
        path = "company-information"
        singleton = True
        rule_fields = frozenset({"country_region_code", "city", "ship_to_country_region_code", "ship_to_city"})
        field_rules = {
            **address.rules(),
            **address.rules("ship_to_"),
            "e_mail": values.check_addresses("e_mail"),
            "gln": values.check_gln,
            "vat_registration_no": values.upper_vat_registration_no,
        }
