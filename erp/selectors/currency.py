"""Exchange rates against the local currency (LCY)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from records import db


class Rate(NamedTuple):
    """The rate that is valid on a day: `relational_amount` LCY are worth `amount` of the currency."""

    starting_date: dt.date
    amount: Decimal
    relational_amount: Decimal

    @property
    def lcy_per_unit(self) -> Decimal:
        """What one unit of the currency costs in LCY."""
        return self.relational_amount / self.amount

    @property
    def units_per_lcy(self) -> Decimal:
        """What one unit of LCY buys of the currency."""
        return self.amount / self.relational_amount


_VALID = """
SELECT DISTINCT ON (r.currency_code_id) r.currency_code_id, r.starting_date, r.exchange_rate_amount,
       r.relational_exch_rate_amount, r.relational_currency_code_id
FROM erp_currencyexchangerate r
WHERE r.starting_date <= %s AND (%s::uuid[] IS NULL OR r.currency_code_id = ANY(%s::uuid[]))
ORDER BY r.currency_code_id, r.starting_date DESC
"""


def valid_rates(on: dt.date, currencies: Sequence[str] | None = None) -> dict[str, Rate]:
    """The rate of each currency (by primary key) that is valid on a day, in LCY; currencies without one are left out.

    A rate against another currency than LCY is carried over through that currency's own rate. At most two queries.
    """
    wanted = None if currencies is None else list(currencies)
    rows = {row[0]: row for row in db.rows(_VALID, [on, wanted, wanted])}
    missing = [row[4] for row in rows.values() if row[4] and row[4] not in rows]
    if missing:
        rows |= {row[0]: row for row in db.rows(_VALID, [on, missing, missing])}
    found = {pk: rate for pk in rows if (rate := _in_lcy(pk, rows, frozenset())) is not None}
    return found if wanted is None else {pk: found[pk] for pk in wanted if pk in found}


def _in_lcy(pk: str, rows: dict[str, tuple[object, ...]], seen: frozenset[str]) -> Rate | None:
    row = rows.get(pk)
    if row is None or pk in seen:
        return None
    date, amount, relational, other = row[1:5]
    assert isinstance(date, dt.date)
    assert isinstance(amount, Decimal)
    assert isinstance(relational, Decimal)
    if not amount or not relational:
        return None
    if other is None:
        return Rate(date, amount, relational)
    base = _in_lcy(str(other), rows, seen | {pk})
    return None if base is None else Rate(date, amount, relational * base.lcy_per_unit)
