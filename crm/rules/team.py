"""Who belongs to a team."""

from __future__ import annotations

from collections.abc import Iterable

from records import db


def members(teams: list[str]) -> dict[str, list[str]]:
    """{team: its users}, ordered. One query."""
    sql = (
        "SELECT team_id, array_agg(systemuser_id ORDER BY systemuser_id) FROM crm_teammembership "
        "WHERE team_id = ANY(%s::uuid[]) GROUP BY team_id"
    )
    return {team: list(users) for team, users in db.rows(sql, [teams])}


def known_users(users: Iterable[str]) -> set[str]:
    """Those of these keys that are users. One query."""
    sql = "SELECT systemuserid FROM crm_systemuser WHERE systemuserid = ANY(%s::uuid[])"
    return {pk for (pk,) in db.rows(sql, [list(users)])}
