"""Customer: who buys from the company."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.choices import BLOCKED, CONTACT_TYPE
from erp.models.base import ErpTable
from erp.rules import address, salesperson, values
from erp.rules import customer as rules
from erp.selectors.country import resolve_countries
from records.batch import Batch
from records.fields import Bool, Calculated, Code, Date, Dec, Option, Ref, Text


class Customer(ErpTable):
    """A customer; every customer has a contact of its own (rules R2 and R3)."""

    SYSTEM = (*ErpTable.SYSTEM, "last_date_modified")
    MODIFIED = {"last_date_modified": True}

    no = Code(20, caption=_("No."), unique=True)
    name = Text(100, caption=_("Name"), required="user")
    name_2 = Text(50, caption=_("Name 2"))
    search_name = Code(100, caption=_("Search Name"))
    credit_limit_lcy = Dec(19, 4, caption=_("Credit Limit (LCY)"))
    blocked = Option(BLOCKED, caption=_("Blocked"))
    privacy_blocked = Bool(caption=_("Privacy Blocked"))
    salesperson_code = Ref("erp.SalespersonPurchaser", models.RESTRICT, code="code", caption=_("Salesperson Code"))
    territory_code = Ref("erp.Territory", models.RESTRICT, code="code", caption=_("Territory Code"), db_index=False)
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
    city = Text(30, caption=_("City"))
    county = Text(30, caption=_("County"))
    post_code = Code(20, caption=_("Post Code"))
    phone_no = Text(30, caption=_("Phone No."))
    mobile_phone_no = Text(30, caption=_("Mobile Phone No."))
    e_mail = Text(80, caption=_("Email"))
    fax_no = Text(30, caption=_("Fax No."))
    home_page = Text(255, caption=_("Home Page"))
    language_code = Code(10, caption=_("Language Code"))
    primary_contact_no = Ref("erp.Contact", models.RESTRICT, code="no", caption=_("Primary Contact No."))
    contact = Text(100, caption=_("Contact"))
    contact_type = Option(CONTACT_TYPE, caption=_("Contact Type"))
    bill_to_customer_no = Ref("erp.Customer", models.RESTRICT, code="no", caption=_("Bill-to Customer No."))
    vat_registration_no = Text(20, caption=_("VAT Registration No."))
    registration_number = Text(50, caption=_("Registration Number"), checks=(values.registration_number,))
    gln = Code(13, caption=_("GLN"))
    gen_bus_posting_group = Code(20, caption=_("Gen. Bus. Posting Group"))
    vat_bus_posting_group = Code(20, caption=_("VAT Bus. Posting Group"))
    customer_posting_group = Code(20, caption=_("Customer Posting Group"))
    currency_code = Ref("erp.Currency", models.RESTRICT, code="code", caption=_("Currency Code"), db_index=False)
    customer_price_group = Code(10, caption=_("Customer Price Group"))
    prices_including_vat = Bool(caption=_("Prices Including VAT"))
    prepayment_pct = Dec(9, 5, minimum=0, maximum=100, caption=_("Prepayment %"))
    application_method = Option(
        {0: ("Manual", _("Manual")), 1: ("Apply to Oldest", _("Apply to Oldest"))}, caption=_("Application Method")
    )
    partner_type = Option(
        {0: ("", ""), 1: ("Company", _("Company")), 2: ("Person", _("Person"))}, caption=_("Partner Type")
    )
    payment_terms_code = Ref(
        "erp.PaymentTerms", models.RESTRICT, code="code", caption=_("Payment Terms Code"), db_index=False
    )
    payment_method_code = Code(10, caption=_("Payment Method Code"))
    location_code = Code(10, caption=_("Location Code"))
    combine_shipments = Bool(caption=_("Combine Shipments"))
    reserve = Option(
        {0: ("Never", _("Never")), 1: ("Optional", _("Optional")), 2: ("Always", _("Always"))},
        default=1,
        caption=_("Reserve"),
    )
    shipping_advice = Option(
        {0: ("Partial", _("Partial")), 1: ("Complete", _("Complete"))}, caption=_("Shipping Advice")
    )
    shipment_method_code = Ref(
        "erp.ShipmentMethod", models.RESTRICT, code="code", caption=_("Shipment Method Code"), db_index=False
    )
    shipping_agent_code = Ref(
        "erp.ShippingAgent", models.RESTRICT, code="code", caption=_("Shipping Agent Code"), db_index=False
    )
    no_series = Ref(
        "erp.NoSeries", models.RESTRICT, code="code", caption=_("No. Series"), readonly=True, db_index=False
    )

    class Record:
        """Declaration of the table."""

        label = _("Customer")
        plural = _("Customers")
        natural_key = "no"
        title = ("no", "name")
        search = (
            "no", "name", "search_name", "name_2", "contact", "phone_no", "city", "post_code", "e_mail",
            "vat_registration_no",
        )  # fmt: skip
        sort = ("no",)
        path = "customers"
        calculated = {
            "balance_lcy": Calculated(Dec(19, 4), _("Balance (LCY)"), default=Decimal(0)),
            "balance_due_lcy": Calculated(Dec(19, 4), _("Balance Due (LCY)"), default=Decimal(0)),
        }
        rule_fields = rules.RULE_FIELDS
        field_rules = {
            "no": rules.check_manual_no,
            "name": values.follow_search_name,
            "phone_no": values.check_phone("phone_no"),
            "mobile_phone_no": values.check_phone("mobile_phone_no"),
            "e_mail": values.check_addresses("e_mail"),
            **address.rules(),
            "vat_registration_no": values.upper_vat_registration_no,
            "salesperson_code": salesperson.check_chosen,
            "privacy_blocked": rules.follow_privacy_blocked,
            "blocked": rules.check_blocked,
            "contact": rules.check_contact_text,
            "primary_contact_no": rules.take_primary_contact,
            "gln": values.check_gln,
        }

    @classmethod
    def allocate(cls, batch: Batch) -> None:
        """R1: blank numbers come from the series of the setup."""
        rules.allocate(batch)

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """R8 and R10, and what holds within one customer."""
        rules.before_write(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """R2 and F11: the contacts of the customer."""
        rules.after_write(batch)
