"""C7: what pointed to a deleted row lets go of it."""

from __future__ import annotations

from typing import Any

from records import db
from records.batch import Batch
from records.schema import schema
from records.writes import Edit, update


def release(batch: Batch, *references: tuple[str, str]) -> None:
    """Empty the given fields `(table label, field)` of the rows that point to the rows about to be deleted."""
    if batch.kind != "delete" or not batch.live:
        return
    gone = [row.pk for row in batch.live]
    for label, name in references:
        edits = [Edit(pk, _emptied(label, name)) for pk in _pointing(label, name, gone)]
        if edits:
            update(label, edits, source="rule")


def _pointing(label: str, name: str, gone: list[str]) -> list[str]:
    sch = schema(label)
    sql = (
        f'SELECT "{sch.pk_column}" FROM "{sch.table}" WHERE {sch[name].sql(sch.table)} = ANY(%s::uuid[]) '
        f'AND "{sch.pk_column}" <> ALL(%s::uuid[])'
    )
    return [pk for (pk,) in db.rows(sql, [gone, gone])]


def _emptied(label: str, name: str) -> dict[str, Any]:
    info = schema(label)[name]
    return {name: None, info.companion: None} if info.companion else {name: None}
