"""Rules of currencies and exchange rates."""

from __future__ import annotations

from decimal import Decimal

from records import db
from records.batch import Batch, Row
from records.schema import schema
from records.writes import delete

SYMBOLS = {
    "AUD": "$", "BRL": "R$", "CAD": "$", "CHF": "CHF", "CNY": "¥", "CZK": "Kč", "DKK": "kr", "EUR": "€", "GBP": "£",
    "HKD": "$", "HUF": "Ft", "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "$", "NOK": "kr", "NZD": "$",
    "PLN": "zł", "RUB": "₽", "SEK": "kr", "SGD": "$", "THB": "฿", "TRY": "₺", "UAH": "₴", "USD": "$", "VND": "₫",
    "ZAR": "R",
}  # fmt: skip

_PAIRS = (
    ("exchange_rate_amount", "adjustment_exch_rate_amount"),
    ("relational_exch_rate_amount", "relational_adjmt_exch_rate_amt"),
)
RATE_FIELDS = frozenset({"currency_code", "relational_currency_code", *(name for pair in _PAIRS for name in pair)})


def symbol_of(code: str) -> str:
    """The usual symbol of a currency; the code itself where none is known."""
    return SYMBOLS.get(code, code)


def fill_symbol(_batch: Batch, rows: list[Row]) -> None:
    """F17: a blank symbol is filled from the code."""
    for row in rows:
        if not row.get("symbol"):
            row.set("symbol", symbol_of(row.get("code"))[:10])


def symbol_users(symbol: str, *, except_pk: str | None = None) -> list[str]:
    """F17: codes of the other currencies (LCY first) that use a symbol too; a page warns with them."""
    sql = (
        "SELECT lcy_code, 0 FROM erp_generalledgersetup WHERE local_currency_symbol = %s UNION ALL"
        " SELECT code, 1 FROM erp_currency WHERE symbol = %s AND system_id IS DISTINCT FROM %s::uuid ORDER BY 2, 1"
    )
    return [code for code, _order in db.rows(sql, [symbol, symbol, except_pk])] if symbol else []


def is_multiple(value: Decimal, of: Decimal) -> bool:
    """True where rounding to `value` is rounding to `of` as well."""
    return not of or not value % of


def check_rounding(_batch: Batch, rows: list[Row]) -> None:
    """Invoices are rounded to a multiple of what amounts are rounded to."""
    for row in rows:
        if not is_multiple(row.get("invoice_rounding_precision"), row.get("amount_rounding_precision")):
            error = ("invoice_rounding_precision", "rounding_multiple")
            if all((known.field, known.code) != error for known in row.errors):
                row.reject(*error)


def check_rates(batch: Batch) -> None:
    """F19: the adjustment amounts follow their amounts; none is 0; the relational currency is another one."""
    sch = schema(batch.model)
    for row in batch.live:
        for amount, adjustment in _PAIRS:
            _follow(row, amount, adjustment)
        for name in (name for pair in _PAIRS for name in pair):
            if not row.get(name):
                row.reject(name, "not_zero", field=str(sch[name].caption))
        if row.get("relational_currency_code") and row.get("relational_currency_code") == row.get("currency_code"):
            row.reject("relational_currency_code", "same_currency")


def _follow(row: Row, amount: str, adjustment: str) -> None:
    if row.old is None:
        follows = not row.get(adjustment)
    else:
        follows = amount in row.changed and row.old.get(adjustment) == row.old.get(amount)
    if follows:
        row.set(adjustment, row.get(amount))


def delete_rates(batch: Batch) -> None:
    """R13: exchange rates go with their currency."""
    sql = "SELECT system_id FROM erp_currencyexchangerate WHERE currency_code_id = ANY(%s::uuid[])"
    rates = [pk for (pk,) in db.rows(sql, [[row.pk for row in batch.live]])]
    if rates:
        delete("erp.CurrencyExchangeRate", [(pk, None) for pk in rates], source="rule")
