"""Retention Policies: how long the log of jobs is kept."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import Action, CardPage, Done, FastTab, Help, ListPage, Selection, register
from sync import services
from sync.models import RetentionPolicy


def apply_now(request: HttpRequest, selection: Selection) -> Done:
    """Delete what the chosen policies let go."""
    found = [
        services.retention_apply(user=request.user, policy=policy)  # type: ignore[arg-type]
        for policy in RetentionPolicy.objects.filter(pk__in=selection.pks)
    ]
    said = _now("%(deleted)s entries were deleted, %(kept)s were kept.")
    return Done(said % {"deleted": sum(n for n, _kept in found), "kept": sum(n for _gone, n in found)})


ACTIONS = (
    Action(
        "apply", _("Apply Now"), run=apply_now, scope="many", right="setup", icon="delete", order=10,
        confirm=_("Do you want to delete the entries of the log that are older than the retention period?"),
    ),
)  # fmt: skip


@register
class RetentionList(ListPage):
    """All policies."""

    name = "sync.retention.list"
    model = "sync.RetentionPolicy"
    path = "sync/retention/"
    title = _("Retention Policies")
    card = "sync.retention.card"
    menu = ("setup", 80)
    icon = "delete"
    keywords = _("retention, delete log, clean up, keep entries")
    help = Help(
        _(
            "Ended jobs and their results are deleted every night when they are older than the retention period. What "
            "an unsolved error or another job refers to stays."
        )
    )
    columns = ("log", "enabled", "days", "due_at", "applied_at", "deleted", "kept")
    actions = ACTIONS
    insert = False
    delete = False


@register
class RetentionCard(CardPage):
    """One policy."""

    name = "sync.retention.card"
    model = "sync.RetentionPolicy"
    path = "sync/retention/<uuid:pk>/"
    title = _("Retention Policy")
    list = "sync.retention.list"
    edit_right = "setup"
    fasttabs = (
        FastTab("general", _("General"), ("log", "enabled", "days"), summary=("log", "enabled", "days")),
        FastTab(
            "last", _("Last Deletion"), ("due_at", "applied_at", "deleted", "kept"), summary=("applied_at", "deleted")
        ),
    )
    actions = ACTIONS
    insert = False
    delete = False
