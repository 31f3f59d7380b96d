"""The dialog that says who belongs to a team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.models import SystemUser
from crm.rules.team import members
from crm.services.team import team_set_members
from pages import DialogPage, Done, Selection, register
from records.errors import Stale


def _users() -> list[tuple[str, str]]:
    found = SystemUser.objects.filter(isdisabled=False).order_by("sort_fullname", "pk").values_list("pk", "fullname")
    return [(str(pk), name or "") for pk, name in found]


class MembersForm(forms.Form):
    """All users who may work, those who belong to the team ticked."""

    users = forms.MultipleChoiceField(
        label=_("Users"), required=False, choices=_users, widget=forms.CheckboxSelectMultiple
    )


@register
class TeamMembersDialog(DialogPage):
    """Choose the members of one team."""

    name = "crm.team.members"
    app = "crm"
    path = "crm/teams/members/"
    title = _("Members")
    right = "setup"
    edit_right = "setup"
    form_class = MembersForm

    def initial(self, request: HttpRequest, selection: Selection | None) -> dict[str, Any]:
        """The present members."""
        row = selection.one if selection else None
        return {"users": members([row.pk]).get(row.pk, [])} if row else {}

    def submit(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> Done:
        """Keep who is ticked. Disabled users stay as they are."""
        row = selection.one if selection else None
        if row is None or form is None:
            raise Stale("")
        shown = {key for key, _name in _users()}
        hidden = [user for user in members([row.pk]).get(row.pk, []) if user not in shown]
        team_set_members(team=row.pk, users=[*hidden, *form.cleaned_data["users"]])
        return Done(_("The members were saved."))
