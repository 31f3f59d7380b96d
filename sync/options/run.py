"""One chunk of an option mapping: read, decide, write, remember; the mapping's one direction says which way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coupling.plan import Direction, Key
from sync import waiting
from sync.engine.types import FROM, TO, Action
from sync.options import from_crm, store, to_crm
from sync.options.entries import Entry, by_code, by_option, code_field
from sync.outcomes import Outcome
from sync.take import LOCKED, Taken, put_back

if TYPE_CHECKING:
    from sync.run import Run

_WRITTEN = (Action.INSERT, Action.MODIFY, Action.COUPLE)


def run_options(run: Run, taken: Taken) -> list[Outcome]:
    """Bring the taken codes or option values in step; the outcomes of the chunk, unchanged ones included."""
    read, way = (by_code if taken.side == "erp" else by_option), run.plan.direction
    entries = read(run, taken.keys)
    if way in run.request.directions:
        side = to_crm if way is TO else from_crm
        for entry in entries:
            side.decide(run, entry)
        side.write(run, entries)
        made = store.remember(run, entries)
        waiting.wake(
            run.plan.name, (), erp_ids=[e.erp_id for e in made if e.erp_id],
            crm_ids=[e.option.key for e in made if e.option],
        )  # fmt: skip
    elif run.request.named:
        way = next(iter(run.request.directions))
        for entry in entries:
            entry.decide(Action.SKIP, "direction_not_allowed")
    _put_back(run, taken, entries)
    return [_outcome(run, entry, way) for entry in entries if entry.action is not None]


def _put_back(run: Run, taken: Taken, entries: list[Entry]) -> None:
    """What failed is tried again: a code, or the option value that it comes from."""
    rows: dict[tuple[str, Key], tuple[str, bool]] = {
        (taken.side, key): (LOCKED, True) for key in taken.postponed[taken.side]
    }
    for entry in entries:
        if entry.problem is not None:
            rows[source_of(run, entry)] = (entry.problem.code, entry.problem.transient)
    put_back(run, rows)


def source_of(run: Run, entry: Entry) -> tuple[str, Key]:
    """(side, key) of the record that an entry comes from; of its code where the option value is gone."""
    if run.plan.direction is FROM and entry.option is not None:
        return "crm", entry.option.key
    return "erp", entry.erp_id or ""


def _outcome(run: Run, entry: Entry, way: Direction) -> Outcome:
    assert entry.action is not None
    label = entry.option.label if entry.option else entry.label
    code = entry.code or entry.label
    return Outcome(
        run.plan.name, way.value, entry.action, entry.reason, entry.erp_id, entry.option.key if entry.option else None,
        code, label or code, _params(entry), _changes(run, entry, way),
    )  # fmt: skip


def _params(entry: Entry) -> dict[str, Any]:
    if entry.action is Action.UNCOUPLE:
        return {"option_value": entry.value}
    return {} if entry.problem is None else dict(entry.problem.stored()["params"])


def _changes(run: Run, entry: Entry, way: Direction) -> dict[str, Any]:
    """{side: {field: [before, after]}} of what was written."""
    if entry.problem is not None or entry.action not in _WRITTEN:
        return {}
    side, name, after = ("crm", "label", entry.option.label if entry.option else "")
    if way is FROM:
        side, name, after = "erp", code_field(run), entry.code
    is_same = entry.before == after or (entry.action is Action.COUPLE and entry.before is None)
    return {} if is_same else {side: {name: [entry.before, after]}}
