"""C7: what pointed to a deleted row lets go of it; people who left traces stay."""

from __future__ import annotations

from typing import Any

from records import db
from records.batch import Batch
from records.schema import schema
from records.writes import Edit, update

TRACES = ("crm.Account", "crm.Contact", "crm.TransactionCurrency", "crm.Team", "crm.Company", "crm.OptionValue")


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
    columns = list(sch[name].targets.values()) or [sch[name].column]
    points = " OR ".join(f'"{column}" = ANY(%(gone)s::uuid[])' for column in columns)
    sql = f'SELECT "{sch.pk_column}" FROM "{sch.table}" WHERE ({points}) AND "{sch.pk_column}" <> ALL(%(gone)s::uuid[])'
    return [pk for (pk,) in db.rows(sql, {"gone": gone})]


def _emptied(label: str, name: str) -> dict[str, Any]:
    info = schema(label)[name]
    return {name: None, info.companion: None} if info.companion else {name: None}


def leave_teams(batch: Batch, column: str) -> None:
    """End the memberships of deleted teams (`team_id`) or users (`systemuser_id`)."""
    if batch.kind == "delete" and batch.live:
        sql = f'DELETE FROM crm_teammembership WHERE "{column}" = ANY(%s::uuid[])'
        db.execute(sql, [[row.pk for row in batch.live]])


def keep_writers(batch: Batch) -> None:
    """Users who created or changed a record cannot be deleted; disable them instead. One query."""
    if batch.kind != "delete" or not batch.live:
        return
    traces = " UNION ALL ".join(
        f"SELECT u.pk, '{label}' FROM u WHERE EXISTS (SELECT 1 FROM \"{schema(label).table}\" t "
        "WHERE t.createdby_id = u.pk OR t.modifiedby_id = u.pk)"
        for label in TRACES
    )
    found = dict(db.rows(f"WITH u AS (SELECT unnest(%s::uuid[]) AS pk) {traces}", [[row.pk for row in batch.live]]))
    for row in batch.live:
        if row.pk in found:
            row.reject("", "in_use", table=f"@{found[row.pk]}")
