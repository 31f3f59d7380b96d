"""Currencies of the Sales side: codes in capitals, rates above zero, a base currency that stays at 1."""

from __future__ import annotations

from records.batch import Batch, Row

CODE, RATE, IS_BASE = "isocurrencycode", "exchangerate", "isbasecurrency"
RULE_FIELDS = frozenset({"statecode", "statuscode", RATE, IS_BASE})


def check(batch: Batch) -> None:
    """What must hold within one currency."""
    for row in batch.live:
        if batch.kind == "delete":
            if row.get(IS_BASE):
                row.reject("", "base_currency_stays")
            continue
        if row.get(CODE) and CODE in row.changed:
            row.force(CODE, row.get(CODE).strip().upper())
        if RATE in row.changed:
            _check_rate(row)


def _check_rate(row: Row) -> None:
    rate = row.get(RATE)
    if rate is None or rate <= 0:
        row.reject(RATE, "rate_not_positive")
    elif row.get(IS_BASE) and rate != 1:
        row.reject(RATE, "base_currency_rate")
