"""What this app adds to pages of others.

Synchronize Now, log and explanation on mapped records, the ribbon action of the Sales side, runs on mappings and the
connection, cues of the role centre, notices behind the bell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.functional import lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coupling import registry as pairs
from coupling.access import connection_of, is_connected
from coupling.models import IntegrationTableMapping
from coupling.outside import outside_reason
from coupling.own_tables import has_records_mapped, is_mapped, own_tables
from coupling.products import products
from coupling.validation import is_option
from pages import Action, Chip, Cue, CueGroup, Done, FactBox, ListPage, Row, Selection, grid, registry
from pages.export import EDIT_ACTION
from pages.registry import extend, extend_table
from pages.shell import Notice, notify
from records.errors import Refused
from records.messages import text
from sync import facts as known
from sync import ribbon
from sync.catalogue import next_step
from sync.explain import mapping_page
from sync.imports.columns import side_of as side_of_label
from sync.models import DatabaseMark, Job, Schedule, WorkItem
from sync.models.schedule import SCHEDULE_STATES
from sync.pages import let_in, option_mappings, runs
from sync.pages.deletion import CHOICE as ASK_ON_DELETION
from sync.pages.lost import RESTORE
from sync.pages.matching import match_action
from sync.shown import connected, list_address, side_of

KEYWORDS = _("synchronize, sync, crm, sales")
STATE_CHIPS = {
    "conflict": Chip(_("Conflict"), "bad", "warning"),
    "failed": Chip(_("Failed"), "bad", "error_circle"),
    "failed_uncoupled": Chip(_("Failed"), "bad", "error_circle"),
    "skipped": Chip(_("Skipped"), "warn", "warning"),
    "broken": Chip(_("Broken"), "bad", "link_dismiss"),
}
SHOWN_DIFFERENCES = 8

# Records


def cannot_synchronize(request: HttpRequest, selection: Selection) -> str:
    """Why one record cannot be synchronized; in a selection such records are left out and told."""
    return outside_reason(request, selection.label, selection.pks) if selection.count == 1 else ""


def log_of(_request: HttpRequest, selection: Selection) -> str:
    """The results of all jobs with this record."""
    return record_log(selection.label, selection.pks[0])


def record_log(label: str, pk: str) -> str:
    """The address of a record's own log."""
    return list_address("sync.outcome.list", **{f"{side_of(label)}_id": pk})


def now_action(scope: Any) -> Action:
    """Synchronize Now, for a card or a list."""
    return Action(
        "synchronize_now",
        _("Synchronize Now"),
        dialog="sync.now",
        scope=scope,
        group="coupling",
        icon="arrow_sync",
        order=20,
        visible=is_connected,
        disabled=cannot_synchronize,
        keywords=KEYWORDS,
    )


LOG = Action(
    "synchronization_log",
    _("Synchronization Log"),
    url=log_of,
    scope="one",
    right="view",
    group="coupling",
    icon="history",
    order=60,
    visible=is_connected,
    keywords=KEYWORDS,
)
EXPLAIN = Action(
    "explain",
    _("Why does this record not synchronize?"),
    dialog="sync.explain",
    scope="one",
    right="view",
    group="coupling",
    icon="question_circle",
    order=70,
    keywords=KEYWORDS,
)


def facts_for(request: HttpRequest, record: Row) -> list[known.Facts]:
    """What is known of a record; read once for all parts of a page."""
    if request.method != "GET":
        return known.facts_of(record.label, record.pk)
    kept: dict[str, list[known.Facts]] = request.__dict__.setdefault("_tandem_facts", {})
    if record.pk not in kept:
        kept[record.pk] = known.facts_of(record.label, record.pk)
    return kept[record.pk]


def state_chip(request: HttpRequest, record: Row) -> Chip | None:
    """The chip beside the heading of a record that does not synchronize: conflict, failed or skipped."""
    states = {facts.state for facts in facts_for(request, record)} if connected(request) else set()
    return next((chip for state, chip in STATE_CHIPS.items() if state in states and state != "broken"), None)


def record_facts(request: HttpRequest, record: Row) -> dict[str, Any]:
    """What differs now, whether something waits, when the next run is."""
    names = products()
    return {
        "rows": [_fact_row(facts) for facts in facts_for(request, record)],
        "log_url": record_log(record.label, record.pk),
        "erp_product": names.erp,
        "crm_product": names.crm,
    }


def _fact_row(facts: known.Facts) -> dict[str, Any]:
    return {
        "facts": facts,
        "chip": STATE_CHIPS.get(facts.state),
        "schedule": SCHEDULE_STATES.get(facts.schedule_state, ""),
        "more": max(0, len(facts.differences) - SHOWN_DIFFERENCES),
    }


