"""The notice that follows jobs; its address is asked every second until they have ended."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from pages import Page, register


@register
class Watch(Page):
    """How far some jobs are."""

    name = "sync.watch"
    path = "sync/watch/"
    title = _("Progress")

    def urls(self) -> Sequence[URLPattern]:
        """One address."""
        from sync.views.jobs import WatchView

        return [path(self.path, WatchView.as_view(page=self), name=self.name)]
