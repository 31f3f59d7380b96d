"""What records of any table are called, for logs, lists and messages: one query for many records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from records import db
from records.schema import Schema, schema


def record_keys(table: Any, keys: Iterable[Any]) -> dict[str, str]:
    """Primary key -> business key (`no`, `code`), or the name where a table has none. Missing records are missing."""
    sch = schema(table)
    return _texts(sch, keys, [sch.natural_key or title_fields(sch)[-1]])


def record_names(table: Any, keys: Iterable[Any]) -> dict[str, str]:
    """Primary key -> primary name (the last field of the title)."""
    sch = schema(table)
    return _texts(sch, keys, [title_fields(sch)[-1]])


def record_titles(table: Any, keys: Iterable[Any]) -> dict[str, str]:
    """Primary key -> all fields of the title, joined by a blank: `10000 Adatum`."""
    sch = schema(table)
    return _texts(sch, keys, title_fields(sch))


def title_fields(sch: Schema) -> list[str]:
    """The fields that name a record; always at least one that is stored."""
    named = [name for name in getattr(sch.model.Record, "title", ()) if name in sch and sch[name].stored]
    return named or [sch.pk]


def _texts(sch: Schema, keys: Iterable[Any], fields: Sequence[str]) -> dict[str, str]:
    wanted = [str(key) for key in keys]
    if not wanted:
        return {}
    text = ", ".join(f"nullif(t.\"{sch[name].column}\"::text, '')" for name in fields)
    sql = (
        f"SELECT t.\"{sch.pk_column}\", concat_ws(' ', {text}) "
        f'FROM "{sch.table}" t WHERE t."{sch.pk_column}" = ANY(%s::uuid[])'
    )
    return dict(db.rows(sql, [wanted]))
