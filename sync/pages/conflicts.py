"""Conflicts: both sides and the last common value beside each other, a choice for each field, answers for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pages import ActionView, Done, Help, Page, register
from pages.selection import keys
from records.errors import FieldError, Rejected
from sync.models import WorkItem
from sync.pages.common import LINKS
from sync.pages.worklist import name_of, told
from sync.shown import connected
from sync.worklist.conflicts import Choice, Versions, answer

STATE = "conflict"


@register
class ConflictPage(Page):
    """All conflicts, some at a time."""

    name = "sync.conflict.list"
    path = "sync/conflicts/"
    title = _("Conflicts")
    menu = ("synchronization", 15)
    icon = "arrow_swap"
    keywords = _("conflict, compare, merge, both sides changed, choose a side")
    help = Help(
        _(
            "Records that were changed on both sides since they were last in step, with the values of both sides and the "
            "last common one. Choose a side for each field, or answer many conflicts at once."
        ),
        LINKS,
    )

    def urls(self) -> Sequence[URLPattern]:
        """The page, and its conflicts alone."""
        from sync.views import conflicts

        return [
            path(self.path, conflicts.ConflictsView.as_view(page=self), name=self.name),
            path(f"{self.path}rows/", conflicts.RowsView.as_view(page=self), name=f"{self.name}.rows"),
        ]


@register
class AnswerConflicts(ActionView):
    """Keep one side, merge, or carry out what was chosen field by field, for the ticked conflicts or all of them."""

    name = "sync.conflict.answer"
    path = "sync/conflicts/answer/"
    title = _("Answer Conflicts")

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with a connection."""
        return connected(request)

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Start the runs that carry the answer."""
        sent: Any = request.POST
        one = sent.get("one", "")
        everything = not one and bool(sent.get("all"))
        named = _everything() if everything else keys([one] if one else sent.getlist("ids"))
        choices = {key: _choice(sent, key) for key in named}
        seen = {} if everything else {key: versions for key in choices if (versions := _seen(sent, key))}
        return told(
            request,
            answer(choices=choices, user_name=name_of(request), seen=seen),
            lambda n: (
                ngettext("%(n)s record is being synchronized.", "%(n)s records are being synchronized.", n) % {"n": n}
            ),
        )


def _everything() -> list[str]:
    return [str(key) for key in WorkItem.objects.filter(state=STATE).values_list("pk", flat=True)]


def _choice(sent: Any, key: str) -> Choice:
    """The way of the button that was pressed; for `fields` the sides that were chosen for this conflict."""
    way = sent.get("way", "")
    if way != "fields":
        return Choice(way=way or "-")
    start = f"field.{key}."
    return Choice(fields={name.removeprefix(start): sent[name] for name in sent if name.startswith(start)})


def _seen(sent: Any, key: str) -> Versions | None:
    """The row versions that the page showed."""
    erp, _dot, crm = sent.get(f"seen.{key}", "").partition(".")
    if not erp:
        return None
    try:
        return int(erp), int(crm)
    except ValueError:
        raise Rejected([FieldError("ids", "invalid_value", {"value": f"{erp}.{crm}"[:50]})]) from None
