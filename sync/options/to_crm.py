"""Codes become options: a new code gets a value of its own, a renamed one renames its option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.gateways.base import Write
from coupling.models import OptionMapping
from coupling.plan import Key, Problem
from coupling.services.option_mapping import OPTION_VALUES
from records import db
from records.ids import uuid7
from records.schema import schema
from sync.engine.types import Action, Mode
from sync.options import codes
from sync.options.entries import Entry, Option, context, option_key
from sync.options.renames import RACED, rename

if TYPE_CHECKING:
    from sync.run import Run


def decide(run: Run, entry: Entry) -> None:
    """Say what happens to one code."""
    if entry.id is None:
        _unmapped(run, entry)
    elif entry.skipped:
        entry.decide(Action.SKIP, "skipped_coupling")
    elif entry.erp is None:
        entry.lost(run.plan.deletion_conflict, "source_deleted")
    elif entry.option is None:
        entry.lost(run.plan.deletion_conflict, "destination_deleted")
    elif entry.version == entry.erp.version and run.request.mode in (Mode.MODIFIED, Mode.FULL):
        entry.decide(Action.UNCHANGED)
    elif _is_renamed(entry):
        entry.decide(Action.MODIFY, "changed")
    else:
        entry.decide(Action.UNCHANGED)


def _unmapped(run: Run, entry: Entry) -> None:
    create = run.request.create or not run.plan.only_coupled
    inside = entry.erp is not None and (run.plan.erp_matches is None or run.plan.erp_matches(entry.erp.values))
    if inside and create:
        entry.decide(Action.INSERT, "created")
    elif run.request.named and (entry.erp is not None or entry.option is not None):
        entry.decide(Action.SKIP, "not_coupled")


def _is_renamed(entry: Entry) -> bool:
    """True where the option is called otherwise than the code; a code that was cut from the label is no other name."""
    label = entry.option.label if entry.option else ""
    return label != entry.code and not codes.is_cut(entry.code, entry.label, labelled=label)


def write(run: Run, entries: list[Entry]) -> None:
    """Make new options and rename others."""
    _match_labels(run, [e for e in entries if e.action is Action.INSERT])
    _insert(run, [e for e in entries if e.action is Action.INSERT])
    changed = [e for e in entries if e.action in (Action.MODIFY, Action.COUPLE)]
    _rename(run, [e for e in changed if e.option and e.option.label != e.code])


def _match_labels(run: Run, entries: list[Entry]) -> None:
    """A code whose label exists already and stands for nothing else is coupled with it."""
    if not entries:
        return
    option, table = option_key(run), schema(OPTION_VALUES)
    sql = (
        f'SELECT lower(o.label), o.value, o."{table.pk_column}", o.row_version, o.label FROM "{table.table}" o '
        "WHERE o.entityname = %s AND o.attributename = %s AND lower(o.label) = ANY(%s) AND NOT EXISTS "
        f"(SELECT 1 FROM {OptionMapping._meta.db_table} m WHERE m.mapping_id = %s::uuid AND m.option_value = o.value)"
    )
    labels = [e.code.lower() for e in entries]
    found = {row[0]: row[1:] for row in db.rows(sql, [option.entity, option.attribute, labels, run.plan.id])}
    for entry in entries:
        match = found.pop(entry.code.lower(), None)
        if match is not None:
            entry.value, entry.option = match[0], Option(*match[1:])
            entry.decide(Action.COUPLE, "changed")


def _insert(run: Run, entries: list[Entry]) -> None:
    if not entries:
        return
    by_key = {uuid7(): entry for entry in entries}
    option = option_key(run)
    head = {"entityname": option.entity, "attributename": option.attribute}
    writes = [Write(key, {**head, "label": entry.code}) for key, entry in by_key.items()]
    result = run.crm.insert_many(OPTION_VALUES, writes, context(run))
    for key, entry in by_key.items():
        if key in result.versions:
            entry.value, entry.option = result.values[key]["value"], Option(key, 1, entry.code)
        else:
            entry.fail(result.rejected.get(key, RACED))


def _rename(run: Run, entries: list[Entry]) -> None:
    targets: dict[Key, Entry] = {e.option.key: e for e in entries if e.option}
    if not targets:
        return
    writes = [
        Write(key, {"label": e.code}, e.option.version, {"label": e.option.label})
        for key, e in targets.items()
        if e.option
    ]
    for key, became in rename(run, run.crm, OPTION_VALUES, writes).items():
        entry = targets[key]
        if isinstance(became, Problem):
            entry.fail(became)
        else:
            entry.before = entry.option.label if entry.option else ""
            entry.option = Option(key, became, entry.code)
