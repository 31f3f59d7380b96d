"""CURRENCY: its rules, through real runs of the engine."""

from __future__ import annotations

from decimal import Decimal

from coupling.models import Coupling
from crm.models import TransactionCurrency
from records.writes import Edit, update
from tests.coupling.runs import outcomes, run
from tests.coupling.world import World, add


def test_currencies_get_rate_precision_and_names(running: World) -> None:
    dollar = add("erp.Currency", code="USD", description="US Dollar", amount_decimal_places="3:3")
    plain = add("erp.Currency", code="SEK", symbol="kr")
    for key, amount in ((dollar, Decimal("0.8")), (plain, Decimal("0.1"))):
        add("erp.CurrencyExchangeRate", currency_code=key, relational_exch_rate_amount=amount)

    run("CURRENCY")

    usd = TransactionCurrency.objects.get(isocurrencycode="USD")
    assert (usd.exchangerate, usd.currencyprecision, usd.currencyname) == (Decimal("1.25"), 3, "US Dollar")
    sek = TransactionCurrency.objects.get(isocurrencycode="SEK")
    assert (sek.exchangerate, sek.currencyname, sek.currencysymbol) == (Decimal(10), "SEK", "kr")


def test_a_blank_currency_name_is_no_change(running: World) -> None:
    sek = add("erp.Currency", code="SEK")
    add("erp.CurrencyExchangeRate", currency_code=sek, relational_exch_rate_amount=Decimal("0.1"))
    run("CURRENCY")
    update("erp.Currency", [Edit(sek, {"iso_numeric_code": "752"})], source="api").single()

    counters = run("CURRENCY", create_new=False)

    assert counters["to_crm"]["unchanged"] == 1
    assert counters["to_crm"]["modified"] == 0


def test_a_currency_without_a_rate_fails(running: World) -> None:
    add("erp.Currency", code="SEK")

    run("CURRENCY")

    assert outcomes("CURRENCY") == [("to_crm", "fail", "no_exchange_rate")]


def test_a_currency_is_coupled_with_the_one_of_its_code(running: World) -> None:
    euro = add("erp.Currency", code="EUR")

    run("CURRENCY")

    coupling = Coupling.objects.get(pair="CURRENCY", erp_id=euro)
    assert str(coupling.crm_id) == str(TransactionCurrency.objects.get(isocurrencycode="EUR").pk)
