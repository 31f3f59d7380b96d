"""The executor of an import: all rows in one transaction.

Each batch of rows is parsed, checked and written by the same rules as on a page. Bad rows are collected; unless the
user said that they may be left out, one bad row takes everything back. A dry run always does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone, translation

from records.ids import uuid7
from records.schema import schema
from records.stage import copy_file, copy_into
from sync.imports import store
from sync.imports.bad_rows import BadRow, BadRows
from sync.imports.base import OUTCOME, Problems, Work, insert
from sync.imports.edit import Batches
from sync.imports.files import AnyReader, open_back, open_file
from sync.imports.progress import Reporter
from sync.imports.rows import Row
from sync.imports.workbook import WorkbookReader
from sync.jobs.errors import StoppedError
from sync.jobs.results import COUNTERS, Done
from sync.models import Chunk, Job, OutcomeRow

BATCH = 2000
T = TypeVar("T")


class _TakenBack(Exception):
    """Ends the writing of a dry run, or of an import with bad rows."""


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Import the file of the job."""
    described = schema(job.param("table"))
    with tempfile.SpooledTemporaryFile(max_size=1 << 20, mode="w+", encoding="utf-8", newline="") as spool:
        work = Work(job, chunk, described, job.param("columns"), job.param("null", "NULL"), BadRows(), spool)
        try:
            kept = _write(work)
            if kept:
                spool.seek(0)
                copy_file(OutcomeRow._meta.db_table, OUTCOME, spool)
            _store_bad(work)
        finally:
            work.bad.close()
    counters = dict.fromkeys(COUNTERS, 0) | {"failed": work.bad.count, "unchanged": work.unchanged}
    if kept:
        counters |= {"inserted": work.inserted, "modified": work.modified}
    elif not job.preview:
        Job.objects.filter(pk=job.pk).update(message_code="import_refused", message_params={"count": work.bad.count})
    return Done({"": counters}, work.processed)


def _write(work: Work) -> bool:
    """Write all rows; False where that was taken back."""
    skips = bool(work.job.param("skip_bad_rows"))
    try:
        with transaction.atomic():
            _rows(work)
            if work.job.preview or (work.bad.count and not skips):
                raise _TakenBack
    except _TakenBack:
        # a dry run counts what a real run would have stored; what is sent back is looked at row by row
        return bool(work.job.preview) and (skips or not work.bad.count or bool(work.job.param("edit")))
    return True


def _rows(work: Work) -> None:
    with ExitStack() as stack:
        reader = _opened(work)
        stack.push(reader.__exit__)
        report = stack.enter_context(Reporter(str(work.job.pk)))
        write = _writer(work, reader, stack)
        for rows in batches(reader, BATCH):
            if Job.objects.filter(pk=work.job.pk, cancel_requested=True).exists():
                raise StoppedError
            _batch(work, rows, write)
            work.processed += len(rows)
            report(work.processed)


def _opened(work: Work) -> AnyReader:
    path = store.path_of(str(work.job.param("file") or work.job.pk))
    return open_back(path) if work.job.param("edit") else open_file(path, str(work.job.param("sheet", "")))


def _writer(work: Work, reader: AnyReader, stack: ExitStack) -> Callable[[Sequence[Row], Problems], None]:
    """What writes good rows: as new records, or as what became of a workbook, read as it was made."""
    if isinstance(reader, WorkbookReader) and reader.mark is not None:
        work.captions = reader.captions
        stack.enter_context(translation.override(reader.mark.language))
        batches_ = Batches(work, reader.mark.time_zone)
        stack.enter_context(timezone.override(batches_.zone))
        return batches_.write
    return lambda rows, problems: insert(work, [(row, _raw(work, row)) for row in rows], problems)


def _raw(work: Work, row: Row) -> dict[str, Any]:
    values = {name: row.values[column] for column, name in work.columns.items()}
    return {name: None if text == work.null else text for name, text in values.items()}


def _batch(work: Work, rows: list[Row], write: Callable[[Sequence[Row], Problems], None]) -> None:
    """Parse and write some rows; each bad one is remembered, in the order of the file."""
    problems: Problems = {row.line: row.problems for row in rows if row.problems}
    write([row for row in rows if not row.problems], problems)
    keys = {row.line: row.tag[0] for row in rows if row.line in problems and row.tag[0]}
    for line in sorted(problems):
        work.bad.add(BadRow(line, problems[line], keys.get(line, "")))


def _store_bad(work: Work) -> None:
    """One outcome row for each bad row of the file."""
    for part in batches(work.bad, 5000):
        rows: list[Sequence[Any]] = []
        for code, params, key in part:
            ids = (key or None, None) if work.side == "erp" else (None, key or None)
            head = (uuid7(), str(work.job.pk), work.chunk.pk, *ids, "", "")
            rows.append([*head, "fail", code, params, {}, "now"])
        copy_into(OutcomeRow._meta.db_table, OUTCOME, rows)


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
