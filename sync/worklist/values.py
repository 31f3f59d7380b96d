"""The three values of a field, base, ERP and Sales, in the form in which each side's API shows its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from records.errors import FieldError
from records.schema import FieldInfo, schema
from records.values import Stored, present
from sync.examine import Examined, FieldState

Fields = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair with the fields to show."""

    found: Examined
    fields: Sequence[FieldState]


def present_fields(erp_table: str, crm_table: str, pairs: Sequence[Compared]) -> list[Fields]:
    """`[{field, base, erp, crm, ...}]` for each pair; references are codes on the ERP side.

    `base` is the ERP side's form of it. One query for each referenced table, however many pairs.
    """
    erp, crm = _Side(erp_table), _Side(crm_table)
    for pair in pairs:
        erp.add((s.line.erp, s.erp, s.base_erp) for s in pair.fields)
        crm.add((s.line.crm, s.crm, s.base_crm) for s in pair.fields)
    erp_now, erp_base, crm_now, crm_base = erp.now(), erp.base(), crm.now(), crm.base()
    return [
        [_shown(pair.found, state, erp_now[i], erp_base[i], crm_now[i], crm_base[i]) for state in pair.fields]
        for i, pair in enumerate(pairs)
    ]


def _shown(
    found: Examined,
    state: FieldState,
    erp: dict[str, Any],
    erp_base: dict[str, Any],
    crm: dict[str, Any],
    crm_base: dict[str, Any],
) -> dict[str, Any]:
    left, right = state.line.erp or "", state.line.crm or ""
    base = erp_base.get(left) if left else crm_base.get(right)
    return {
        "field": state.key,
        "erp_field": state.line.erp,
        "crm_field": state.line.crm,
        "base": base if state.has_base else None,
        "base_crm": crm_base.get(right) if state.has_base else None,
        "erp": erp.get(left),
        "crm": crm.get(right),
        "has_base": state.has_base,
        "conflict": state.is_clash and found.comparison.both,
        "direction": state.direction.value,
    }


class _Side:
    """The values of one side, pair by pair."""

    def __init__(self, table: str) -> None:
        self.table = table
        self._now: list[dict[str, Any]] = []
        self._base: list[dict[str, Any]] = []

    def add(self, values: Iterable[tuple[str | None, Any, Any]]) -> None:
        """One pair: (field, value now, value at the last sync)."""
        rows = [row for row in values if row[0]]
        self._now.append({str(name): value for name, value, _base in rows})
        self._base.append({str(name): base for name, _value, base in rows})

    def now(self) -> list[dict[str, Any]]:
        """The present values."""
        return _present(self.table, self._now)

    def base(self) -> list[dict[str, Any]]:
        """Those of the last sync."""
        return _present(self.table, self._base)


def _present(table: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    described = schema(table)
    names = {name for row in rows for name in row if name in described}
    stored = []
    for number, row in enumerate(rows):
        values = {name: _stored(described[name], value) for name, value in row.items() if name in described}
        for name in [n for n in values if described[n].kind == "polyref"]:
            values.setdefault(described[name].companion, None)
        stored.append(Stored(str(number), 0, values))
    return present(table, stored, fields=names) if names else [{} for _row in rows]


def _stored(info: FieldInfo, value: Any) -> Any:
    """A value out of a base array (JSON) as the table stores it; itself where it is none any more."""
    if value is None:
        return info.blank
    if info.kind in ("ref", "polyref", "entityname"):
        return value
    try:
        return info.normalize(value)
    except (FieldError, TypeError, ValueError):
        return value
