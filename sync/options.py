"""Option mappings: codes of an ERP table kept in step with the values of a CRM option set, one chunk at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps

from coupling.gateways.base import Record, Write, WriteContext
from coupling.plan import DeletionConflict, Key, Problem
from records import db
from records.ids import uuid7
from records.stage import Column, staged
from sync import waiting
from sync.engine.types import TO, Action, Mode
from sync.outcomes import Outcome
from sync.take import LOCKED, Taken, put_back

if TYPE_CHECKING:
    from sync.run import Run

OPTION_VALUES = "crm.OptionValue"
_LABEL = 250
_STORED = (
    Column("id", "uuid"), Column("erp_id", "uuid"), Column("option_value", "integer"), Column("label", "text"),
    Column("erp_version", "bigint"), Column("result", "text"), Column("skipped", "boolean"), Column("error", "jsonb"),
)  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One code with its option mapping row, if it has one, and the option value it stands for."""

    erp_id: Key
    erp: Record | None
    id: Key | None = None
    value: int | None = None
    label: str = ""
    version: int = 0
    skipped: bool = False
    error: dict[str, Any] | None = None
    option: tuple[Key, int, str] | None = None  # key, row version, label of the crm.OptionValue row
    action: Action | None = None
    reason: str = ""
    problem: Problem | None = None

    @property
    def code(self) -> str:
        """The label that the option gets: the code of the ERP record."""
        return "" if self.erp is None else str(next(iter(self.erp.values.values())) or "")[:_LABEL]


def run_options(run: Run, taken: Taken) -> list[Outcome]:
    """Bring the option values of the taken codes in step; the outcomes of the chunk, unchanged codes included."""
    if taken.side != "erp" or TO not in run.request.directions:
        return []
    entries = _entries(run, taken.keys)
    for entry in entries:
        _decide(run, entry)
    _match_labels(run, [e for e in entries if e.action is Action.INSERT])
    _insert(run, [e for e in entries if e.action is Action.INSERT])
    _rename(
        run, [e for e in entries if e.action in (Action.MODIFY, Action.COUPLE) and e.option and e.option[2] != e.code]
    )
    _store(run, [e for e in entries if e.action not in (None, Action.UNCOUPLE)])
    _remove([e for e in entries if e.action is Action.UNCOUPLE])
    waiting.wake(run.plan.name, (), erp_ids=[e.erp_id for e in entries if _is_new(e)], crm_ids=())
    failed = {("erp", e.erp_id): (e.problem.code, e.problem.transient) for e in entries if e.problem is not None}
    postponed = {("erp", key): (LOCKED, True) for key in taken.postponed["erp"]}
    put_back(run, {**postponed, **failed})
    return [_outcome(run, e) for e in entries if e.action is not None]


def _is_new(entry: Entry) -> bool:
    """True where the code has just got its option value."""
    return entry.id is None and entry.problem is None and entry.action in (Action.INSERT, Action.COUPLE)


def table() -> str:
    """The database table of option mappings."""
    return str(apps.get_model("coupling", "OptionMapping")._meta.db_table)


def _entries(run: Run, keys: list[Key]) -> list[Entry]:
    line = next(f for f in run.plan.fields if f.erp)
    records = run.erp.read_many(run.plan.erp_table, keys, [line.erp or ""])
    rows = db.rows(
        f"SELECT erp_id, id, option_value, label, erp_version, skipped, error_to_crm::text FROM {table()} "
        "WHERE mapping_id = %s::uuid AND erp_id = ANY(%s::uuid[])",
        [run.plan.id, keys],
    )
    known = {row[0]: row[1:] for row in rows}
    options = _options(run, [row[2] for row in rows])
    entries = []
    for key in keys:
        record = records.get(key)
        entry = Entry(key, Record(key, record.version, {"code": record.values[line.erp or ""]}) if record else None)
        if key in known:
            entry.id, entry.value, entry.label, entry.version, entry.skipped, error = known[key]
            entry.error = json.loads(error) if error else None
            entry.option = options.get(entry.value)
        entries.append(entry)
    return entries


def _options(run: Run, values: list[int]) -> dict[int | None, tuple[Key, int, str]]:
    """Option values of this option set by number: key, row version, label."""
    model = apps.get_model(OPTION_VALUES)
    meta = model._meta
    option = run.plan.option
    assert option is not None
    sql = (
        f'SELECT value, "{meta.pk.column}", row_version, label FROM "{meta.db_table}" '
        "WHERE entityname = %s AND attributename = %s AND value = ANY(%s)"
    )
    return {row[0]: row[1:] for row in db.rows(sql, [option.entity, option.attribute, values])}


def _decide(run: Run, entry: Entry) -> None:
    if entry.id is None:
        create = run.request.create or not run.plan.only_coupled
        inside = entry.erp is not None and (run.plan.erp_matches is None or run.plan.erp_matches(entry.erp.values))
        if inside and create:
            entry.action, entry.reason = Action.INSERT, "created"
        elif run.request.named and entry.erp is not None:
            entry.action, entry.reason, entry.problem = Action.SKIP, "not_coupled", None
    elif entry.skipped:
        entry.action, entry.reason = Action.SKIP, "skipped_coupling"
    elif entry.erp is None:
        _deleted(run, entry)
    elif entry.option is None:
        _fail(entry, Problem("destination_deleted"))
    elif entry.version == entry.erp.version and run.request.mode in (Mode.MODIFIED, Mode.FULL):
        entry.action = Action.UNCHANGED
    else:
        entry.action, entry.reason = (Action.MODIFY, "changed") if _renamed(entry) else (Action.UNCHANGED, "")


