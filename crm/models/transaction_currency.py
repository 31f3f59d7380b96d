"""Transaction currency: amounts are in one of these; one is the base currency of the organization."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from crm.models.base import Stateful, key
from records.batch import Batch
from records.fields import Bool, Dec, Int, NullText


class TransactionCurrency(Stateful):
    """`exchangerate`: units of this currency for one unit of the base currency."""

    transactioncurrencyid = key(_("Currency"))
    isocurrencycode = NullText(5, caption=_("Currency Code"), required=True, unique=True, insert_only=True)
    currencyname = NullText(100, caption=_("Currency Name"), required=True)
    currencysymbol = NullText(10, caption=_("Currency Symbol"), required=True)
    currencyprecision = Int(default=2, null=True, minimum=0, maximum=4, caption=_("Currency Precision"))
    exchangerate = Dec(23, 10, default=Decimal(1), null=True, required=True, caption=_("Exchange Rate"))
    isbasecurrency = Bool(readonly=True, caption=_("Base Currency"))

    class Meta:
        """Plain."""

        verbose_name = _("Currency")
        verbose_name_plural = _("Currencies")

    class Record:
        """Declaration of the table."""

        label = _("Currency")
        plural = _("Currencies")
        natural_key = "isocurrencycode"
        title = ("isocurrencycode", "currencyname")
        search = ("isocurrencycode", "currencyname")
        sort = ("isocurrencycode",)
        path = "transactioncurrencies"
        rule_fields = frozenset({"statecode", "statuscode", "isbasecurrency"})

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Codes in capitals, rates above zero, the base currency stays at 1."""
        super().before_write(batch)
        for row in batch.live:
            if batch.kind == "delete":
                if row.get("isbasecurrency"):
                    row.reject("", "base_currency_stays")
                continue
            if "isocurrencycode" in row.changed and row.get("isocurrencycode"):
                row.force("isocurrencycode", row.get("isocurrencycode").strip().upper())
            rate = row.get("exchangerate")
            if "exchangerate" in row.changed and (rate is None or rate <= 0):
                row.reject("exchangerate", "rate_not_positive")
            elif "exchangerate" in row.changed and row.get("isbasecurrency") and rate != 1:
                row.reject("exchangerate", "base_currency_rate")
