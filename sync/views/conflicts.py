"""The page of conflicts, and its rows as they are now."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.response import TemplateResponse

from coupling.products import products
from pages import registry
from pages.views.base import PageView
from sync.pages.compare import compare_lines
from sync.pages.conflicts import STATE
from sync.shown import connected, list_address
from sync.worklist.entries import Entry, items, tell

#: Conflicts on one page: each shows all of its fields.
SHOWN = 20


class ConflictsView(PageView):
    """The page."""

    template = "sync/conflicts.html"

    def get(self, request: HttpRequest) -> TemplateResponse:
        """Conflicts and answers."""
        return self.render(self.template, context(request))


class RowsView(ConflictsView):
    """The conflicts alone, when some of them are solved."""

    template = "sync/_conflicts.html"


def context(request: HttpRequest) -> dict[str, Any]:
    """The conflicts of one page, last one first."""
    user: Any = request.user
    found = items(state=STATE)
    page = Paginator(found, SHOWN).get_page(request.GET.get("page"))
    entries = tell(page.object_list)
    return {
        "rows": [_row(entry) for entry in entries],
        "page_obj": page,
        "total": page.paginator.count,
        "products": products(),
        "is_connected": connected(request),
        "may_use": user.has_right("use"),
    }


def _row(entry: Entry) -> dict[str, Any]:
    item, found = entry.item, entry.examined
    versions = (found.version("erp"), found.version("crm")) if found is not None and found.is_whole else None
    return {
        "id": str(item.pk),
        "entry": entry,
        "lines": compare_lines(entry),
        "erp_url": registry.address_of(entry.erp_table, item.erp_id) if entry.erp_exists else "",
        "crm_url": registry.address_of(entry.crm_table, item.crm_id) if entry.crm_exists else "",
        "log": list_address("sync.outcome.list", erp_id=item.erp_id),
        "seen": f"{versions[0]}.{versions[1]}" if versions else "",
    }