FACTS = FactBox(
    "synchronization", _("Synchronization"), "sync/_facts.html", record_facts, "arrow_sync", visible=is_connected
)

# The ribbon of the Sales side


def open_erp(request: HttpRequest, selection: Selection) -> Done | HttpResponseBase:
    """Open the ERP record; make and couple it first where the mapping allows it."""
    try:
        found = ribbon.ask(user=request.user, crm_table=selection.label, crm_id=selection.pks[0])  # type: ignore[arg-type]
        opened = found if isinstance(found, ribbon.Opened) else ribbon.finish(found)
    except Refused as refused:
        return refusal(request, selection, refused)
    return Done(url=registry.address_of(opened.erp_table, opened.erp_id))


def refusal(request: HttpRequest, selection: Selection, refused: Refused) -> TemplateResponse:
    """Why nothing was made, with the way to the mapping for who may change it."""
    user: Any = request.user
    mapping = IntegrationTableMapping.objects.filter(name=str(refused.params.get("mapping", ""))).first()
    context = {
        "page": request.page,  # type: ignore[attr-defined]
        "title": products().erp,
        "selection": selection,
        "address": request.path,
        "reason": text(refused.code, refused.params),
        "next_step": next_step(refused.code),
        "mapping": mapping.name if mapping else "",
        "setting": mapping_page(mapping) if mapping and user.has_right("setup") else "",
    }
    return TemplateResponse(request, "sync/ribbon_refused.html", context)


RIBBON = Action(
    "business_central",
    lazy(lambda: products().erp, str)(),
    run=open_erp,
    scope="one",
    right="view",
    icon="open",
    order=5,
    visible=is_connected,
    keywords=KEYWORDS,
)


def extend_records() -> None:
    """The lists and cards of every table that a declared pair maps."""
    done: set[str] = set()
    for pair in pairs.pairs():
        declared = pair.mapping
        try:
            option = is_option(declared)
        except LookupError:  # told by the system check
            continue
        for label in (declared.erp_table,) if option else (declared.erp_table, declared.crm_table):
            if label not in done:
                done.add(label)
                _extend(label, is_option=option)


def _extend(label: str, *, is_option: bool) -> None:
    others = (LOG,) if is_option else (LOG, EXPLAIN)
    ribbon_action = (RIBBON,) if side_of(label) == "crm" else ()
    matching = (match_action("many", group="coupling", order=15),)
    asks = {} if is_option else {"delete_choices": (ASK_ON_DELETION,)}
    extend_table(label, "list", actions=(now_action("many"), *matching, *others), factboxes=(FACTS,), **asks)
    restore = () if is_option else (RESTORE,)
    on_card = (now_action("one"), *restore, *others, *ribbon_action)
    extend_table(label, "card", chips=(state_chip,), actions=on_card, factboxes=(FACTS,), **asks)


def extend_own(label: str) -> None:
    """The same for a table that no pair knows: nothing shows until somebody maps it."""
    mapped = is_mapped(label)
    ribbon_action = (RIBBON,) if side_of(label) == "crm" else ()
    matching = match_action("many", group="coupling", order=15)
    common = {"factboxes": (replace(FACTS, visible=mapped),), "delete_choices": (ASK_ON_DELETION,)}
    of_records = has_records_mapped(label)
    explain = replace(EXPLAIN, visible=of_records)
    on_list = (*(replace(a, visible=mapped) for a in (now_action("many"), matching, LOG)), explain)
    on_card = (
        *(replace(a, visible=mapped) for a in (now_action("one"), LOG)),
        *(replace(a, visible=of_records) for a in (RESTORE, EXPLAIN, *ribbon_action)),
    )
    extend_table(label, "list", actions=on_list, **common)
    extend_table(
        label, "card", chips=(lambda r, row: state_chip(r, row) if mapped(r) else None,), actions=on_card, **common
    )


# Mappings, connection, role centre, bell

SYNC_ALL = Action(
    "sync_modified_all",
    _("Synchronize Modified Records"),
    run=runs.modified_all,
    icon="arrow_sync",
    order=50,
    visible=connected,
    confirm=_("Do you want to synchronize the records of all mappings that were modified since the last run?"),
)
FULL_SYNC = Action(
    "full_sync_review",
    _("Run Full Synchronization"),
    url=lambda _request, _selection: registry.reverse("sync.full_sync.list"),
    right="view",
    icon="arrow_sync",
    order=51,
    visible=connected,
)


def _bad(count: int) -> str:
    return "bad" if count else "neutral"


def _warn(count: int) -> str:
    return "warn" if count else "neutral"


