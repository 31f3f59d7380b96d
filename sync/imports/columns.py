"""Which column of a file goes into which field of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coupling.sides import SIDES
from records.errors import FieldError, Rejected
from records.schema import Schema, model_of, schema
from records.values.parse import unknown_fields


def importable(label: str) -> Schema:
    """The table of this label, if records of it may be imported. Raises Rejected."""
    try:
        described = schema(model_of(label))
    except LookupError:
        raise Rejected([FieldError("table", "unknown_table", {"table": str(label)[:50]})]) from None
    is_singleton = getattr(described.model.Record, "singleton", False)
    if side_of(described.label) is None or is_singleton:
        raise Rejected([FieldError("table", "unknown_table", {"table": str(label)[:50]})])
    return described


def side_of(label: str) -> str | None:
    """The side that a table belongs to: erp or crm."""
    side = label.partition(".")[0]
    return side if side in SIDES else None


def columns_of(described: Schema, head: Sequence[str], given: Mapping[str, Any] | None) -> dict[str, str]:
    """{column: field} of an import; without a map the columns that have the name of a field.

    Raises Rejected: a column that the file has not, a field that the table has not, a field written twice, nothing.
    """
    wanted = {name: name for name in head if name in described.fields} if not given else dict(given)
    errors: list[FieldError] = []
    for column, name in wanted.items():
        if column not in head:
            known = ", ".join(head)[:200]
            errors.append(FieldError("columns", "unknown_column", {"column": str(column)[:80], "known": known}))
        if not isinstance(name, str) or unknown_fields(described, [name]):
            errors.append(FieldError("columns", "unknown_import_field", {"field": str(name)[:80]}))
    fields = [str(name) for name in wanted.values()]
    twice = sorted({name for name in fields if fields.count(name) > 1})
    errors += [FieldError("columns", "field_twice", {"field": name[:80]}) for name in twice]
    if not wanted:
        errors.append(FieldError("columns", "no_columns", {"known": ", ".join(head)[:200]}))
    if errors:
        raise Rejected(errors)
    return wanted
