"""What jobs did to each record: the drill-down of a job's counters, and one result with its values before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from coupling.models import IntegrationTableMapping
from pages import (
    Action,
    CardPage,
    Column,
    FastTab,
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
from sync.catalogue import next_step
from sync.models import Job, OutcomeRow
from sync.pages.catalogue import ways
from sync.pages.common import ACTION_CHIPS, LINKS
from sync.readable import Change, Readable, changes_text, want_changes
from sync.selectors import reason_text


def details(keys: Sequence[str]) -> dict[str, str]:
    """The sentences of the reasons."""
    rows = OutcomeRow.objects.filter(pk__in=list(keys)).values_list("pk", "reason", "params")
    return {str(pk): reason_text(reason, params) for pk, reason, params in rows}


def changed_fields(keys: Sequence[str]) -> dict[str, str]:
    """The changed fields of each row with their values before and after; of a new record only those after."""
    rows = {str(row.pk): row for row in OutcomeRow.objects.filter(pk__in=list(keys))}
    found = changes_of(list(rows.values()))
    return {
        key: "; ".join(change_text(rows[key].action, c) for side in found[key].values() for c in side) for key in rows
    }


def change_text(action: str, change: Change) -> str:
    """`Phone No.: 111 → 222`."""
    caption, before, after = change
    if action == "insert":
        return f"{caption}: {after}"
    return f"{caption}: {before or '–'} → {after or '–'}"


def changes_of(rows: Sequence[OutcomeRow]) -> dict[str, dict[str, list[Change]]]:
    """{row: {side: [(field, before, after)]}} as people read it; one query for each referenced table."""
    tables = tables_of(rows)
    texts = Readable()
    for row in rows:
        want_changes(row.changes, tables[row.mapping, row.job_id], texts)
    return {str(row.pk): changes_text(row.changes, tables[row.mapping, row.job_id], texts) for row in rows}


Tables = dict[str, str]


def tables_of(rows: Sequence[OutcomeRow]) -> dict[tuple[str, Any], Tables]:
    """{(mapping, job): {side: table}}; rows without a mapping are those of imports, whose job names the table."""
    names, jobs = {row.mapping for row in rows if row.mapping}, {row.job_id for row in rows if not row.mapping}
    mapped: dict[str, Tables] = {
        m.name: {"erp": m.erp_table, "crm": m.crm_table} for m in IntegrationTableMapping.objects.filter(name__in=names)
    }
    imported = {job.pk: _imported_table(job) for job in Job.objects.filter(pk__in=jobs)}
    return {
        (row.mapping, row.job_id): mapped.get(row.mapping, {}) if row.mapping else imported.get(row.job_id, {})
        for row in rows
    }


def _imported_table(job: Job) -> Tables:
    """The table of an import, or of the import that was taken back."""
    if job.kind == "undo":
        undone = Job.objects.filter(pk=job.param("job")).first()
        return _imported_table(undone) if undone is not None and undone.kind != "undo" else {}
    table = str(job.param("table", ""))
    return {table.partition(".")[0]: table} if table else {}


def record_address(side: str) -> Any:
    """The address of the record on one side, for a column."""

    def address(row: Row) -> str:
        found = OutcomeRow.objects.filter(pk=row.pk).first()
        if found is None:
            return ""
        key, table = getattr(found, f"{side}_id"), tables_of([found])[found.mapping, found.job_id].get(side, "")
        return registry.address_of(table, key) if key and table else ""

    return address


def _open(side: str) -> Any:
    def url(_request: HttpRequest, selection: Selection) -> str:
        row = selection.one
        return record_address(side)(row) if row is not None else ""

    return url


def _gone(side: str) -> Any:
    def reason(request: HttpRequest, selection: Selection) -> Any:
        return (
            None if selection.one is None or _open(side)(request, selection) else _("There is no record on this side.")
        )

    return reason


def _job(_request: HttpRequest, selection: Selection) -> str:
    row = OutcomeRow.objects.get(pk=selection.pks[0])
    return registry.reverse("sync.job.card", pk=str(row.job_id))


ACTIONS = (
    Action(
        "open_erp",
        _("Open ERP Record"),
        url=_open("erp"),
        scope="one",
        right="view",
        icon="open",
        disabled=_gone("erp"),
    ),
    Action(
        "open_crm",
        _("Open Sales Record"),
        url=_open("crm"),
        scope="one",
        right="view",
        icon="open",
        disabled=_gone("crm"),
    ),
    Action("open_job", _("Open Job"), url=_job, scope="one", right="view", icon="history"),
)


def _searched(found: QuerySet[Any], text: str) -> QuerySet[Any]:
    return found.filter(Q(erp_key__icontains=text) | Q(crm_name__icontains=text)) if text else found


@register
class OutcomeList(ListPage):
    """All results, as the counters of jobs open them."""

    name = "sync.outcome.list"
    model = "sync.OutcomeRow"
    path = "sync/job-records/"
    title = _("Synchronization Results")
    card = "sync.outcome.card"
    icon = "list"
    keywords = _("synchronization results, outcome, values before and after")
    help = Help(_("What a job did to each record, with the values before and after, and why."), LINKS)
    columns = (
        Column("erp_key", _("ERP Record")),
        Column("crm_name", _("Sales Record")),
        Status("action", chips=ACTION_CHIPS),
        Sentence("detail", _("Reason"), compute=details),
        Column("changes_text", _("Changed Values"), compute=changed_fields),
        "mapping",
        "direction",
        "at",
    )
    filter_fields = ("mapping", "action", "direction", "reason")
    sort = "-at"
    views = (
        View("all", _("All"), ""),
        View("failed", _("Failed"), "action=fail"),
        View("skipped", _("Skipped"), "action=skip"),
        View("written", _("Written"), "action=insert|modify|delete"),
    )
    actions = ACTIONS
    insert = False
    delete = False

    def found(self, request: HttpRequest, state: ListState) -> QuerySet[Any]:
        """A searched text is looked for in the names of the records."""
        return _searched(super().found(request, replace(state, search="")), state.search)


@register
class ErrorList(ListPage):
    """Only what failed: Integration Synchronization Errors."""

    name = "sync.error.list"
    model = "sync.OutcomeRow"
    path = "sync/job-errors/"
    title = _("Integration Synchronization Errors")
    card = "sync.outcome.card"
    menu = ("synchronization", 30)
    icon = "error_circle"
    base_filter = "action=fail"
    keywords = _("synchronization errors, failed records, error log")
    help = Help(
        _("Every record that a job could not synchronize, with the reason. Unsolved ones are on the work-list.")
    )
    columns = (
        Column("erp_key", _("ERP Record")),
        Column("crm_name", _("Sales Record")),
        Sentence("detail", _("Error Message"), compute=details),
        "mapping",
        "direction",
        "at",
    )
    filter_fields = ("mapping", "direction", "reason")
    sort = "-at"
    actions = ACTIONS
    insert = False
    delete = False

    def found(self, request: HttpRequest, state: ListState) -> QuerySet[Any]:
        """A searched text is looked for in the names of the records."""
        return _searched(super().found(request, replace(state, search="")), state.search)


@register
class OutcomeCard(CardPage):
    """One result: record, reason, what to do next, and the values before and after."""

    name = "sync.outcome.card"
    model = "sync.OutcomeRow"
    path = "sync/job-records/<uuid:pk>/"
    title = _("Synchronization Result")
    list = "sync.outcome.list"
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            ("erp_key", "crm_name", "action", "mapping", "direction", "at"),
            summary=("erp_key", "crm_name", "action"),
        ),
    )
    actions = ACTIONS
    editable = False
    insert = False
    delete = False

    def urls(self) -> Sequence[URLPattern]:
        """The card with reason and values."""
        from sync.views import outcomes

        first, *others = super().urls()
        return [path(self.path, outcomes.OutcomeView.as_view(page=self), name=first.name), *others]


def explained(row: OutcomeRow) -> dict[str, Any]:
    """What the card shows beside the fields: sentence, next step, changes by side."""
    return {
        "reason": reason_text(row.reason, row.params),
        "next_step": next_step(row.reason) if row.action in ("fail", "skip") else "",
        "ways": ways(row.reason, row.params) if row.action in ("fail", "skip") else [],
        "code": row.reason,
        "params": {k: v for k, v in row.params.items() if not isinstance(v, dict | list)},
        "changes": changes_of([row])[str(row.pk)],
    }
