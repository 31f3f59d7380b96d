"""What is done with the lines of the Option Mappings page: set up, synchronize, try again, as for records."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from coupling.models import IntegrationTableMapping, OptionMapping
from pages import Action, Done, Selection, registry
from pages.actions import Scope
from records.filters import equals_any, to_text
from records.schema import schema
from sync.models import WorkItem
from sync.pages.worklist import retry
from sync.shown import connected


def _chosen(selection: Selection) -> list[OptionMapping]:
    return list(OptionMapping.objects.filter(pk__in=selection.pks).select_related("mapping"))


def _dialog(request: HttpRequest, page: str, rows: Sequence[OptionMapping]) -> HttpResponseBase:
    """A dialog over the codes of the lines."""
    query = urlencode([("table", rows[0].mapping.erp_table), *(("ids", str(row.erp_id)) for row in rows)])
    address = f"{registry.reverse(page)}?{query}"
    return TemplateResponse(request, "sync/_open_dialog.html", {"address": address})


def _set_up(request: HttpRequest, selection: Selection) -> Done | HttpResponseBase:
    return _dialog(request, "coupling.set_up", _chosen(selection))


def _synchronize(request: HttpRequest, selection: Selection) -> Done | HttpResponseBase:
    return _dialog(request, "sync.now", _chosen(selection))


def _no_code(_request: HttpRequest, selection: Selection) -> object:
    for row in _chosen(selection):
        if schema(row.mapping.erp_table).model.objects.filter(pk=row.erp_id).exists():
            return None
    return _("The record does not exist.")


def _several_mappings(_request: HttpRequest, selection: Selection) -> object:
    names = OptionMapping.objects.filter(pk__in=selection.pks).values_list("mapping", flat=True).distinct()
    return _("Choose lines of one mapping.") if names.count() > 1 else None


def _nothing_failed(_request: HttpRequest, selection: Selection) -> object:
    failed = WorkItem.objects.filter(pk__in=selection.pks).count()
    return None if failed == selection.count else _("One of the lines has not failed.")


def errors_address(_request: HttpRequest, _selection: Selection) -> str:
    """The work-list with what failed under option mappings, uncoupled codes and options included."""
    names = sorted(m.name for m in IntegrationTableMapping.objects.all() if m.is_option)
    page = registry.reverse("sync.work_list")
    return f"{page}?{urlencode({'filter': to_text(equals_any('mapping', names))})}" if names else page


def actions(scope: Scope) -> tuple[Action, ...]:
    """The actions of the list (`many`) and the card (`one`)."""
    one = (
        Action("set_up_coupling", _("Set Up Coupling"), run=_set_up, scope="one", icon="link", visible=connected,
               disabled=_no_code, order=10),
        Action("synchronize_now", _("Synchronize Now"), run=_synchronize, scope=scope, icon="arrow_sync",
               visible=connected, disabled=_several_mappings, order=20),
        Action("retry", _("Retry"), run=retry, scope=scope, icon="arrow_undo", visible=connected,
               disabled=_nothing_failed, order=30),
    )  # fmt: skip
    if scope == "one":
        return one
    failed = Action("failed_options", _("Failed Options"), url=errors_address, right="view", icon="warning", order=50)
    return (*one, failed)
