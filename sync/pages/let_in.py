"""Synchronize Newly Included Records: after a filter was widened, or Synch. Only Coupled Records was turned off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import Action, DialogPage, Selection, register
from sync import let_in
from sync.pages.runs import GROUP, mappings_of
from sync.shown import connected, watch


@register
class LetInDialog(DialogPage):
    """How many records are inside the filters that no run has looked at, and the offer to do so."""

    name = "sync.let_in"
    path = "sync/run-let-in/"
    title = _("Synchronize Newly Included Records")
    template = "sync/let_in.html"
    submit_caption = _("Synchronize")

    def get_visible(self, request: HttpRequest) -> bool:
        """Only with a connection."""
        return connected(request)

    def context(self, _request: HttpRequest, selection: Selection | None, _form: forms.Form | None) -> dict[str, Any]:
        """The numbers."""
        found = [(mapping, let_in.count(mapping)) for mapping in mappings_of(selection)]
        return {"found": found, "total": sum(count for _mapping, count in found)}

    def submit(self, request: HttpRequest, selection: Selection | None, _form: forms.Form | None) -> HttpResponseBase:
        """Put them into the queue and start a run of each mapping."""
        user: Any = request.user
        done = [let_in.let_in(user=user, mapping=mapping) for mapping in mappings_of(selection)]
        total = sum(count for count, _started in done)
        said = _now("%(count)s records have been put into the queue.") % {"count": total}
        return watch(request, [job for _count, started in done for job in started.jobs], said)


def action(scope: Any) -> Action:
    """The action on mappings."""
    return Action(
        "let_in",
        _("Synchronize Newly Included Records"),
        dialog=LetInDialog.name,
        scope=scope,
        icon="filter",
        order=13,
        group=GROUP.name,
        visible=connected,
    )
