"""C5 and C8: who owns a row and who wrote it."""

from __future__ import annotations

from typing import NamedTuple

from crm.choices import OWNER_TEAM
from records import db
from records.batch import Batch, Row

OWNER, KIND, UNIT = "ownerid", "owneridtype", "owningbusinessunit"
_ACTOR = (
    "SELECT systemuserid FROM crm_systemuser WHERE domainname = %s OR (%s = '' AND isintegrationuser) "
    "ORDER BY domainname = %s DESC, isintegrationuser, systemuserid LIMIT 1"
)
_OWNERS = f"""
SELECT systemuserid, 'systemuser', businessunitid_id, CASE WHEN isdisabled THEN 'owner_disabled' ELSE '' END
FROM crm_systemuser WHERE systemuserid = ANY(%s::uuid[])
UNION ALL
SELECT teamid, 'team', businessunitid_id, CASE WHEN teamtype = {OWNER_TEAM} THEN '' ELSE 'owner_no_owner_team' END
FROM crm_team WHERE teamid = ANY(%s::uuid[])
"""


class Owner(NamedTuple):
    """What a row takes from its owner; `refusal` is the code when it cannot own rows."""

    kind: str
    unit: str
    refusal: str


def user_of(name: str) -> str | None:
    """The system user behind a user name; the integration user where nobody is named."""
    found = db.one(_ACTOR, [name, name, name])
    return found[0] if found else None


def writer(name: str) -> db.Sql:
    """The same as an expression inside the writing statement."""
    return db.Sql(f"({_ACTOR})", [name, name, name])


def default_team() -> str | None:
    """The default team of the organization."""
    found = db.one("SELECT teamid FROM crm_team WHERE isdefault ORDER BY teamid LIMIT 1")
    return found[0] if found else None


def settle(batch: Batch) -> None:
    """New rows without an owner belong to the creating user; kind and business unit follow the owner. Two queries."""
    if batch.kind == "delete":
        return
    rows = batch.live if batch.kind == "insert" else batch.changed(OWNER, KIND)
    if batch.kind == "insert":
        _default(batch, [row for row in rows if not row.get(OWNER)])
    rows = [row for row in rows if row.get(OWNER)]
    owners = _owners({row.get(OWNER) for row in rows}) if rows else {}
    for row in rows:
        _follow(row, owners.get(row.get(OWNER)))


def _default(batch: Batch, rows: list[Row]) -> None:
    if not rows:
        return
    owner = user_of(batch.actor) or default_team()
    for row in rows:
        row.force(OWNER, owner)


def _owners(pks: set[str]) -> dict[str, Owner]:
    wanted = list(pks)
    return {pk: Owner(*rest) for pk, *rest in db.rows(_OWNERS, [wanted, wanted])}


def _follow(row: Row, owner: Owner | None) -> None:
    if owner is None:
        row.reject(OWNER, "not_found", value=row.get(OWNER))
        return
    if owner.refusal and row.old_value(OWNER) != row.get(OWNER):
        row.reject(OWNER, owner.refusal)
    row.force(KIND, owner.kind)
    row.force(UNIT, owner.unit)
