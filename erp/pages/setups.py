"""The setup pages of finance, sales, purchasing and marketing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, register


@register
class GeneralLedgerSetupCard(CardPage):
    """Local currency and rounding."""

    name = "erp.general_ledger_setup.card"
    model = "erp.GeneralLedgerSetup"
    path = "erp/general-ledger-setup/"
    title = _("General Ledger Setup")
    menu = ("setup", 20)
    icon = "settings"
    keywords = _("local currency, LCY, rounding")
    help = Help(
        _(
            "Your local currency (LCY) and how amounts are rounded. A blank currency code anywhere means the "
            "local currency."
        )
    )
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "lcy_code", "local_currency_symbol", "local_currency_description",
                "amount_rounding_precision", "amount_decimal_places", "unit_amount_rounding_precision",
                "unit_amount_decimal_places", "local_address_format", "req_country_reg_code_in_addr",
            ),
            summary=("lcy_code",),
        ),
    )
    # fmt: on


@register
class SalesReceivablesSetupCard(CardPage):
    """Number series of the sales side."""

    name = "erp.sales_receivables_setup.card"
    model = "erp.SalesReceivablesSetup"
    path = "erp/sales-receivables-setup/"
    title = _("Sales & Receivables Setup")
    menu = ("setup", 30)
    icon = "settings"
    keywords = _("customer numbers, sales setup")
    help = Help(_("Which number series new customers and sales documents take their numbers from."))
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "write_in_product_type", "write_in_product_no", "freight_g_l_acc_no",
                "default_price_list_code",
            ),
        ),
        FastTab(
            "number_series",
            _("Number Series"),
            (
                "customer_nos", "quote_nos", "order_nos", "invoice_nos", "posted_invoice_nos",
                "price_list_nos",
            ),
            summary=("customer_nos",),
        ),
    )
    # fmt: on


@register
class PurchasesPayablesSetupCard(CardPage):
    """Number series of the purchasing side."""

    name = "erp.purchases_payables_setup.card"
    model = "erp.PurchasesPayablesSetup"
    path = "erp/purchases-payables-setup/"
    title = _("Purchases & Payables Setup")
    menu = ("setup", 35)
    icon = "settings"
    keywords = _("vendor numbers, purchase setup")
    help = Help(_("Which number series new vendors take their numbers from."))
    # fmt: off
    fasttabs = (
        FastTab("number_series", _("Number Series"), ("vendor_nos",), summary=("vendor_nos",)),
    )
    # fmt: on


@register
class MarketingSetupCard(CardPage):
    """Contacts: numbers, inheritance, defaults."""

    name = "erp.marketing_setup.card"
    model = "erp.MarketingSetup"
    path = "erp/marketing-setup/"
    title = _("Marketing Setup")
    menu = ("setup", 40)
    icon = "settings"
    keywords = _("contact numbers, inheritance, defaults")
    help = Help(
        _(
            "How contacts are numbered, what people take over from their company, and the defaults of new "
            "contacts. Without a relation code for customers, customers get no contacts."
        )
    )
    # fmt: off
    fasttabs = (
        FastTab("number_series", _("Number Series"), ("contact_nos", "opportunity_nos"), summary=("contact_nos",)),
        FastTab(
            "relations",
            _("Business Relations"),
            (
                "bus_rel_code_for_customers", "bus_rel_code_for_vendors",
            ),
            summary=("bus_rel_code_for_customers",),
        ),
        FastTab(
            "inheritance",
            _("Inheritance"),
            (
                "inherit_salesperson_code", "inherit_territory_code", "inherit_country_region_code",
                "inherit_language_code", "inherit_address_details", "inherit_communication_details",
            ),
        ),
        FastTab(
            "defaults",
            _("Defaults"),
            (
                "default_salesperson_code", "default_territory_code", "default_country_region_code",
                "default_language_code", "default_correspondence_type", "def_company_salutation_code",
                "default_person_salutation_code",
            ),
        ),
    )
    # fmt: on
