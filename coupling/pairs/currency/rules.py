"""Business rules of CURRENCY: the exchange rate relative to the CRM base currency, and what a blank name becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from coupling.plan import Direction, HookBatch, Item, Key, canon
from coupling.rates import crm_rate, lcy_per_unit
from coupling.rules import PairHooks
from records import db
from records.schema import schema

_ISO_LENGTH, _MAX_PRECISION = 3, 4


def blank_as_code(erp: Any, crm: Any) -> bool:
    """A blank text stands for the ISO code, so a code on the CRM side is no difference."""
    return erp is None and isinstance(crm, str) and len(crm) == _ISO_LENGTH and crm.isalpha() and crm.isupper()


class CurrencyHooks(PairHooks):
    """A currency is found by its ISO code; symbol and name are never blank on the CRM side."""

    compares_always = True  # rates live in a table of their own
    reads_erp = ("code", "symbol", "description", "amount_decimal_places")
    reads_crm = ("exchangerate", "currencyprecision", "currencysymbol", "currencyname")
    equal: ClassVar[Mapping[str, Callable[[Any, Any], bool]]] = {
        "symbol": blank_as_code,
        "description": blank_as_code,
    }
    detail = ("currencyname", "currencysymbol")

    def find(self, batch: HookBatch) -> dict[Key, Key]:
        """The CRM currency with the code of an uncoupled ERP currency. One query."""
        if batch.direction is not Direction.TO_CRM:
            return {}
        codes = {item.source["code"]: item.erp_id for item in batch.items if item.erp_id}
        table = schema("crm.TransactionCurrency")
        sql = (
            f'SELECT t.isocurrencycode, t."{table.pk_column}" FROM "{table.table}" t WHERE t.isocurrencycode = ANY(%s) '
            "AND NOT EXISTS (SELECT 1 FROM coupling_coupling k "
            f'WHERE k.crm_id = t."{table.pk_column}" AND k.pair = %s)'
        )
        return {codes[code]: key for code, key in db.rows(sql, [list(codes), batch.plan.name])}

    def prepare(self, batch: HookBatch) -> None:
        """Rate, symbol and name of every currency that goes to CRM; the precision of new ones. One query."""
        if batch.direction is not Direction.TO_CRM:
            return
        facts = batch.plan.context["facts"]
        worth = lcy_per_unit({item.source["code"] for item in batch.live} | {facts.base_code})
        for item in batch.live:
            code = item.source["code"]
            rate = crm_rate(code, facts, worth)
            if rate is None:
                item.fail("no_exchange_rate", {"code": code})
                continue
            item.set("exchangerate", rate)
            _fill_blanks(item, code)


def _fill_blanks(item: Item, code: str) -> None:
    for name in ("currencysymbol", "currencyname"):
        if (item.is_new or name in item.values) and canon(item.values.get(name)) is None:
            item.values[name] = code
    if item.is_new:
        item.values["currencyprecision"] = precision(str(item.source.get("amount_decimal_places") or ""))


def precision(decimal_places: str) -> int:
    """Decimal places of a currency from the ERP's `min:max`; 2 where it says nothing."""
    last = decimal_places.rpartition(":")[2]
    return min(int(last), _MAX_PRECISION) if last.isdigit() else 2


HOOKS = CurrencyHooks()
