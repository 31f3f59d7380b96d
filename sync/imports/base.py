"""What the steps of an import share: the work and its counts, problems of rows, and the outcome rows it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from records import writes
from records.actor import acting
from records.batch import Row as Written
from records.errors import FieldError
from records.ids import uuid7
from records.schema import Schema
from records.stage import copy_into, copy_text
from records.values import parse_many
from sync.imports.bad_rows import BadRows
from sync.imports.columns import side_of
from sync.imports.rows import Problem, Row, shown
from sync.models import Chunk, Job, OutcomeRow

OUTCOME = (
    "id", "job_id", "chunk_id", "erp_id", "crm_id", "erp_key", "crm_name", "action", "reason", "params", "changes", "at",
)  # fmt: skip
Problems = dict[int, list[Problem]]


@dataclass(slots=True)
class Work:
    """One import. `columns`: {column: field}. `spool`: outcome rows of a dry run, which outlive its rollback."""

    job: Job
    chunk: Chunk
    described: Schema
    columns: dict[str, str]
    null: str
    bad: BadRows
    spool: IO[str]
    inserted: int = 0
    modified: int = 0
    unchanged: int = 0
    processed: int = 0
    captions: Mapping[str, str] = field(default_factory=dict)

    @property
    def side(self) -> str:
        """The side of the table."""
        return str(side_of(self.described.label))

    def problem(self, row: Row, error: FieldError) -> Problem:
        """An error of a field, at the column it came from."""
        column = next((c for c, name in self.columns.items() if name == error.field), error.field)
        said = self.captions.get(column, column)
        return Problem(said, shown(row.values.get(column, "")), error.code, dict(error.params))

    def keep(self, rows: Sequence[Sequence[Any]]) -> None:
        """Store outcome rows; those of a dry run on disk until all has been taken back."""
        if self.job.preview:
            self.spool.write(copy_text(rows))
        else:
            copy_into(OutcomeRow._meta.db_table, OUTCOME, rows)

    def outcome(self, row: Written, action: str, reason: str, changes: Mapping[str, Any]) -> Sequence[Any]:
        """The outcome row of a written record; `changes`: {field: [before, after]}."""
        key, name = self._titles(row)
        is_erp = self.side == "erp"
        ids = (row.pk, None, key, "") if is_erp else (None, row.pk, "", name)
        written = {self.side: dict(changes)} if changes else {}
        return [uuid7(), str(self.job.pk), self.chunk.pk, *ids, action, reason, {}, written, "now"]

    def _titles(self, row: Written) -> tuple[str, str]:
        title = self.described.model.Record.title
        key = self.described.natural_key or title[0]
        return str(row.get(key) or "")[:250], str(row.get(title[-1]) or "")[:250]


def insert(work: Work, good: Sequence[tuple[Row, dict[str, Any]]], problems: Problems, *, told: bool = False) -> None:
    """Create records from rows and their raw values. `told`: outcome rows show the given values."""
    values, errors = parse_many(work.described.model, [raw for _row, raw in good], insert=True, lookup=True)
    lines: dict[str, Row] = {}
    accepted: list[dict[str, Any]] = []
    for (row, _raw), parsed, found in zip(good, values, errors, strict=True):
        if found:
            problems[row.line] = [work.problem(row, error) for error in found]
            continue
        key = str(parsed.get(work.described.pk) or uuid7())
        lines[key] = row
        accepted.append({**parsed, "pk": key})
    if not accepted:
        return
    with acting(work.job.requested_by, "import"):
        done = writes.insert(work.described.model, accepted, source="import")
    for refused in done.rejected:
        row = lines[refused.pk]
        problems[row.line] = [work.problem(row, error) for error in refused.errors]
    work.inserted += len(done.rows)
    work.keep([work.outcome(row, "insert", "created", _given(row) if told else {}) for row in done.rows])


def _given(row: Written) -> dict[str, Any]:
    from coupling.plan import jsonable

    return {name: [None, jsonable(row.get(name))] for name in row.given if name != "pk" and row.get(name)}
