"""`manage.py import_records TABLE FILE --map COLUMN=field ...`: a CSV file or Excel workbook as a job, done here and now.

Exit code 0, or 1 with line, column, value and reason of each bad row on stderr; then nothing was stored (unless
`--skip-bad-rows` was given).
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from records.errors import Rejected
from records.messages import text
from sync import bell, conf, selectors
from sync.imports import store
from sync.jobs import drain
from sync.models import Job
from sync.services import import_start


class Command(BaseCommand):
    """Import records from a CSV file or an Excel workbook."""

    help = "Import records from a CSV file or an Excel workbook, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", help="for example erp.Customer")
        parser.add_argument("file", help="a CSV file in UTF-8, or an Excel workbook, with a head line")
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=field", dest="columns", nargs="+")
        parser.add_argument("--null", default="NULL", metavar="WORD", help="the word for a missing value")
        parser.add_argument("--sheet", default="", help="of a workbook; the first one if left out")
        parser.add_argument("--edit", action="store_true", help="a workbook made by Edit in Excel: write its changes")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument("--skip-bad-rows", action="store_true", help="import the good rows of a file with bad ones")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        with bell.muted():  # done here, not by a worker
            self.load(path, options)

    def load(self, path: Path, options: dict[str, Any]) -> None:
        """Store the file, do its job and report."""
        try:
            with path.open("rb") as file:
                started = import_start(
                    user=None,
                    table=options["table"],
                    blocks=store.blocks_of(file),
                    columns=self.pairs([pair for group in options["columns"] for pair in group]),
                    null=options["null"],
                    dry_run=options["dry_run"],
                    skip_bad_rows=options["skip_bad_rows"],
                    file_name=path.name,
                    sheet=options["sheet"],
                    edit=options["edit"],
                )
        except OSError as error:
            self.refuse([f"{path}: {error.strerror}"])
        except Rejected as error:
            self.refuse([text(e.code, e.params) for e in error.errors])
        (job,) = started.jobs
        drain(only=str(job.pk))
        selectors.wait([str(job.pk)], 3600)  # a worker may have been faster
        self.report(Job.objects.get(pk=job.pk))

    def pairs(self, given: list[str]) -> dict[str, str] | None:
        """{column: field}; a column may hold equals signs, a field may not."""
        bad = [pair for pair in given if "=" not in pair]
        if bad:
            self.refuse([f"--map {bad[0]}: COLUMN=field"])
        return {column.strip(): field.strip() for column, _, field in (pair.rpartition("=") for pair in given)} or None

    def report(self, job: Job) -> None:
        """Say what came of it; exit 1 when rows were bad or the job failed."""
        shown = int(conf.value("IMPORT_SHOWN_ERRORS"))
        counters = job.counters.get("", {})
        inserted, failed = counters.get("inserted", 0), counters.get("failed", 0)
        for row in selectors.outcome_rows(job, failed_only=True)[:shown]:
            params = row.params
            where = (
                f"line {params['line']}, column {params['column']}" if params["column"] else f"line {params['line']}"
            )
            self.stderr.write(f"{where}, value {params['value']!r}: {text(row.reason, params)}")
        if failed > shown:
            self.stderr.write(f"... {failed - shown} more")
        if job.state != "finished":
            self.refuse([text(job.message_code, job.message_params) if job.message_code else job.state])
        word = "would be imported" if job.preview else "imported"
        changed = f", {counters.get('modified', 0)} changed" if job.param("edit") else ""
        self.stdout.write(f"{inserted} rows {word}{changed}, {failed} bad rows")
        if failed and not job.param("skip_bad_rows"):
            sys.exit(1)

    def refuse(self, lines: list[str]) -> None:
        """End with an error."""
        for line in lines:
            self.stderr.write(line)
        sys.exit(1)
