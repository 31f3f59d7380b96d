"""What field lines mean together: their keys, their effective direction, their place in a `base` array. Pure.

A line is anything with the attributes of an integration field mapping (a model row, a snapshot, a declaration).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

SNAPSHOT_FIELDS = (
    "erp_field",
    "crm_field",
    "direction",
    "constant",
    "validate_erp",
    "validate_crm",
    "clear_on_failure",
    "not_null",
    "truncate",
    "only_new",
    "enabled",
    "transformation",
    "transformation_direction",
    "match",
    "match_case_sensitive",
    "match_priority",
)


def is_constant(line: Any) -> bool:
    """True for a line with one empty field cell."""
    return not line.erp_field or not line.crm_field


def keys(lines: Sequence[Any]) -> list[str]:
    """One key a line, in order: the ERP field, without one the CRM field, both where lines share the ERP field."""
    shared = Counter(line.erp_field for line in lines if line.erp_field)
    return [
        f"{line.erp_field}>{line.crm_field}" if shared[line.erp_field] > 1 else line.erp_field or line.crm_field
        for line in lines
    ]


OWNER_FIELDS = ("ownerid", "owneridtype")


def effective_direction(mapping_direction: str, ownership: str, line: Any) -> str | None:
    """The way a line carries values under its mapping's direction; None where it has no effect.

    With ownership Team the owner of a CRM row stays what it is.
    """
    if ownership == "team" and line.crm_field in OWNER_FIELDS:
        return None
    if not line.erp_field and line.direction != "from_crm":
        own = "to_crm"
    elif not line.crm_field and line.direction != "to_crm":
        own = "from_crm"
    elif is_constant(line):
        return None
    else:
        own = line.direction
    if mapping_direction == "bidirectional":
        return own
    return mapping_direction if own in ("bidirectional", mapping_direction) else None


def effective(mapping_direction: str, ownership: str, lines: Sequence[Any]) -> list[tuple[str, str, Any]]:
    """The enabled lines with an effect, in order: (key, direction, line)."""
    named = zip(keys(lines), lines, strict=True)
    found = [(k, effective_direction(mapping_direction, ownership, line), line) for k, line in named if line.enabled]
    return [(key, direction, line) for key, direction, line in found if direction]


def base_keys(mapping_direction: str, ownership: str, lines: Sequence[Any]) -> list[str]:
    """The keys of a `base` array, position by position."""
    found = effective(mapping_direction, ownership, lines)
    return [key for key, _direction, line in found if not is_constant(line)]


def snapshot(lines: Iterable[Any]) -> list[dict[str, Any]]:
    """The lines as a mapping version keeps them."""
    return [{name: getattr(line, name) for name in SNAPSHOT_FIELDS} for line in lines]


def from_snapshot(stored: Iterable[dict[str, Any]]) -> list[Any]:
    """Lines read back from a mapping version."""
    return [SimpleNamespace(**line) for line in stored]
