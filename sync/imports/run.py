"""The executor of an import: all rows in one transaction.

Each batch of rows is parsed, checked and written by the same rules as on a page. Bad rows are collected; unless the
user said that they may be left out, one bad row takes everything back. A dry run always does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from django.db import transaction

from records import writes
from records.actor import acting
from records.batch import Row as Written
from records.errors import FieldError
from records.ids import uuid7
from records.schema import Schema, schema
from records.stage import copy_file, copy_into, copy_text
from records.values import parse_many
from sync.imports import store
from sync.imports.bad_rows import BadRow, BadRows
from sync.imports.columns import side_of
from sync.imports.progress import Reporter
from sync.imports.reader import Problem, Reader, Row
from sync.jobs.errors import StoppedError
from sync.jobs.results import COUNTERS, Done
from sync.models import Chunk, Job, OutcomeRow

BATCH = 2000
T = TypeVar("T")
_OUTCOME = ("id", "job_id", "chunk_id", "erp_id", "crm_id", "erp_key", "crm_name", "action", "reason", "params", "at")


@dataclass(slots=True)
class _Import:
    """What the steps share."""

    job: Job
    chunk: Chunk
    described: Schema
    columns: dict[str, str]
    null: str
    bad: BadRows
    spool: IO[str]  # outcome rows of a dry run, which must outlive its rollback
    inserted: int = 0
    processed: int = 0

    @property
    def side(self) -> str:
        return str(side_of(self.described.label))


class _TakenBack(Exception):
    """Ends the writing of a dry run, or of an import with bad rows."""


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Import the file of the job."""
    described = schema(job.param("table"))
    with tempfile.SpooledTemporaryFile(max_size=1 << 20, mode="w+", encoding="utf-8", newline="") as spool:
        work = _Import(job, chunk, described, job.param("columns"), job.param("null", "NULL"), BadRows(), spool)
        try:
            kept = _write(work)
            if kept:
                spool.seek(0)
                copy_file(OutcomeRow._meta.db_table, _OUTCOME, spool)
            _store_bad(work)
        finally:
            work.bad.close()
    counters = dict.fromkeys(COUNTERS, 0) | {"inserted": work.inserted if kept else 0, "failed": work.bad.count}
    if not kept and not job.preview:
        Job.objects.filter(pk=job.pk).update(message_code="import_refused", message_params={"count": work.bad.count})
    return Done({"": counters}, work.processed)


def _write(work: _Import) -> bool:
    """Write all rows; False where that was taken back."""
    skips = bool(work.job.param("skip_bad_rows"))
    try:
        with transaction.atomic():
            _rows(work)
            if work.job.preview or (work.bad.count and not skips):
                raise _TakenBack
    except _TakenBack:
        # a dry run counts what a real run would have stored
        return bool(work.job.preview) and (skips or not work.bad.count)
    return True


def _rows(work: _Import) -> None:
    with Reader(store.path_of(str(work.job.pk))) as reader, Reporter(str(work.job.pk)) as report:
        for rows in batches(reader, BATCH):
            if Job.objects.filter(pk=work.job.pk, cancel_requested=True).exists():
                raise StoppedError
            _batch(work, rows)
            work.processed += len(rows)
            report(work.processed)


def _batch(work: _Import, rows: list[Row]) -> None:
    """Parse and write some rows; each bad one is remembered, in the order of the file."""
    problems: dict[int, list[Problem]] = {row.line: row.problems for row in rows if row.problems}
    good = [row for row in rows if not row.problems]
    raws = [{name: _value(work, row.values[column]) for column, name in work.columns.items()} for row in good]
    values, errors = parse_many(work.described.model, raws, insert=True, lookup=True)
    lines: dict[str, Row] = {}
    accepted: list[dict[str, Any]] = []
    for row, parsed, found in zip(good, values, errors, strict=True):
        if found:
            problems[row.line] = [_problem(work, row, error) for error in found]
            continue
        key = str(parsed.get(work.described.pk) or uuid7())
        lines[key] = row
        accepted.append({**parsed, "pk": key})
    if accepted:
        _insert(work, accepted, lines, problems)
    for line in sorted(problems):
        work.bad.add(BadRow(line, problems[line]))


def _value(work: _Import, text: str) -> str | None:
    return None if text == work.null else text


def _insert(
    work: _Import, values: list[dict[str, Any]], lines: dict[str, Row], problems: dict[int, list[Problem]]
) -> None:
    with acting(work.job.requested_by, "import"):
        done = writes.insert(work.described.model, values, source="import")
    for refused in done.rejected:
        row = lines[refused.pk]
        problems[row.line] = [_problem(work, row, error) for error in refused.errors]
    work.inserted += len(done.rows)
    rows = [_inserted(work, row) for row in done.rows]
    if work.job.preview:
        work.spool.write(copy_text(rows))
    else:
        copy_into(OutcomeRow._meta.db_table, _OUTCOME, rows)


def _problem(work: _Import, row: Row, error: FieldError) -> Problem:
    column = next((c for c, name in work.columns.items() if name == error.field), error.field)
    return Problem(column, row.values.get(column, "")[:100], error.code, dict(error.params))


def _inserted(work: _Import, row: Written) -> Sequence[Any]:
    key, name = _titles(work, row)
    erp = work.side == "erp"
    return [
        *(uuid7(), str(work.job.pk), work.chunk.pk, row.pk if erp else None, None if erp else row.pk),
        *(key if erp else "", "" if erp else name, "insert", "created", {}, "now"),
    ]


def _titles(work: _Import, row: Written) -> tuple[str, str]:
    title = work.described.model.Record.title
    key = work.described.natural_key or title[0]
    return str(row.get(key) or "")[:250], str(row.get(title[-1]) or "")[:250]


def _store_bad(work: _Import) -> None:
    """One outcome row for each bad row of the file."""
    head = (str(work.job.pk), work.chunk.pk, None, None, "", "")
    for part in batches(work.bad, 5000):
        rows: list[Sequence[Any]] = [[uuid7(), *head, "fail", code, params, "now"] for code, params in part]
        copy_into(OutcomeRow._meta.db_table, _OUTCOME, rows)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most so many."""
    found: list[T] = []
    for item in items:
        found.append(item)
        if len(found) == size:
            yield found
            found = []
    if found:
        yield found
