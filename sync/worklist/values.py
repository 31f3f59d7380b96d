"""The three values of a field, base, ERP and Sales, in the form in which each side's API shows its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from records.errors import FieldError
from records.schema import FieldInfo, schema
from records.values import Stored, present
from sync.examine import Examined, FieldState


def present_fields(
    erp_table: str, crm_table: str, found: Examined, fields: Sequence[FieldState]
) -> list[dict[str, Any]]:
    """`[{field, base, erp, crm, ...}]`; references are codes on the ERP side. `base` is the ERP side's form of it."""
    pair = found.pair
    assert pair.erp is not None
    assert pair.crm is not None
    erp_key, crm_key = pair.erp.key, pair.crm.key
    erp = _present(erp_table, erp_key, {s.line.erp: s.erp for s in fields if s.line.erp})
    crm = _present(crm_table, crm_key, {s.line.crm: s.crm for s in fields if s.line.crm})
    base_erp = _present(erp_table, erp_key, {s.line.erp: s.base_erp for s in fields if s.line.erp})
    base_crm = _present(crm_table, crm_key, {s.line.crm: s.base_crm for s in fields if s.line.crm})
    return [
        {
            "field": state.key,
            "erp_field": state.line.erp,
            "crm_field": state.line.crm,
            "base": _known(
                state, (base_erp if state.line.erp else base_crm).get(state.line.erp or state.line.crm or "")
            ),
            "base_crm": _known(state, base_crm.get(state.line.crm or "")),
            "erp": erp.get(state.line.erp or ""),
            "crm": crm.get(state.line.crm or ""),
            "has_base": state.has_base,
            "conflict": state.is_clash and found.comparison.both,
            "direction": state.direction.value,
        }
        for state in fields
    ]


def _known(state: FieldState, value: Any) -> Any:
    """The base value; null where the coupling remembers none."""
    return value if state.has_base else None


def _present(table: str, key: str, values: dict[str, Any]) -> dict[str, Any]:
    described = schema(table)
    stored = {name: _stored(described[name], value) for name, value in values.items() if name in described}
    row = Stored(key, 0, stored)
    for name in list(stored):
        companion = described[name].companion
        if described[name].kind == "polyref" and companion not in stored:
            stored[companion] = None
    return present(table, [row], fields=set(stored))[0]


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
