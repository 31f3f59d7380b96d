"""Who belongs to a team."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from crm.rules.team import known_users
from records import db
from records.errors import FieldError, Rejected


@transaction.atomic
def team_set_members(*, team: str, users: Sequence[str]) -> None:
    """Make these users, and no others, the members of a team. Raises Rejected at `members` for unknown ones."""
    known = known_users(users)
    if unknown := [user for user in users if user not in known]:
        raise Rejected([FieldError("members", "not_found", {"value": user}) for user in unknown])
    sql = "DELETE FROM crm_teammembership WHERE team_id = %s AND systemuser_id <> ALL(%s::uuid[])"
    db.execute(sql, [team, list(known)])
    sql = (
        "INSERT INTO crm_teammembership (team_id, systemuser_id) SELECT %s::uuid, unnest(%s::uuid[]) "
        "ON CONFLICT DO NOTHING"
    )
    db.execute(sql, [team, list(known)])
