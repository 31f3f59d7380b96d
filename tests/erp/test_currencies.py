"""Currencies and exchange rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from erp.rules.currency import symbol_users
from erp.selectors.currency import valid_rates
from records.values import fetch, present
from tests.erp.tools import change, create, currency, get, rate, refusals, setup

pytestmark = pytest.mark.usefixtures("installed")
DAY = dt.date(2026, 6, 1)


@pytest.mark.parametrize(("code", "symbol"), [("EUR", "€"), ("USD", "$"), ("GBP", "£"), ("XYZ", "XYZ")])
def test_f17_a_blank_symbol_is_filled(code, symbol):
    assert get("erp.Currency", currency(code))["symbol"] == symbol


def test_f17_a_given_symbol_stays():
    pk = currency("USD", symbol="US$")

    assert change("erp.Currency", pk, code="USX")["symbol"] == "US$"


def test_f17_who_else_uses_a_symbol():
    usd = currency("USD")
    currency("AUD")

    assert symbol_users("$", except_pk=usd) == ["AUD"]
    assert symbol_users("€") == ["EUR"]


def test_f19_no_amount_of_a_rate_is_0():
    usd = currency()

    assert refusals(rate, usd, DAY, "0", "1") == [
        ("exchange_rate_amount", "not_zero"),
        ("adjustment_exch_rate_amount", "not_zero"),
    ]
    assert ("relational_exch_rate_amount", "not_zero") in refusals(rate, usd, DAY, "1", "0")
    assert refusals(rate, usd, DAY, "1", "-1") == [("relational_exch_rate_amount", "out_of_range")]


def test_f19_the_adjustment_amounts_follow():
    pk = rate(currency(), DAY, "100", "92.5")

    now = get("erp.CurrencyExchangeRate", pk)
    assert (now["adjustment_exch_rate_amount"], now["relational_adjmt_exch_rate_amt"]) == (100, Decimal("92.5"))

    now = change("erp.CurrencyExchangeRate", pk, relational_exch_rate_amount=Decimal(93))
    assert now["relational_adjmt_exch_rate_amt"] == 93

    change("erp.CurrencyExchangeRate", pk, relational_adjmt_exch_rate_amt=Decimal(90))
    now = change("erp.CurrencyExchangeRate", pk, relational_exch_rate_amount=Decimal(94))
    assert now["relational_adjmt_exch_rate_amt"] == 90


def test_f19_the_relational_currency_is_another_one():
    usd = currency()

    assert refusals(rate, usd, DAY, relational_currency_code=usd) == [("relational_currency_code", "same_currency")]


def test_a_currency_has_one_rate_a_day():
    usd = currency()
    rate(usd, DAY)

    assert [code for _field, code in refusals(rate, usd, DAY)] == ["unique_violation"]


def test_the_rate_valid_on_a_day_counts():
    usd, gbp = currency("USD"), currency("GBP")
    for day, lcy in ((dt.date(2026, 1, 1), "90"), (dt.date(2026, 6, 1), "92"), (dt.date(2026, 7, 1), "99")):
        rate(usd, day, "100", lcy)
    rate(gbp, dt.date(2027, 1, 1))

    found = valid_rates(DAY)

    assert set(found) == {usd}
    assert (found[usd].starting_date, found[usd].lcy_per_unit) == (DAY, Decimal("0.92"))
    assert found[usd].units_per_lcy.quantize(Decimal("0.0001")) == Decimal("1.0870")


def test_a_rate_against_another_currency_is_carried_over_to_lcy():
    usd, bmd = currency("USD"), currency("BMD")
    rate(usd, DAY, "1", "0.9")
    rate(bmd, DAY, "2", "4", relational_currency_code=usd)

    assert valid_rates(DAY, [bmd])[bmd].lcy_per_unit == Decimal("1.8")


def test_rates_that_lead_in_a_circle_are_no_rates():
    usd, bmd = currency("USD"), currency("BMD")
    rate(usd, DAY, relational_currency_code=bmd)
    rate(bmd, DAY, relational_currency_code=usd)

    assert valid_rates(DAY) == {}


def test_the_currency_shows_the_rate_of_today():
    today = dt.datetime.now(dt.UTC).date()
    usd = currency("USD")
    rate(usd, today - dt.timedelta(days=30), "100", "90")
    rate(usd, today, "100", "92")
    rate(usd, today + dt.timedelta(days=30), "200", "95")

    (shown,) = present("erp.Currency", fetch("erp.Currency", [usd]))

    assert (shown["exchange_rate_date"], shown["exchange_rate_amount"]) == (today.isoformat(), "100.000000")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"amount_decimal_places": "x"}, ("amount_decimal_places", "invalid_decimal_places")),
        ({"unit_amount_decimal_places": ""}, ("unit_amount_decimal_places", "required")),
        ({"iso_code": "US"}, ("iso_code", "letters_expected")),
        ({"iso_numeric_code": "84A"}, ("iso_numeric_code", "digits_expected")),
        ({"amount_rounding_precision": Decimal(-1)}, ("amount_rounding_precision", "out_of_range")),
        ({"invoice_rounding_precision": Decimal("0.015")}, ("invoice_rounding_precision", "rounding_multiple")),
    ],
)
def test_declared_constraints(values, error):
    assert refusals(currency, **values) == [error]


def test_lcy_has_a_symbol_and_needs_no_currency_row():
    from erp.selectors.setup import general_ledger

    now = general_ledger()
    assert (now["lcy_code"], now["local_currency_symbol"]) == ("EUR", "€")
    setup("erp.GeneralLedgerSetup", lcy_code="sek")
    assert general_ledger()["lcy_code"] == "SEK"


def test_payment_terms_take_date_formulas():
    assert (
        get("erp.PaymentTerms", create("erp.PaymentTerms", code="A", due_date_calculation="1m + 8d"))[
            "due_date_calculation"
        ]
        == "1M+8D"
    )
    assert refusals(create, "erp.PaymentTerms", code="B", due_date_calculation="soon") == [
        ("due_date_calculation", "invalid_date_formula")
    ]
