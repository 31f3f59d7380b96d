"""Records that have a parent of their own table: nobody is above itself."""

from __future__ import annotations

from records import db
from records.batch import Batch, Row
from records.schema import schema


def rows_in_circle(batch: Batch, parent: str) -> list[Row]:
    """The rows that would be their own ancestor, by the table and by the other rows of the batch. One query."""
    rows = [row for row in batch.changed(parent) if row.get(parent)]
    if batch.kind == "delete" or not rows:
        return []
    above = _ancestors(batch, parent, [row.get(parent) for row in rows])
    above |= {row.pk: row.get(parent) for row in batch.live if parent in row.new}
    return [row for row in rows if _meets_itself(row.pk, above)]


def _ancestors(batch: Batch, parent: str, start: list[str]) -> dict[str, str | None]:
    """{record: its parent} from these records up to the roots."""
    sch = schema(batch.model)
    key, column = sch.pk_column, sch[parent].column
    sql = (
        f'WITH RECURSIVE up(pk, parent) AS (SELECT "{key}", "{column}" FROM "{sch.table}" '
        f'WHERE "{key}" = ANY(%s::uuid[]) UNION '
        f'SELECT t."{key}", t."{column}" FROM up JOIN "{sch.table}" t ON t."{key}" = up.parent) '
        "SELECT pk, parent FROM up"
    )
    return dict(db.rows(sql, [start]))


def _meets_itself(pk: str, above: dict[str, str | None]) -> bool:
    seen, at = set(), above.get(pk)
    while at is not None and at not in seen:
        if at == pk:
            return True
        seen.add(at)
        at = above.get(at)
    return False
