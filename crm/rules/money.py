"""C2: amounts in the base currency, by the rate that a row copied from its currency."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from records import db
from records.batch import Batch, Row

_FOUR = Decimal("0.0001")


def base_fields(*names: str) -> dict[str, str]:
    """{money field: its companion in the base currency}."""
    return {name: f"{name}_base" for name in names}


def convert(batch: Batch, fields: dict[str, str]) -> None:
    """Copy the rate when currency or money changes; money without a currency is in the base currency."""
    if batch.kind == "delete":
        return
    watched = {"transactioncurrencyid", *fields}
    rows = [r for r in batch.live if r.changed & watched]
    rows = [r for r in rows if r.get("transactioncurrencyid") or any(r.get(f) is not None for f in fields)]
    _clear([r for r in batch.live if r.changed & watched and r not in rows], fields)
    if not rows:
        return
    rates, base = _rates(rows)
    for row in rows:
        if not row.get("transactioncurrencyid") and base:
            row.force("transactioncurrencyid", base)
        rate = rates.get(row.get("transactioncurrencyid"), Decimal(1))
        row.force("exchangerate", rate)
        for name, companion in fields.items():
            amount = row.get(name)
            row.force(companion, None if amount is None else (amount / rate).quantize(_FOUR, ROUND_HALF_UP))


def _clear(rows: list[Row], fields: dict[str, str]) -> None:
    for row in rows:
        row.force("exchangerate", None)
        for companion in fields.values():
            row.force(companion, None)


def _rates(rows: list[Row]) -> tuple[dict[str, Decimal], str | None]:
    wanted = list({r.get("transactioncurrencyid") for r in rows if r.get("transactioncurrencyid")})
    sql = (
        "SELECT transactioncurrencyid, exchangerate, isbasecurrency FROM crm_transactioncurrency "
        "WHERE transactioncurrencyid = ANY(%s::uuid[]) OR isbasecurrency"
    )
    found = db.rows(sql, [wanted])
    base = next((pk for pk, _rate, is_base in found if is_base), None)
    return {pk: rate for pk, rate, _b in found}, base
