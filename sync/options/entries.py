"""What a chunk of an option mapping looks at: codes, option values, and the rows that say which stands for which."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from coupling.gateways.base import Record, WriteContext
from coupling.models import OptionMapping
from coupling.plan import DeletionConflict, Key, OptionKey, Problem, unique
from coupling.services.option_mapping import OPTION_VALUES
from records import db
from records.schema import schema
from sync.engine.types import TO, Action

if TYPE_CHECKING:
    from sync.run import Run

_LABEL = 250


class Option(NamedTuple):
    """A row of crm.OptionValue."""

    key: Key
    version: int
    label: str


@dataclass(slots=True)
class Entry:
    """One code, one option value, or both of them, with the option mapping row that joins them (`id`).

    `erp_id`, `value`: what the row names, also where that is gone; `erp`, `option`: what is there. `label`: the option's
    text when they were last in step.
    """

    erp_id: Key | None = None
    value: int | None = None
    erp: Record | None = None
    code: str = ""
    option: Option | None = None
    id: Key | None = None
    label: str = ""
    version: int = 0
    skipped: bool = False
    error: dict[str, Any] | None = None
    action: Action | None = None
    reason: str = ""
    problem: Problem | None = None
    before: str | None = None  # what was overwritten: a label to CRM, a code from CRM

    def decide(self, action: Action, reason: str = "") -> None:
        """Say what happens."""
        self.action, self.reason = action, reason

    def fail(self, problem: Problem) -> None:
        """It does not go through; for the same permanent reason as the last time the row is set aside."""
        second = self.id is not None and problem.same_as(self.error) and not problem.transient
        self.action, self.reason, self.problem = (Action.SKIP if second else Action.FAIL), problem.code, problem
        self.skipped = self.skipped or second

    def lost(self, strategy: DeletionConflict, reason: str) -> None:
        """One of the two is gone, or both; `reason` says which, seen from the direction of the mapping."""
        both = self.erp is None and self.option is None
        if both or strategy is DeletionConflict.REMOVE_COUPLING:
            self.decide(Action.UNCOUPLE, reason)
        elif strategy is DeletionConflict.RESTORE and reason == "destination_deleted":
            self.decide(Action.INSERT, reason)
        else:
            self.fail(Problem(reason))


def code_field(run: Run) -> str:
    """The field of the code table that holds the code."""
    return next(line.erp for line in run.plan.fields if line.erp)


def option_key(run: Run) -> OptionKey:
    """The option set of the mapping."""
    assert run.plan.option is not None
    return run.plan.option


def context(run: Run) -> WriteContext:
    """How a run over an option mapping writes either side."""
    return WriteContext(actor=run.actor, origin=run.plan.name)


def by_code(run: Run, keys: Iterable[Key]) -> list[Entry]:
    """One entry for each code, also for those that are gone."""
    wanted = list(keys)
    rows = {row.erp_id: row for row in _rows(run, "erp_id", "uuid", wanted)}
    entries = [rows.get(key) or Entry(erp_id=key) for key in wanted]
    _fill(run, entries)
    return entries


def by_option(run: Run, keys: Iterable[Key]) -> list[Entry]:
    """One entry for each option value of the set; keys of other sets, and of values that are gone, have none."""
    found = dict(_options(run, "id", "uuid", list(keys)))
    rows = {row.value: row for row in _rows(run, "option_value", "int", list(found))}
    entries = [rows.get(value) or Entry(value=value) for value in found]
    _fill(run, entries)
    return entries


def _rows(run: Run, column: str, kind: str, values: list[Any]) -> list[Entry]:
    sql = (
        "SELECT erp_id, option_value, id, label, erp_version, skipped, error_to_crm::text "
        f"FROM {OptionMapping._meta.db_table} WHERE mapping_id = %s::uuid AND {column} = ANY(%s::{kind}[])"
    )
    return [
        Entry(erp_id, value, id=pk, label=label, version=version, skipped=skipped, error=json.loads(error or "null"))
        for erp_id, value, pk, label, version, skipped, error in db.rows(sql, [run.plan.id, values])
    ]


def _options(run: Run, column: str, kind: str, values: list[Any]) -> list[tuple[int, Option]]:
    table, option = schema(OPTION_VALUES), option_key(run)
    name = table.pk_column if column == "id" else column
    sql = (
        f'SELECT value, "{table.pk_column}", row_version, label FROM "{table.table}" WHERE entityname = %s '
        f'AND attributename = %s AND "{name}" = ANY(%s::{kind}[]) ORDER BY value'
    )
    rows = db.rows(sql, [option.entity, option.attribute, values])
    return [(value, Option(*rest)) for value, *rest in rows]


def _fill(run: Run, entries: list[Entry]) -> None:
    """Read the codes and the option values that the entries name."""
    name = code_field(run)
    records = run.erp.read_many(
        run.plan.erp_table, unique(e.erp_id for e in entries), [name, *run.plan.erp_filter_fields]
    )
    options = dict(_options(run, "value", "int", unique(e.value for e in entries)))
    for entry in entries:
        entry.erp = records.get(entry.erp_id or "")
        entry.code = str(entry.erp.values.get(name) or "")[:_LABEL] if entry.erp else ""
        entry.option = None if entry.value is None else options.get(entry.value)


def is_to_crm(run: Run) -> bool:
    """True for a mapping whose codes become options."""
    return run.plan.direction is TO
