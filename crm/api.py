"""The tables of this side in the API, under their entity set names."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response

from crm.services.team import team_set_members
from pages.api import TableViewSet, body_object, register_api
from records.errors import FieldError, Rejected
from records.values.references import guid

TABLES = ("crm.Account", "crm.Contact", "crm.TransactionCurrency")
SETUP_TABLES = ("crm.SystemUser", "crm.BusinessUnit", "crm.Company", "crm.OptionValue")


class SetupApi(TableViewSet):
    """Tables of the organization that only administrators change."""

    right_to_write = "setup"


class TeamApi(SetupApi):
    """Teams; `members` is the list of the users that belong to a team."""

    def create(self, request: Any) -> Response:
        """A new team, with its members."""
        users = given_members(body_object(request))
        made = super().create(request)
        if users is None:
            return made
        team_set_members(team=made.data["id"], users=users)
        answer = self.answer(made.data["id"], 201)
        answer["Location"] = made["Location"]
        return answer

    def change(self, pk: str, request: Any) -> Response:
        """Change some fields; `members` replaces all of them."""
        users = given_members(body_object(request))
        changed = super().change(pk, request)
        if users is None:
            return changed
        team_set_members(team=changed.data["id"], users=users)
        return self.answer(changed.data["id"])


def given_members(body: dict[str, Any]) -> list[str] | None:
    """The keys under `members`; None where a request does not name it. Raises Rejected."""
    if "members" not in body:
        return None
    given = body["members"]
    keys = [guid(value) for value in given] if isinstance(given, list) else [None]
    if None in keys:
        raise Rejected([FieldError("members", "invalid_value", {"value": str(given)[:50]})])
    return [key for key in keys if key is not None]


def register() -> None:
    """Mount every table; called once when the app is ready."""
    for label in TABLES:
        register_api(label)
    for label in SETUP_TABLES:
        register_api(label, SetupApi)
    register_api("crm.Team", TeamApi)
