"""C2: money fields and the exchange rate that a row copies from its currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from records import db
from records.batch import Batch
from records.fields import Calculated, Dec

CURRENCY, RATE = "transactioncurrencyid", "exchangerate"


def base(name: str, caption: Any) -> Calculated:
    """The companion of a money field: its amount in the base currency."""
    return Calculated(Dec(19, 4, null=True), caption, sql=f"round({{t}}.{name} / {{t}}.{RATE}, 4)")


def convert(batch: Batch, fields: Sequence[str]) -> None:
    """Copy the rate when currency or money changes; money without a currency is in the base currency. One query."""
    rows = batch.changed(CURRENCY, *fields)
    if batch.kind == "delete" or not rows:
        return
    rates, base_currency = _rates({row.get(CURRENCY) for row in rows if row.get(CURRENCY)})
    for row in rows:
        if not row.get(CURRENCY) and any(row.get(name) is not None for name in fields):
            row.force(CURRENCY, base_currency)
        row.force(RATE, rates.get(row.get(CURRENCY)))


def _rates(currencies: set[str]) -> tuple[dict[str, Decimal], str | None]:
    """The rates of these currencies and of the base currency; the key of the base currency."""
    sql = (
        "SELECT transactioncurrencyid, exchangerate, isbasecurrency FROM crm_transactioncurrency "
        "WHERE transactioncurrencyid = ANY(%s::uuid[]) OR isbasecurrency"
    )
    found = db.rows(sql, [list(currencies)])
    return {pk: rate for pk, rate, _is_base in found}, next((pk for pk, _rate, is_base in found if is_base), None)
