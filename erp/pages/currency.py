"""Currencies and exchange rates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.pages import chips
from pages import CardPage, FastTab, Help, Lines, ListPage, More, register


@register
class CurrencyList(ListPage):
    """All foreign currencies."""

    name = "erp.currency.list"
    model = "erp.Currency"
    path = "erp/currencies/"
    title = _("Currencies")
    card = "erp.currency.card"
    menu = ("finance", 10)
    icon = "money"
    keywords = _("currency, exchange rate, money")
    help = Help(
        _(
            "Foreign currencies and what they are worth in your local currency. The exchange rate with the "
            "latest starting date that is not in the future is valid."
        )
    )
    columns = (
        "code", "description", "iso_code", "symbol", "exchange_rate_date", "exchange_rate_amount",
        "amount_rounding_precision",
    )  # fmt: skip


@register
class CurrencyCard(CardPage):
    """One currency with its exchange rates."""

    name = "erp.currency.card"
    model = "erp.Currency"
    path = "erp/currencies/<uuid:pk>/"
    title = _("Currency Card")
    list = "erp.currency.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "description", "iso_code", "iso_numeric_code", "symbol", "currency_symbol_position",
                "emu_currency", "exchange_rate_date", "exchange_rate_amount", More("last_date_adjusted"),
                More("last_date_modified"),
            ),
            summary=("code", "description", "symbol"),
        ),
        FastTab(
            "rounding",
            _("Rounding"),
            (
                "invoice_rounding_precision", "invoice_rounding_type", "amount_rounding_precision",
                "amount_decimal_places", "unit_amount_rounding_precision", "unit_amount_decimal_places",
            ),
            summary=("amount_rounding_precision",),
        ),
        Lines(
            "rates",
            _("Exchange Rates"),
            "erp.CurrencyExchangeRate",
            "currency_code",
            (
                "starting_date", "exchange_rate_amount", "relational_currency_code", "relational_exch_rate_amount",
                "adjustment_exch_rate_amount", "relational_adjmt_exch_rate_amt", "fix_exchange_rate_amount",
            ),
            sort=("-starting_date",),
        ),
    )
    # fmt: on
    chips = (chips.shared_symbol,)


@register
class CurrencyExchangeRateList(ListPage):
    """All exchange rates."""

    name = "erp.currency_exchange_rate.list"
    model = "erp.CurrencyExchangeRate"
    path = "erp/currency-exchange-rates/"
    title = _("Currency Exchange Rates")
    card = "erp.currency_exchange_rate.card"
    menu = ("finance", 20)
    icon = "money"
    keywords = _("exchange rate, currency")
    help = Help(
        _(
            "Exchange rates of all currencies: so much of the currency for so much of the local currency, "
            "from the starting date on."
        )
    )
    columns = (
        "currency_code", "starting_date", "exchange_rate_amount", "relational_currency_code",
        "relational_exch_rate_amount", "adjustment_exch_rate_amount", "relational_adjmt_exch_rate_amt",
        "fix_exchange_rate_amount",
    )  # fmt: skip


@register
class CurrencyExchangeRateCard(CardPage):
    """One exchange rate."""

    name = "erp.currency_exchange_rate.card"
    model = "erp.CurrencyExchangeRate"
    path = "erp/currency-exchange-rates/<uuid:pk>/"
    title = _("Currency Exchange Rate Card")
    list = "erp.currency_exchange_rate.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "currency_code", "starting_date", "exchange_rate_amount", "relational_currency_code",
                "relational_exch_rate_amount", "adjustment_exch_rate_amount",
                "relational_adjmt_exch_rate_amt", "fix_exchange_rate_amount",
            ),
            summary=("currency_code", "starting_date"),
        ),
    )
    # fmt: on
