"""Exchange rates of the ERP turned into those of the Sales side: units of a currency per unit of the base currency."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from coupling.installation import Installation
from records import db
from records.schema import schema

_TEN = Decimal(1).scaleb(-10)
_MAX_STEPS = 5


def lcy_per_unit(codes: Iterable[str]) -> dict[str, Decimal]:
    """What one unit of each currency is worth in LCY today; currencies without a rate are missing. One query.

    A rate relative to another currency is followed through that currency's own rate.
    """
    rates = _rates()
    found = {code: _worth(code, rates) for code in codes}
    return {code: worth for code, worth in found.items() if worth}


def crm_rate(code: str, facts: Installation, worth: dict[str, Decimal]) -> Decimal | None:
    """Units of `code` per unit of the CRM base currency, 10 decimals; None where a rate is missing.

    `worth`: LCY per unit of each currency (see `lcy_per_unit`), which must cover `code` and the base currency.
    """
    if code == facts.base_code:
        return Decimal(1)
    base = Decimal(1) if facts.base_code == facts.lcy_code else worth.get(facts.base_code)
    own = Decimal(1) if code == facts.lcy_code else worth.get(code)
    if not base or not own:
        return None
    return (base / own).quantize(_TEN, ROUND_HALF_UP)


def lcy_rate(facts: Installation) -> Decimal:
    """The rate of the local currency itself; 1 where the ERP does not know it."""
    return crm_rate(facts.lcy_code, facts, lcy_per_unit([facts.base_code])) or Decimal(1)


def _rates() -> dict[str, tuple[Decimal, str]]:
    """The rate of each currency valid today: code -> (relational units for one unit, relational currency code)."""
    rate, currency = schema("erp.CurrencyExchangeRate"), schema("erp.Currency")
    sql = (
        "SELECT DISTINCT ON (c.code) c.code, r.relational_exch_rate_amount / r.exchange_rate_amount, "
        f"coalesce(o.code, '') FROM \"{rate.table}\" r "
        f'JOIN "{currency.table}" c ON c."{currency.pk_column}" = r."{rate["currency_code"].column}" '
        f'LEFT JOIN "{currency.table}" o ON o."{currency.pk_column}" = r."{rate["relational_currency_code"].column}" '
        "WHERE r.starting_date <= %s AND r.exchange_rate_amount <> 0 AND r.relational_exch_rate_amount <> 0 "
        "ORDER BY c.code, r.starting_date DESC"
    )
    return {code: (amount, other) for code, amount, other in db.rows(sql, [timezone.now().date()])}


def _worth(code: str, rates: dict[str, tuple[Decimal, str]]) -> Decimal | None:
    worth = Decimal(1)
    for _step in range(_MAX_STEPS):
        if code not in rates:
            return None
        amount, code = rates[code]
        worth *= amount
        if not code:
            return worth
    return None
