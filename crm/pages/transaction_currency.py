"""Currencies of the Sales side: list and form."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.pages.common import STATE_ACTIONS, state_column
from pages import CardPage, Chip, FastTab, ListPage, View, register
from pages.rows import Row


@register
class CurrencyList(ListPage):
    """Currencies with their rates against the base currency."""

    name = "crm.transaction_currency.list"
    app = "crm"
    model = "crm.TransactionCurrency"
    path = "crm/transactioncurrencies/"
    title = _("Currencies")
    card = "crm.transaction_currency.card"
    menu = ("administration", 20)
    icon = "money"
    keywords = _("currency, exchange rate, crm")
    columns = (
        "isocurrencycode", "currencyname", "currencysymbol", "currencyprecision", "exchangerate", state_column(),
    )  # fmt: skip
    views = (
        View("active", _("Active Currencies"), "statecode=0"),
        View("inactive", _("Inactive Currencies"), "statecode=1"),
        View("all", _("All Currencies"), ""),
    )
    actions = STATE_ACTIONS


def base_chip(_request: HttpRequest, row: Row) -> Chip | None:
    """Marks the base currency."""
    return Chip(_("Base Currency"), "info") if row.get("isbasecurrency") else None


@register
class CurrencyForm(CardPage):
    """One currency."""

    name = "crm.transaction_currency.card"
    app = "crm"
    model = "crm.TransactionCurrency"
    path = "crm/transactioncurrencies/<uuid:pk>/"
    title = _("Currency")
    list = "crm.transaction_currency.list"
    header = ("statecode", "statuscode")
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "isocurrencycode", "currencyname", "currencysymbol", "currencyprecision", "exchangerate",
                "isbasecurrency", "createdon", "modifiedby", "modifiedon",
            ),
        ),
    )  # fmt: skip
    chips = (base_chip,)
