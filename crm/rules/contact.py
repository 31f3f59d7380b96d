"""Contacts: the parent is an account or a contact (C6)."""

from __future__ import annotations

from collections.abc import Callable

from records import db
from records.batch import Batch


def parents(kind: str) -> Callable[[list[str]], dict[str, str | None]]:
    """A batch function: the parent of contacts where it is of this kind."""

    def compute(pks: list[str]) -> dict[str, str | None]:
        sql = f"SELECT contactid, parentcustomerid_{kind}_id FROM crm_contact WHERE contactid = ANY(%s::uuid[])"
        return dict(db.rows(sql, [pks]))

    return compute


def settle_parent(batch: Batch) -> None:
    """Find out what kind of parent a GUID without a (right) type is; unknown ones and oneself are refused."""
    rows = [r for r in batch.live if r.changed & {"parentcustomerid", "parentcustomeridtype"}]
    if batch.kind == "delete" or not rows:
        return
    wanted = list({r.get("parentcustomerid") for r in rows if r.get("parentcustomerid")})
    sql = (
        "SELECT accountid, 'account' FROM crm_account WHERE accountid = ANY(%s::uuid[]) "
        "UNION ALL SELECT contactid, 'contact' FROM crm_contact WHERE contactid = ANY(%s::uuid[])"
    )
    kinds = dict(db.rows(sql, [wanted, wanted])) if wanted else {}
    for row in rows:
        parent = row.get("parentcustomerid")
        if not parent:
            row.force("parentcustomeridtype", None)
        elif parent not in kinds or parent == row.pk:
            row.reject("parentcustomerid", "not_found", value=str(parent))
        else:
            row.force("parentcustomeridtype", kinds[parent])