CUES = CueGroup(
    "synchronization",
    _("Data Integration"),
    (
        Cue("sync_failed", _("Failed"), page="sync.work_list", view="failed", tone=_bad),
        Cue("sync_conflicts", _("Conflicts"), page="sync.work_list", view="conflicts", tone=_bad),
        Cue("sync_skipped", _("Skipped"), page="sync.work_list", view="skipped", tone=_warn),
        Cue("sync_broken", _("Broken Couplings"), page="sync.work_list", view="broken", tone=_bad),
        Cue("sync_waiting", _("Waiting Records"), page="sync.pending.list"),
        Cue("sync_stopped", _("Stopped Job Queue Entries"), page="sync.schedule.list", view="error", tone=_bad),
        Cue("sync_running", _("Jobs Running"), page="sync.job.list", view="running"),
    ),
    width=12,
    icon="database_link",
    visible=connected,
)


def _stopped(request: HttpRequest) -> list[Notice]:
    """Why the system has disabled the connection; nothing where a user did."""
    user: Any = request.user
    reason = connection_of(request).disabled_reason
    page = registry.reverse("coupling.connection.card") if user.has_right("setup") else ""
    return [Notice(_now("Synchronization has stopped: %(reason)s") % {"reason": reason}, page, "bad")] if reason else []


def notices(request: HttpRequest) -> Sequence[Notice]:
    """What needs somebody: errors by kind, schedules that stopped, the user's own running jobs."""
    if not connected(request):
        return _stopped(request)
    found = []
    if DatabaseMark.is_comparison_awaited():
        said = _now("The database was restored from a backup: scheduled runs wait for a comparison.")
        found.append(Notice(said, registry.reverse("sync.full_sync.list"), "warn"))
    states = list(WorkItem.objects.values_list("state", flat=True)[:1001])
    page = registry.reverse("sync.work_list")
    if skipped := states.count("skipped"):
        said = ngettext("%(n)s record is skipped.", "%(n)s records are skipped.", skipped) % {"n": skipped}
        found.append(Notice(said, f"{page}?view=skipped", "warn"))
    if conflicts := states.count("conflict"):
        said = ngettext("%(n)s record has a conflict.", "%(n)s records have a conflict.", conflicts) % {"n": conflicts}
        found.append(Notice(said, f"{page}?view=conflicts", "bad"))
    if rest := len(states) - skipped - conflicts:
        said = ngettext("%(n)s record could not be synchronized.", "%(n)s records could not be synchronized.", rest)
        found.append(Notice(said % {"n": rest}, page, "bad"))
    if stopped := Schedule.objects.filter(state="error").count():
        said = ngettext("%(n)s job queue entry has stopped.", "%(n)s job queue entries have stopped.", stopped)
        found.append(Notice(said % {"n": stopped}, f"{registry.reverse('sync.schedule.list')}?view=error", "bad"))
    own = Job.objects.filter(requested_by=request.user.get_username(), finished_at=None)[:5]
    found += [
        Notice(
            _now("A job of yours is running: %(mapping)s") % {"mapping": job.mapping},
            registry.reverse("sync.job.card", pk=str(job.pk)),
        )
        for job in own
    ]
    return found


IMPORT = Action("import", _("Import"), dialog="sync.import", icon="arrow_import", order=90)


def opens_to_edit(request: HttpRequest) -> bool:
    """Whether the records of the list of this request take changes."""
    page = getattr(request, "page", None)
    return isinstance(page, ListPage) and grid.opens_to_edit(page, request)


EDIT_IN_EXCEL = Action(
    EDIT_ACTION,
    _("Edit in Excel"),
    dialog="sync.edit_in_excel",
    icon="document_table",
    order=91,
    visible=opens_to_edit,
)


def extend_imports() -> None:
    """Import, on the lists of all tables of both sides that have several records."""
    for model in apps.get_models():
        if side_of_label(model._meta.label) and not getattr(getattr(model, "Record", None), "singleton", False):
            extend_table(model._meta.label, "list", actions=(IMPORT, EDIT_IN_EXCEL))


extend_records()
for own in own_tables():
    extend_own(own)
extend_imports()
MATCH_MAPPING = match_action("one", order=20, separated=True, group=runs.GROUP.name)
extend("coupling.mapping.list", actions=(*runs.actions(), let_in.action("many"), MATCH_MAPPING), groups=(runs.GROUP,))
extend(
    "coupling.mapping.card", actions=(*runs.actions("one"), let_in.action("one"), MATCH_MAPPING), groups=(runs.GROUP,)
)
extend("coupling.option_mapping.list", actions=option_mappings.actions("many"))
extend("coupling.option_mapping.card", actions=option_mappings.actions("one"))
extend("coupling.connection.card", actions=(SYNC_ALL, FULL_SYNC))
extend("erp.role_centre", parts=(CUES,))
notify(notices)
