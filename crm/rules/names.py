"""C1: the full name is first and last name, cut to the field."""

from __future__ import annotations

from records.batch import Batch


def full_names(batch: Batch, limit: int) -> None:
    """Keep `fullname` of every written row."""
    if batch.kind == "delete":
        return
    for row in batch.live:
        if batch.kind == "insert" or row.changed & {"firstname", "lastname"}:
            parts = [str(part).strip() for part in (row.get("firstname"), row.get("lastname")) if part]
            row.force("fullname", " ".join(parts)[:limit].rstrip() or None)
