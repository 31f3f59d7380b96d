"""C5 and C8: who owns a row and who wrote it."""

from __future__ import annotations

from crm.choices import OWNER_TEAM
from records import db
from records.actor import current
from records.batch import Batch, Row

_ACTOR = (
    "SELECT systemuserid FROM crm_systemuser WHERE domainname = %s OR (%s = '' AND isintegrationuser) "
    "ORDER BY domainname = %s DESC, isintegrationuser, systemuserid LIMIT 1"
)


def user_of(name: str) -> str | None:
    """The system user behind a user name (the integration user where nobody is known)."""
    found = db.one(_ACTOR, [name, name, name])
    return found[0] if found else None


def settle(batch: Batch) -> None:
    """New rows without an owner belong to the creating user; user, team and business unit follow the owner."""
    if batch.kind == "delete":
        return
    rows = [r for r in batch.live if batch.kind == "insert" or r.changed & {"ownerid", "owneridtype"}]
    if batch.kind == "insert":
        _default(batch, [r for r in rows if not r.get("ownerid")])
    rows = [r for r in rows if r.get("ownerid")]
    if not rows:
        return
    users, teams = _users(rows), _teams(rows)
    for row in rows:
        _follow(row, users, teams)


def _default(batch: Batch, rows: list[Row]) -> None:
    user = user_of(batch.actor or current().user_name) if rows else None
    for row in rows:
        if user is not None:
            row.force("ownerid", user)
            row.force("owneridtype", "systemuser")


def _users(rows: list[Row]) -> dict[str, tuple[bool, str]]:
    sql = "SELECT systemuserid, isdisabled, businessunitid_id FROM crm_systemuser WHERE systemuserid = ANY(%s::uuid[])"
    return {pk: (disabled, unit) for pk, disabled, unit in db.rows(sql, [_owners(rows)])}


def _teams(rows: list[Row]) -> dict[str, tuple[int, str]]:
    sql = "SELECT teamid, teamtype, businessunitid_id FROM crm_team WHERE teamid = ANY(%s::uuid[])"
    return {pk: (kind, unit) for pk, kind, unit in db.rows(sql, [_owners(rows)])}


def _owners(rows: list[Row]) -> list[str]:
    return list({r.get("ownerid") for r in rows})


def _follow(row: Row, users: dict[str, tuple[bool, str]], teams: dict[str, tuple[int, str]]) -> None:
    pk = row.get("ownerid")
    if pk in users:
        disabled, unit = users[pk]
        if disabled and row.old_value("ownerid") != pk:
            row.reject("ownerid", "owner_disabled")
        row.force("owneridtype", "systemuser")
    elif pk in teams:
        kind, unit = teams[pk]
        if kind != OWNER_TEAM:
            row.reject("ownerid", "owner_no_owner_team")
        row.force("owneridtype", "team")
    else:
        row.reject("ownerid", "not_found", value=str(pk))
        return
    row.force("owningbusinessunit", unit)
