"""The error catalogue as a page: searched in the words of the user's language."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.template.response import TemplateResponse

from pages import registry
from pages.views.base import PageView
from sync import catalogue
from sync.models import WorkItem
from sync.shown import list_address


class CatalogueView(PageView):
    """All reasons, or those that hold a searched text."""

    def get(self, request: HttpRequest) -> TemplateResponse:
        """The table."""
        wanted = request.GET.get("q", "").strip().casefold()
        found = [reason for reason in catalogue.every() if wanted in " ".join(_words(reason)).casefold()]
        counts = dict(WorkItem.objects.order_by().values_list("reason").annotate(n=Count("id")))
        return self.render("sync/catalogue.html", {"reasons": [_row(reason, counts) for reason in found]})


def _words(reason: catalogue.Shown) -> tuple[str, ...]:
    return reason.code, reason.text, reason.cause, reason.step


def _row(reason: catalogue.Shown, counts: dict[str, int]) -> dict[str, Any]:
    page = registry.get(reason.page)
    count = counts.get(reason.code, 0)
    return {
        "reason": reason,
        "page": page.title,
        "url": registry.reverse(reason.page),
        "count": count,
        "records": list_address("sync.work_list", reason=reason.code) if count else "",
    }
