"""Transaction currency: amounts are in one of these; one is the base currency of the organization."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import Stateful, key
from crm.rules import currency
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

    class Meta(Stateful.Meta):
        """One base currency; rates above zero."""

        abstract = False
        verbose_name = _("Currency")
        verbose_name_plural = _("Currencies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Stateful.Meta.constraints,
            models.UniqueConstraint(
                fields=["isbasecurrency"], condition=Q(isbasecurrency=True), name="crm_transactioncurrency_one_base"
            ),
            models.CheckConstraint(condition=Q(exchangerate__gt=0), name="crm_transactioncurrency_rate_above_zero"),
        ]

    class Record:
        """Declaration of the table."""

        label = _("Currency")
        plural = _("Currencies")
        natural_key = "isocurrencycode"
        title = ("isocurrencycode", "currencyname")
        search = ("isocurrencycode", "currencyname")
        sort = ("isocurrencycode",)
        path = "transactioncurrencies"
        rule_fields = currency.RULE_FIELDS

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """C3, codes in capitals, rates above zero, the base currency stays at 1."""
        super().before_write(batch)
        currency.check(batch)