def _renamed(entry: Entry) -> bool:
    """True where the option is called otherwise than the code; a code that was cut from the label is no other name."""
    label = entry.option[2] if entry.option else ""
    is_cut = entry.label == label and label.upper().startswith(entry.code)
    return label != entry.code and not is_cut


def _deleted(run: Run, entry: Entry) -> None:
    if run.plan.deletion_conflict is DeletionConflict.REMOVE_COUPLING:
        entry.action, entry.reason = Action.UNCOUPLE, "source_deleted"
    else:
        _fail(entry, Problem("source_deleted"))


def _fail(entry: Entry, problem: Problem) -> None:
    second = problem.same_as(entry.error) and not problem.transient
    entry.action, entry.reason, entry.problem = (Action.SKIP if second else Action.FAIL), problem.code, problem
    entry.skipped = entry.skipped or second


def _match_labels(run: Run, entries: list[Entry]) -> None:
    """A code whose label exists already and stands for nothing else is coupled with it."""
    option = run.plan.option
    if not entries or option is None:
        return
    meta = apps.get_model(OPTION_VALUES)._meta
    sql = (
        f'SELECT lower(o.label), o.value, o."{meta.pk.column}", o.row_version, o.label FROM "{meta.db_table}" o '
        "WHERE o.entityname = %s AND o.attributename = %s AND lower(o.label) = ANY(%s) "
        f"AND NOT EXISTS (SELECT 1 FROM {table()} m WHERE m.mapping_id = %s::uuid AND m.option_value = o.value)"
    )
    labels = [e.code.lower() for e in entries]
    found = {row[0]: row[1:] for row in db.rows(sql, [option.entity, option.attribute, labels, run.plan.id])}
    for entry in entries:
        match = found.pop(entry.code.lower(), None)
        if match is not None:
            entry.value, entry.option = match[0], match[1:]
            entry.action, entry.reason = Action.COUPLE, "changed"


def _insert(run: Run, entries: list[Entry]) -> None:
    option = run.plan.option
    if not entries or option is None:
        return
    by_key = {uuid7(): entry for entry in entries}
    head = {"entityname": option.entity, "attributename": option.attribute}
    writes = [Write(key, {**head, "label": entry.code}) for key, entry in by_key.items()]
    result = run.crm.insert_many(OPTION_VALUES, writes, _context(run))
    for key, entry in by_key.items():
        if key in result.versions:
            entry.value, entry.option = result.values[key]["value"], (key, 1, entry.code)
        else:
            _fail(entry, result.rejected.get(key, Problem("version_conflict", transient=True)))


def _rename(run: Run, entries: list[Entry]) -> None:
    writes = {e.option[0]: e for e in entries if e.option}
    if not writes:
        return
    updates = [Write(k, {"label": e.code}, e.option[1], {"label": e.option[2]}) for k, e in writes.items() if e.option]
    result = run.crm.update_many(OPTION_VALUES, updates, _context(run))
    for key, entry in writes.items():
        if key in result.rejected:
            _fail(entry, result.rejected[key])
        elif key in result.stale:
            _fail(entry, Problem("version_conflict", transient=True))


def _context(run: Run) -> WriteContext:
    return WriteContext(actor=run.actor, origin=f"sync:{run.plan.name}")


def _store(run: Run, entries: list[Entry]) -> None:
    """New and changed rows in one statement."""
    rows = []
    for e in entries:
        ok = e.problem is None and e.erp is not None
        if e.value is None or (e.action is Action.SKIP and not e.problem):
            continue
        if e.action is Action.UNCHANGED and e.erp is not None and e.version == e.erp.version:
            continue
        error = e.problem.stored() if e.problem else None
        version = e.erp.version if ok and e.erp else e.version
        rows.append([
            e.id or uuid7(), e.erp_id, e.value, e.code if ok else e.label, version, "success" if ok else "failure",
            e.skipped, error,
        ])  # fmt: skip
    if not rows:
        return
    with staged(_STORED, rows) as (relation, params):
        db.execute(
            f"INSERT INTO {table()} AS m (id, mapping_id, erp_id, option_value, label, erp_version, last_synced_at, "
            "last_result_to_crm, skipped, error_to_crm) SELECT s.id, %s::uuid, s.erp_id, s.option_value, s.label, "
            f"s.erp_version, now(), s.result, s.skipped, s.error FROM {relation} s "
            "ON CONFLICT (erp_id, mapping_id) DO UPDATE SET label = excluded.label, "
            "erp_version = excluded.erp_version, "
            "last_synced_at = CASE WHEN excluded.error_to_crm IS NULL THEN now() ELSE m.last_synced_at END, "
            "last_result_to_crm = excluded.last_result_to_crm, skipped = excluded.skipped, "
            "error_to_crm = excluded.error_to_crm, row_version = m.row_version + 1",
            [run.plan.id, *params],
        )


def _remove(entries: list[Entry]) -> None:
    if entries:
        db.execute(f"DELETE FROM {table()} WHERE id = ANY(%s::uuid[])", [[e.id for e in entries]])


def _outcome(run: Run, entry: Entry) -> Outcome:
    changes: dict[str, Any] = {}
    if entry.problem is None and entry.action in (Action.INSERT, Action.MODIFY, Action.COUPLE):
        changes = {"crm": {"label": [entry.label or None, entry.code]}}
    params = entry.problem.stored()["params"] if entry.problem else {}
    key = entry.option[0] if entry.option else None
    assert entry.action is not None
    return Outcome(
        run.plan.name, TO.value, entry.action, entry.reason, entry.erp_id, key, entry.code or entry.label,
        entry.code or entry.label, params, changes,
    )  # fmt: skip
