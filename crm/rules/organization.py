"""Business units: one root; users and teams belong to it unless told otherwise."""

from __future__ import annotations

from records import db
from records.batch import Batch


def root_unit() -> str | None:
    """The business unit without a parent."""
    found = db.one("SELECT businessunitid FROM crm_businessunit WHERE parentbusinessunitid_id IS NULL LIMIT 1")
    return found[0] if found else None


def default_unit(batch: Batch) -> None:
    """New users and teams without a unit belong to the root."""
    rows = [r for r in batch.live if batch.kind == "insert" and not r.get("businessunitid")]
    root = root_unit() if rows else None
    for row in rows:
        row.force("businessunitid", root)


def default_parent(batch: Batch) -> None:
    """A new business unit belongs to the root; only the first one is the root."""
    rows = [r for r in batch.live if batch.kind == "insert" and not r.get("parentbusinessunitid")]
    root = root_unit() if rows else None
    for row in rows:
        if root is not None:
            row.force("parentbusinessunitid", root)
