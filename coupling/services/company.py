"""The company of this installation under its new name: what the Sales side still calls by the old one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from coupling.installation import company_name, installation, team_name
from coupling.services.coupling import require_connection
from people.audit import audit
from records.errors import Refused
from records.schema import model_of
from records.writes import Edit, update


@dataclass(frozen=True, slots=True)
class Renamed:
    """The company row of the Sales side has another name than the company. `team`: its owner team goes by the old one, too."""

    company: str
    old: str
    new: str
    team: str | None = None


def company_renamed() -> Renamed | None:
    """The names, where they differ; None where they are equal or one of the two does not exist."""
    facts, new = installation(), company_name()
    row = model_of("crm.Company").objects.filter(pk=facts.company_id).first() if facts.company_id else None
    if row is None or not new or row.bcbi_name == new:
        return None
    old = row.bcbi_name or ""
    teams = model_of("crm.Team").objects.filter(pk=row.bcbi_defaultowningteam_id, name=team_name(old))
    team = teams.values_list("pk", flat=True).first()
    return Renamed(str(row.pk), old, new, str(team) if team else None)


@transaction.atomic
def company_rename() -> Renamed:
    """Give the company row, and the owner team that is called after it, the name of the company.

    A team that somebody has called otherwise keeps its name. Raises Refused (`connection_disabled`,
    `company_not_renamed`), Rejected.
    """
    require_connection()
    found = company_renamed()
    if found is None:
        raise Refused("company_not_renamed")
    update("crm.Company", [Edit(found.company, {"bcbi_name": found.new})], source="setup").single()
    if found.team:
        update("crm.Team", [Edit(found.team, {"name": team_name(found.new)})], source="setup").single()
    audit("company_rename", target=found.new, old={"name": found.old}, new={"name": found.new})
    return found
