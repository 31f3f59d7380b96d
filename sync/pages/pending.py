"""What waits to be synchronized, and why it waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coupling.models import Coupling, IntegrationTableMapping
from coupling.selectors.records import record_titles
from pages import Action, Column, Help, ListPage, Row, Selection, Sentence, View, register, registry
from pages.state import ListState
from sync.models import Failure, PendingItem
from sync.pages.common import LINKS
from sync.pages.searching import with_records
from sync.selectors import reason_text


def _tables() -> dict[tuple[str, str], str]:
    rows = IntegrationTableMapping.objects.values_list("name", "erp_table", "crm_table")
    return {(name, side): table for name, erp, crm in rows for side, table in (("erp", erp), ("crm", crm))}


def titles(keys: Sequence[str]) -> dict[str, str]:
    """What the waiting records are called; those that were deleted have no name."""
    tables, wanted = _tables(), defaultdict[str, list[str]](list)
    items = list(PendingItem.objects.filter(pk__in=list(keys)))
    for item in items:
        wanted[tables.get((item.mapping, item.side), "")].append(str(item.record))
    names = {table: record_titles(table, pks) for table, pks in wanted.items() if table}
    return {str(i.pk): names.get(tables.get((i.mapping, i.side), ""), {}).get(str(i.record), "") for i in items}


def reasons(keys: Sequence[str]) -> dict[str, str]:
    """Why they wait: nothing for a change that no run has seen yet."""
    items = list(PendingItem.objects.filter(pk__in=list(keys)))
    known = _errors([item for item in items if item.reason])
    return {str(i.pk): reason_text(i.reason, known.get((i.mapping, str(i.record), i.reason), {})) for i in items}


def _errors(items: Sequence[PendingItem]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(mapping, record, reason) -> what is remembered of the error, by the coupling or for an uncoupled record."""
    records = [item.record for item in items]
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for failure in Failure.objects.filter(record__in=records):
        found[failure.mapping, str(failure.record), failure.code] = failure.params
    for coupling in Coupling.objects.filter(Q(erp_id__in=records) | Q(crm_id__in=records)):
        for error in (coupling.error_from_crm, coupling.error_to_crm):
            for key in (coupling.erp_id, coupling.crm_id) if error else ():
                found[coupling.pair, str(key), error["code"]] = error.get("params", {})
    return found


def _open() -> Callable[[HttpRequest, Selection], str]:
    def url(_request: HttpRequest, selection: Selection) -> str:
        item = PendingItem.objects.filter(pk__in=selection.pks[:1]).first()
        table = _tables().get((item.mapping, item.side), "") if item else ""
        return registry.address_of(table, item.record) if item and table else ""

    return url


@register
class PendingList(ListPage):
    """All waiting records."""

    name = "sync.pending.list"
    model = "sync.PendingItem"
    path = "sync/pending/"
    title = _("Waiting Records")
    menu = ("synchronization", 50)
    icon = "clock"
    keywords = _("pending, queue, waiting, modified records")
    help = Help(
        _("Records that were changed since the last run of their mapping, and records that are tried again."), LINKS
    )
    columns = (
        Column("title", _("Record"), compute=titles),
        "mapping",
        "side",
        Sentence("detail", _("Reason"), compute=reasons),
        "queued_at",
        "not_before",
    )
    filter_fields = ("mapping", "side", "reason")
    views = (
        View("all", _("All"), ""),
        View("changed", _("Changed"), "reason=''"),
        View("failed", _("Tried Again"), "reason=<>''"),
    )
    actions = (Action("open", _("Open Record"), url=_open(), scope="one", right="view", icon="open"),)
    insert = False
    delete = False

    def found(self, request: HttpRequest, state: ListState) -> QuerySet[Any]:
        """A searched text is looked for in the waiting records."""
        if not state.search:
            return super().found(request, state)
        return with_records(
            super().found(request, replace(state, search="")), state.search, {"erp": "record", "crm": "record"}
        )

    def poll(self, request: HttpRequest, rows: Sequence[Row]) -> int | None:
        """The queue empties by itself."""
        return 5
