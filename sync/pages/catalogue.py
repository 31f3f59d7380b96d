"""Error Catalog: every reason that a log can give, its cause, and the next step with the way there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import Help, Page, register, registry
from sync.catalogue import entry_of, record_named
from sync.pages.common import LINKS


@register
class ErrorCatalogue(Page):
    """All reasons, with the number of records that stand on the work-list for each."""

    name = "sync.catalogue"
    path = "sync/error-catalogue/"
    title = _("Error Catalog")
    menu = ("synchronization", 35)
    icon = "question_circle"
    keywords = _("error, reason, code, cause, help, troubleshooting, next step")
    help = Help(
        _("Why records are kept back or jobs fail: each reason with its cause, what to do, and where to do it."), LINKS
    )

    def urls(self) -> Sequence[URLPattern]:
        """The page."""
        from sync.views import catalogue

        return [path(self.path, catalogue.CatalogueView.as_view(page=self), name=self.name)]


def help_address(code: str) -> str:
    """The place of a reason in the catalogue; blank where it has none."""
    return f"{registry.reverse(ErrorCatalogue.name)}#{code}" if entry_of(code) else ""


def ways(code: str, params: dict[str, Any]) -> list[tuple[str, str]]:
    """(caption, address) of where the next step is taken: the record to couple first, the page, the catalogue."""
    found, entry = list[tuple[str, str]](), entry_of(code)
    named = record_named(params)
    if named and (address := registry.address_of(*named)):
        found.append((_now("Open %(record)s") % {"record": params.get("value") or _now("the record")}, address))
    if entry is not None:
        page = registry.find(entry.page)
        if page is not None:
            found.append((str(page.title), registry.reverse(entry.page)))
        found.append((str(ErrorCatalogue.title), help_address(code)))
    return found
