"""Accounts: the tree of parents, and the address as one text."""

from __future__ import annotations

from collections.abc import Callable

from records import db
from records.batch import Batch

_LINES = ("line1", "line2", "line3")


def check_parents(batch: Batch) -> None:
    """An account is not its own parent, nor the child of a descendant; one query for all."""
    rows = [r for r in batch.live if "parentaccountid" in r.changed and r.get("parentaccountid")]
    if batch.kind == "delete" or not rows:
        return
    sql = (
        "WITH RECURSIVE up(start, pk) AS (SELECT accountid, accountid FROM crm_account WHERE accountid = ANY(%s::uuid[]) "
        "UNION SELECT up.start, a.parentaccountid_id FROM up JOIN crm_account a ON a.accountid = up.pk "
        "WHERE a.parentaccountid_id IS NOT NULL) SELECT start, pk FROM up"
    )
    above = set(db.rows(sql, [[r.get("parentaccountid") for r in rows]]))
    for row in rows:
        parent = row.get("parentaccountid")
        if parent == row.pk or (parent, row.pk) in above:
            row.reject("parentaccountid", "parent_in_circle")


def composite(table: str, pk: str) -> Callable[[list[str]], dict[str, str | None]]:
    """A batch function that joins the parts of address 1."""
    columns = ", ".join(f"address1_{c}" for c in (*_LINES, "postalcode", "city", "stateorprovince", "country"))

    def compute(pks: list[str]) -> dict[str, str | None]:
        sql = f'SELECT "{pk}", {columns} FROM "{table}" WHERE "{pk}" = ANY(%s::uuid[])'
        return {row[0]: _joined(row[1:]) for row in db.rows(sql, [pks])}

    return compute


def _joined(parts: tuple[str | None, ...]) -> str | None:
    *lines, code, city, state, country = parts
    place = " ".join(p for p in (code, city) if p)
    return "\n".join(p for p in (*lines, place, state, country) if p) or None
