"""Currency and Currency Exchange Rate."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.models.base import ErpTable, today
from erp.rules import currency as rules
from erp.rules import values
from records.batch import Batch
from records.fields import Bool, Calculated, Code, Date, DateTime, Dec, Option, Ref, Text

_VALID_RATE = (
    "(SELECT r.{column} FROM erp_currencyexchangerate r WHERE r.currency_code_id = {{t}}.system_id"
    " AND r.starting_date <= CURRENT_DATE ORDER BY r.starting_date DESC LIMIT 1)"
)


class Currency(ErpTable):
    """A foreign currency; the local one (LCY) needs no row."""

    SYSTEM = (*ErpTable.SYSTEM, "last_date_modified", "last_modified_date_time")
    MODIFIED = {"last_date_modified": True, "last_modified_date_time": False}

    code = Code(10, caption=_("Code"), required=True, unique=True)
    description = Text(30, caption=_("Description"))
    iso_code = Code(3, caption=_("ISO Code"), checks=(values.three_letters,))
    iso_numeric_code = Code(3, caption=_("ISO Numeric Code"), checks=(values.three_digits,))
    symbol = Text(10, caption=_("Symbol"))
    currency_symbol_position = Option(
        {0: ("Before Amount", _("Before Amount")), 1: ("After Amount", _("After Amount"))},
        caption=_("Currency Symbol Position"),
    )
    emu_currency = Bool(caption=_("EMU Currency"))
    invoice_rounding_precision = Dec(9, 5, default=Decimal("0.01"), minimum=0, caption=_("Invoice Rounding Precision"))
    invoice_rounding_type = Option(
        {0: ("Nearest", _("Nearest")), 1: ("Up", _("Up")), 2: ("Down", _("Down"))}, caption=_("Invoice Rounding Type")
    )
    amount_rounding_precision = Dec(9, 5, default=Decimal("0.01"), minimum=0, caption=_("Amount Rounding Precision"))
    amount_decimal_places = Text(
        5, default="2:2", required=True, caption=_("Amount Decimal Places"), checks=(values.decimal_places,)
    )
    unit_amount_rounding_precision = Dec(
        18, 9, default=Decimal("0.00001"), minimum=0, caption=_("Unit-Amount Rounding Precision")
    )
    unit_amount_decimal_places = Text(
        5, default="2:5", required=True, caption=_("Unit-Amount Decimal Places"), checks=(values.decimal_places,)
    )
    last_date_adjusted = Date(caption=_("Last Date Adjusted"), readonly=True)
    last_date_modified = Date(caption=_("Last Date Modified"), readonly=True)
    last_modified_date_time = DateTime(
        null=False, default=timezone.now, readonly=True, caption=_("Last Modified Date Time")
    )

    class Record:
        """Declaration of the table."""

        label = _("Currency")
        plural = _("Currencies")
        natural_key = "code"
        title = ("code", "description")
        search = ("code", "description", "iso_code")
        sort = ("code",)
        path = "currencies"
        calculated = {
            "exchange_rate_date": Calculated(
                Date(), _("Exchange Rate Date"), sql=_VALID_RATE.format(column="starting_date")
            ),
            "exchange_rate_amount": Calculated(
                Dec(18, 6), _("Exchange Rate"), sql=_VALID_RATE.format(column="exchange_rate_amount")
            ),
        }
        rule_fields = frozenset({"code", "symbol", "invoice_rounding_precision", "amount_rounding_precision"})
        field_rules = {
            "code": rules.fill_symbol,
            "invoice_rounding_precision": rules.check_rounding,
            "amount_rounding_precision": rules.check_rounding,
        }

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """R13: the exchange rates of a deleted currency go with it."""
        if batch.kind == "delete":
            rules.delete_rates(batch)


class CurrencyExchangeRate(ErpTable):
    """What a currency is worth from a day on: `relational_exch_rate_amount` LCY for `exchange_rate_amount`."""

    currency_code = Ref(
        "erp.Currency",
        models.RESTRICT,
        code="code",
        caption=_("Currency Code"),
        required=True,
        null=False,
        db_index=False,
    )
    starting_date = Date(null=False, default=today, caption=_("Starting Date"), required=True)
    exchange_rate_amount = Dec(18, 6, default=Decimal(1), minimum=0, caption=_("Exchange Rate Amount"))
    adjustment_exch_rate_amount = Dec(18, 6, minimum=0, caption=_("Adjustment Exch. Rate Amount"))
    relational_currency_code = Ref(
        "erp.Currency", models.RESTRICT, code="code", caption=_("Relational Currency Code"), db_index=False
    )
    relational_exch_rate_amount = Dec(18, 6, minimum=0, caption=_("Relational Exch. Rate Amount"))
    relational_adjmt_exch_rate_amt = Dec(18, 6, minimum=0, caption=_("Relational Adjmt Exch Rate Amt"))
    fix_exchange_rate_amount = Option(
        {
            0: ("Currency", _("Currency")),
            1: ("Relational Currency", _("Relational Currency")),
            2: ("Both", _("Both")),
        },
        caption=_("Fix Exchange Rate Amount"),
    )

    class Meta:
        """Keys and constraints."""

        constraints = [
            models.UniqueConstraint(fields=["currency_code", "starting_date"], name="erp_currencyexchangerate_key"),
            models.CheckConstraint(
                condition=Q(relational_currency_code__isnull=True) | ~Q(relational_currency_code=F("currency_code")),
                name="erp_currencyexchangerate_other_currency",
            ),
        ]

    class Record:
        """Declaration of the table."""

        label = _("Currency Exchange Rate")
        plural = _("Currency Exchange Rates")
        part_of = ("erp.Currency", "currency_code")
        natural_key = None
        title = ("currency_code", "starting_date")
        search = ()
        search_related = ("currency_code__code", "currency_code__description")
        sort = ("currency_code", "-starting_date")
        path = "currency-exchange-rates"
        rule_fields = rules.RATE_FIELDS

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """F19: adjustment amounts follow, no amount is 0, the relational currency is another one."""
        if batch.kind != "delete":
            rules.check_rates(batch)
