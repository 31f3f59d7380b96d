"""Options become codes: a new option gets a code cut from its label, a renamed one renames its code.

The label leads: a code that somebody renamed stays as it is until the label changes or an unconditional run compares
all of them. Two options whose beginnings are the same cannot both have a code, and a label with a comma has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coupling.gateways.base import Record, Write
from coupling.models import OptionMapping
from coupling.plan import Key, Problem
from records.schema import schema
from sync.engine.types import Action, Mode
from sync.options import codes
from sync.options.entries import Entry, code_field, context
from sync.options.renames import RACED, rename

if TYPE_CHECKING:
    from sync.run import Run


def decide(run: Run, entry: Entry) -> None:
    """Say what happens to one option."""
    if entry.id is None:
        _unmapped(run, entry)
    elif entry.skipped:
        entry.decide(Action.SKIP, "skipped_coupling")
    elif entry.option is None:
        entry.lost(run.plan.deletion_conflict, "source_deleted")
    elif entry.erp is None:
        entry.lost(run.plan.deletion_conflict, "destination_deleted")
    elif _is_in_step(run, entry) or _wanted(run, entry) == entry.code:
        entry.decide(Action.UNCHANGED)
    else:
        entry.decide(Action.MODIFY, "changed")


def _unmapped(run: Run, entry: Entry) -> None:
    """An option without a code gets one where the mapping creates; a code without an option is none of our business."""
    if entry.option is not None and (run.request.create or not run.plan.only_coupled):
        entry.decide(Action.INSERT, "created")
    elif run.request.named and (entry.option is not None or entry.erp is not None):
        entry.decide(Action.SKIP, "not_coupled")


def _is_in_step(run: Run, entry: Entry) -> bool:
    """True where nothing happened to the option since it was synchronized, and the run asks only for what changed."""
    is_known = entry.version != 0 and entry.option is not None and entry.label == entry.option.label
    return is_known and run.request.mode in (Mode.MODIFIED, Mode.FULL)


def _wanted(run: Run, entry: Entry) -> str:
    return codes.code_of(schema(run.plan.erp_table), code_field(run), entry.option.label if entry.option else "")


def write(run: Run, entries: list[Entry]) -> None:
    """Make new codes and rename others."""
    open_ = sorted((e for e in entries if e.action in (Action.INSERT, Action.MODIFY)), key=lambda e: e.value or 0)
    wanted = {id(entry): _wanted(run, entry) for entry in open_}
    _claim(run, open_, wanted)
    _insert(run, {wanted[id(e)]: e for e in open_ if e.action is Action.INSERT})
    _rename(run, {wanted[id(e)]: e for e in open_ if e.action is Action.MODIFY})


def _claim(run: Run, entries: list[Entry], wanted: dict[int, str]) -> None:
    """Give each entry its code: refused, taken from those that stand for nothing, or still to be made."""
    known = codes.existing(schema(run.plan.erp_table), code_field(run), wanted.values())
    keys = [key for key, _version in known.values()]
    rows = OptionMapping.objects.filter(mapping__pk=run.plan.id, erp_id__in=keys)
    holders = {str(key): str(label) for key, label in rows.values_list("erp_id", "label")}
    claimed: dict[str, str] = {}
    for entry in entries:
        assert entry.option is not None
        code, label = wanted[id(entry)], entry.option.label
        key, version = known.get(code, (None, 0))
        other = claimed.get(code) or (holders.get(key) if key and key != entry.erp_id else None)
        if problem := _refusal(run, entry, code, other, is_there=key is not None and key != entry.erp_id):
            entry.fail(problem)
            continue
        claimed[code] = label
        if key is not None and entry.action is Action.INSERT:
            entry.erp_id, entry.erp, entry.code = key, Record(key, version, {}), code
            entry.decide(Action.COUPLE, "changed")


def _refusal(run: Run, entry: Entry, code: str, other: str | None, *, is_there: bool) -> Problem | None:
    """Why a label cannot have this code. `other`: the label of the option that has it."""
    label = entry.option.label if entry.option else ""
    caption = f"@{run.plan.erp_table}.{code_field(run)}"
    if "," in label:
        return Problem("option_comma", {"value": label})
    if not code:
        return Problem("required", {"caption": caption})
    if other is not None:
        return Problem("option_beginning", {"value": label, "other": other})
    if is_there and entry.action is Action.MODIFY:
        return Problem("unique_violation", {"caption": caption, "value": code})
    return None


def _insert(run: Run, entries: dict[str, Entry]) -> None:
    if not entries:
        return
    erp = schema(run.plan.erp_table)
    labels = {code: entry.option.label for code, entry in entries.items() if entry.option}
    keys, result = codes.insert(run.erp, erp, code_field(run), labels, context(run))
    for code, entry in entries.items():
        key = keys[code]
        if key in result.versions:
            entry.erp_id, entry.erp, entry.code = key, Record(key, result.versions[key], {}), code
        else:
            entry.fail(result.rejected.get(key, RACED))


def _rename(run: Run, entries: dict[str, Entry]) -> None:
    targets: dict[Key, tuple[str, Entry]] = {e.erp.key: (code, e) for code, e in entries.items() if e.erp}
    if not targets:
        return
    name = code_field(run)
    writes = [
        Write(key, {name: code}, e.erp.version, dict(e.erp.values)) for key, (code, e) in targets.items() if e.erp
    ]
    for key, became in rename(run, run.erp, run.plan.erp_table, writes).items():
        code, entry = targets[key]
        if isinstance(became, Problem):
            entry.fail(became)
        else:
            entry.before, entry.code, entry.erp = entry.code, code, Record(key, became, {})
