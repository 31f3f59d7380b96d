"""General Ledger Setup: the local currency and how amounts are rounded."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from erp.choices import ADDRESS_FORMAT
from erp.models.base import Singleton
from erp.rules import values
from records.fields import Bool, Code, Dec, Option, Text


class GeneralLedgerSetup(Singleton):
    """The one row; a blank currency code anywhere on this side means `lcy_code`."""

    lcy_code = Code(10, caption=_("LCY Code"))
    local_currency_symbol = Text(10, caption=_("Local Currency Symbol"))
    local_currency_description = Text(60, caption=_("Local Currency Description"))
    amount_rounding_precision = Dec(9, 5, default=Decimal("0.01"), minimum=0, caption=_("Amount Rounding Precision"))
    amount_decimal_places = Text(5, default="2:2", caption=_("Amount Decimal Places"), checks=(values.decimal_places,))
    unit_amount_rounding_precision = Dec(
        18, 9, default=Decimal("0.00001"), minimum=0, caption=_("Unit-Amount Rounding Precision")
    )
    unit_amount_decimal_places = Text(
        5, default="2:5", caption=_("Unit-Amount Decimal Places"), checks=(values.decimal_places,)
    )
    local_address_format = Option(ADDRESS_FORMAT, caption=_("Local Address Format"))
    req_country_reg_code_in_addr = Bool(caption=_("Req. Country/Reg. Code in Addr."))

    class Record:
        """Declaration of the table."""

        label = _("General Ledger Setup")
        plural = _("General Ledger Setup")
        natural_key = None
        title = ("lcy_code",)
        search = ()
        sort = ("lcy_code",)
        path = "general-ledger-setup"
        singleton = True
