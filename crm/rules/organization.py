"""Business units: one root; users and teams belong to it unless told otherwise, and take their rows along."""

from __future__ import annotations

from collections.abc import Sequence

from crm.rules.tree import rows_in_circle
from records import db
from records.batch import Batch
from records.schema import schema
from records.writes import Edit, update

UNIT, PARENT = "businessunitid", "parentbusinessunitid"
OWNED = ("crm.Account", "crm.Contact", "crm.Company")


def root_unit() -> str | None:
    """The business unit without a parent."""
    found = db.one("SELECT businessunitid FROM crm_businessunit WHERE parentbusinessunitid_id IS NULL LIMIT 1")
    return found[0] if found else None


def default_unit(batch: Batch) -> None:
    """New users and teams without a unit belong to the root."""
    rows = [row for row in batch.live if batch.kind == "insert" and not row.get(UNIT)]
    root = root_unit() if rows else None
    for row in rows:
        row.force(UNIT, root)


def check_units(batch: Batch) -> None:
    """A new unit belongs to the root; only the first one is the root and stays it; no unit is above itself."""
    if batch.kind == "delete":
        return
    orphans = [row for row in batch.changed(PARENT) if not row.get(PARENT)] if batch.kind == "update" else batch.live
    orphans = [row for row in orphans if not row.get(PARENT)]
    root = root_unit() if orphans else None
    for row in orphans:
        if root not in (None, row.pk):
            row.force(PARENT, root)
    moved = [row for row in batch.changed(PARENT) if row.old is not None and row.old_value(PARENT) is None]
    for row in moved:
        row.reject(PARENT, "root_unit_stays")
    for row in rows_in_circle(batch, PARENT):
        row.reject(PARENT, "unit_in_circle")


def take_rows_along(batch: Batch, owner_column: str, labels: Sequence[str] = OWNED) -> None:
    """Rows belong to the business unit of their owner, also when the owner moves. One query and one write a table."""
    units = {row.pk: row.get(UNIT) for row in batch.changed(UNIT)} if batch.kind == "update" else {}
    if not units:
        return
    for label in labels:
        sch = schema(label)
        sql = f'SELECT "{sch.pk_column}", "{owner_column}" FROM "{sch.table}" WHERE "{owner_column}" = ANY(%s::uuid[])'
        edits = [Edit(pk, {"owningbusinessunit": units[owner]}) for pk, owner in db.rows(sql, [list(units)])]
        if edits:
            update(label, edits, source="rule")
