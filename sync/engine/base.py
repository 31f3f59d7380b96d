"""The mapped values at the last synchronization: one positional array per coupling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coupling.plan import MappingPlan, Values, jsonable

UNKNOWN = object()


def entry(erp: Any, crm: Any) -> Any:
    """One field: a scalar where both sides hold the same value, else `[erp, crm]`."""
    left = jsonable(erp)
    right = left if erp == crm and erp.__class__ is crm.__class__ else jsonable(crm)
    return left if left == right else [left, right]


def split(stored: Any) -> tuple[Any, Any]:
    """The two sides of an entry."""
    return (stored[0], stored[1]) if isinstance(stored, list) else (stored, stored)


def build(plan: MappingPlan, erp: Values, crm: Values) -> list[Any]:
    """The array for the present values of both sides, in the order of the mapping version."""
    array: list[Any] = []
    for erp_name, crm_name in plan.base_names:
        left, right = erp.get(erp_name), crm.get(crm_name)
        if left == right and (left is None or left.__class__ is str):
            array.append(left or None)
        else:
            array.append(entry(left, right))
    return array


def by_key(plan: MappingPlan, stored: Sequence[Any] | None, version: int) -> Mapping[str, Any]:
    """Entries by line key; an array of an older mapping version is read with that version's order."""
    if not stored:
        return {}
    if version == plan.version or plan.base_keys is None:
        keys: Sequence[str] = [f.key for f in plan.base_fields]
    else:
        keys = plan.base_keys(version)
    return dict(zip(keys, stored, strict=False))


def changed_sides(entries: Mapping[str, Any], key: str, erp: Any, crm: Any) -> tuple[bool, bool]:
    """Which side's value of a differing field changed since the last sync; without an entry: both."""
    known = entries.get(key, UNKNOWN)
    if known is UNKNOWN:
        return True, True
    was_erp, was_crm = split(known)
    return jsonable(erp) != was_erp, jsonable(crm) != was_crm


def merge(plan: MappingPlan, old: Mapping[str, Any], erp: Values, crm: Values, moved: set[str]) -> list[Any]:
    """The new array when only some entries may move; an entry that never was stays unknown as its present pair."""
    return [
        entry(erp.get(f.erp or ""), crm.get(f.crm or "")) if f.key in moved or f.key not in old else old[f.key]
        for f in plan.base_fields
    ]
