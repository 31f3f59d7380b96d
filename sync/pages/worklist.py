"""Coupled Data Synchronization Errors: what failed, conflicts, is skipped or broken, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coupling.models import Coupling
from coupling.pages.couplings import uncouple
from coupling.services.option_mapping import OPTION_VALUES
from pages import (
    Action,
    ActionGroup,
    Column,
    Done,
    Help,
    ListPage,
    Row,
    Selection,
    Sentence,
    Status,
    View,
    register,
    registry,
)
from pages.state import ListState
from sync.models import WorkItem
from sync.pages.common import LINKS, WORK_CHIPS
from sync.pages.reading import Reading
from sync.pages.searching import with_records
from sync.shown import connected, list_address, watch
from sync.worklist import actions, deleted, repair
from sync.worklist.actions import Answer
from sync.worklist.entries import Entry, tell


def _entries(keys: Sequence[str]) -> dict[str, Entry]:
    return {str(e.item.pk): e for e in tell(WorkItem.objects.filter(pk__in=list(keys)), with_fields=False)}


_reading = Reading(_entries)


def erp_titles(keys: Sequence[str]) -> dict[str, str]:
    """The ERP records; those that are gone say so."""
    return {
        key: _title(e.item.erp_id, e.erp_exists, f"{e.erp_key} {e.erp_name}".strip())
        for key, e in _reading.all(keys).items()
    }


def crm_titles(keys: Sequence[str]) -> dict[str, str]:
    """The Sales records; those that are gone say so."""
    return {
        key: _title(e.item.crm_id or e.item.option_value, e.crm_exists, e.crm_name)
        for key, e in _reading.all(keys).items()
    }


def _title(key: Any, exists: bool, title: str) -> str:
    if key is None:
        return ""
    return title if exists else _now("(deleted)")


def _address(side: str) -> Callable[[Row], str]:
    def address(row: Row) -> str:
        entry = _reading.drawn(row.pk)
        if entry is None:
            return ""
        exists, key = (entry.erp_exists, entry.item.erp_id) if side == "erp" else (entry.crm_exists, entry.item.crm_id)
        table = entry.erp_table if side == "erp" else entry.crm_table
        return registry.address_of(table, key) if exists and key else ""

    return address


def details(keys: Sequence[str]) -> dict[str, str]:
    """The sentences of the errors."""
    return {key: entry.detail for key, entry in _reading.all(keys).items()}


# Actions


def ids_of(selection: Selection) -> list[str]:
    """The chosen rows."""
    return list(selection.pks)


def name_of(request: HttpRequest) -> str:
    """The name of the user."""
    return str(request.user.get_username())


def told(request: HttpRequest, answer: Answer, said: Callable[[int], str]) -> Done | HttpResponseBase:
    """What an action did: a notice, with the jobs that run live."""
    refused = refusals(answer)
    message = said(answer.done) if answer.done else _now("Nothing was done.")
    open_jobs = [job for job in answer.jobs if not job.is_ended]
    if open_jobs:
        return watch(request, open_jobs, message, refused)
    return Done(message, tone="warn" if refused else "ok", details=refused)


def refusals(answer: Answer) -> list[str]:
    """Why rows were refused, equal reasons once with their number."""
    found: dict[str, int] = {}
    for refusal in answer.refused:
        found[refusal.detail] = found.get(refusal.detail, 0) + 1
    return [f"{said} ({n})" if n > 1 else said for said, n in found.items()]


def retry(request: HttpRequest, selection: Selection) -> Done | HttpResponseBase:
    """Restore the chosen rows for synchronization and run them."""
    answer = actions.retry(ids=ids_of(selection), user_name=name_of(request))
    return told(
        request,
        answer,
        lambda n: ngettext("%(n)s record is tried again.", "%(n)s records are tried again.", n) % {"n": n},
    )


def retry_all(request: HttpRequest, _selection: Selection) -> Done | HttpResponseBase:
    """The same for all rows."""
    answer = actions.retry_all(user_name=name_of(request))
    return told(
        request,
        answer,
        lambda n: ngettext("%(n)s record is tried again.", "%(n)s records are tried again.", n) % {"n": n},
    )


def restore(request: HttpRequest, selection: Selection) -> Done | HttpResponseBase:
    """Make the missing records again."""
    answer = repair.settle(repair.restore(ids=ids_of(selection), user_name=name_of(request)))
    return told(
        request, answer, lambda n: ngettext("%(n)s record was restored.", "%(n)s records were restored.", n) % {"n": n}
    )


def delete_records(request: HttpRequest, selection: Selection) -> Done | HttpResponseBase:
    """Delete what is left of pairs that have lost a record."""
    answer = repair.delete_records(ids=ids_of(selection), user_name=name_of(request))
    return told(
        request, answer, lambda n: ngettext("%(n)s record was deleted.", "%(n)s records were deleted.", n) % {"n": n}
    )


def find_deleted(_request: HttpRequest, _selection: Selection) -> Done | HttpResponseBase:
    """Look for couplings that have lost a record."""
    answer = deleted.find_deleted()
    said = ngettext(
        "%(n)s coupling with a deleted record was found.",
        "%(n)s couplings with a deleted record were found.",
        answer.done,
    )
    return Done(said % {"n": answer.done})


def delete_coupling(request: HttpRequest, selection: Selection) -> Done:
    """Delete the coupling of the chosen row at once, several in the background; the records stay."""
    return uncouple(request, list(Coupling.objects.filter(pk__in=selection.pks)))


def _rows(selection: Selection) -> list[WorkItem]:
    return list(WorkItem.objects.filter(pk__in=selection.pks)) if selection.count <= 500 else []


def _only(states: tuple[str, ...], said: Any) -> Callable[[HttpRequest, Selection], Any]:
    """Disabled unless every chosen row has one of these states."""

    def reason(_request: HttpRequest, selection: Selection) -> Any:
        return said if any(row.state not in states for row in _rows(selection)) else None

    return reason


def _not_coupled(_request: HttpRequest, selection: Selection) -> Any:
    return _("The record is not coupled.") if any(not row.is_coupled for row in _rows(selection)) else None


def _cannot_set_up(_request: HttpRequest, selection: Selection) -> Any:
    entry = next(iter(_entries(selection.pks[:1]).values()), None)
    return None if entry is not None and starting_end(entry) else _("The record does not exist.")


def starting_end(entry: Entry) -> tuple[str, str] | None:
    """(table, key) of the record that the dialog starts at: the ERP record, without one the Sales record."""
    if entry.erp_exists:
        return entry.erp_table, str(entry.item.erp_id)
    if entry.crm_exists and entry.item.crm_id and entry.crm_table != OPTION_VALUES:
        return entry.crm_table, str(entry.item.crm_id)
    return None


def set_up_coupling(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """The dialog for the record of the row."""
    table, key = starting_end(_entries(selection.pks[:1])[selection.pks[0]]) or ("", "")
    query = urlencode([("table", table), ("ids", key)])
    address = f"{registry.reverse('coupling.set_up')}?{query}"
    return TemplateResponse(request, "sync/_open_dialog.html", {"address": address})


def _log(_request: HttpRequest, selection: Selection) -> str:
    row = WorkItem.objects.get(pk=selection.pks[0])
    return list_address("sync.outcome.list", **({"erp_id": row.erp_id} if row.erp_id else {"crm_id": row.crm_id}))


_WHOLE = ("failed", "conflict", "skipped")
CONFLICTS = ActionGroup("deleted", _("Deleted Records"), icon="delete", order=30)
COUPLING = ActionGroup("coupling", _("Coupling"), icon="link", order=40)
ACTIONS = (
    Action("retry", _("Retry"), run=retry, scope="many", icon="arrow_sync", visible=connected, order=10),
    Action("retry_all", _("Retry All"), run=retry_all, icon="arrow_sync", visible=connected, order=11,
           confirm=_("Do you want to try all records again?")),
    Action("synchronize", _("Synchronize"), dialog="sync.work_list.synchronize", scope="many", icon="arrow_sync",
           visible=connected, order=12, disabled=_only(_WHOLE, _("One of the records was deleted or is not coupled."))),
    Action("restore", _("Restore Records"), run=restore, scope="many", icon="arrow_undo", group="deleted",
           visible=connected, disabled=_only(("broken",), _("No record was deleted.")),
           confirm=_("Do you want to create the deleted records again from the records that are left?")),
    Action("delete_records", _("Delete Records"), run=delete_records, scope="many", icon="delete", group="deleted",
           visible=connected, disabled=_only(("broken",), _("No record was deleted.")),
           confirm=_("Do you want to delete the records that are left, together with their couplings?")),
    Action("find_deleted", _("Find for Deleted"), run=find_deleted, icon="search", group="deleted", visible=connected,
           confirm=_("Do you want to look through all couplings for deleted records?")),
    Action("set_up_coupling", _("Set Up Coupling"), run=set_up_coupling, scope="one", icon="link", group="coupling",
           visible=connected, disabled=_cannot_set_up),
    Action("delete_coupling", _("Delete Coupling"), run=delete_coupling, scope="many", icon="link_dismiss",
           group="coupling", visible=connected, disabled=_not_coupled,
           confirm=_("Do you want to delete the couplings? The records stay.")),
    Action("conflicts", _("Compare Conflicts"), url=lambda _request, _selection: registry.reverse("sync.conflict.list"),
           right="view", icon="arrow_swap", order=13),
    Action("log", _("Synchronization Log"), url=_log, scope="one", right="view", icon="history", order=50),
)  # fmt: skip


@register
class WorkList(ListPage):
    """The work-list."""

    name = "sync.work_list"
    model = "sync.WorkItem"
    path = "sync/errors/"
    title = _("Coupled Data Synchronization Errors")
    menu = ("synchronization", 10)
    icon = "warning"
    keywords = _("skipped, conflicts, failed, broken couplings, retry, restore, synchronization errors")
    help = Help(
        _(
            "Every pair that failed, has a conflict, is skipped or has lost a record, and every record that could "
            "not be created. Retry runs a row again, Synchronize lets you choose which side wins, field by field "
            "where you like."
        ),
        LINKS,
    )
    columns = (
        "mapping",
        Column("erp_title", _("ERP Record"), compute=erp_titles, url=_address("erp")),
        Column("crm_title", _("Sales Record"), compute=crm_titles, url=_address("crm")),
        Status("state", chips=WORK_CHIPS),
        Sentence("detail", _("Error Message"), compute=details),
        "failed_at",
    )
    filter_fields = ("mapping", "state", "reason")
    views = (
        View("all", _("All"), ""),
        View("failed", _("Failed"), "state=failed|uncoupled_failed"),
        View("conflicts", _("Conflicts"), "state=conflict"),
        View("skipped", _("Skipped"), "state=skipped"),
        View("broken", _("Broken"), "state=broken"),
    )
    actions = ACTIONS
    groups = (CONFLICTS, COUPLING)
    empty_text = _("There is nothing to do here.")
    insert = False
    delete = False

    def found(self, request: HttpRequest, state: ListState) -> QuerySet[Any]:
        """A searched text is looked for in the records of both sides."""
        if not state.search:
            return super().found(request, state)
        return with_records(
            super().found(request, replace(state, search="")), state.search, {"erp": "erp_id", "crm": "crm_id"}
        )
