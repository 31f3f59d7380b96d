"""How long a preview may go on: not when it was cancelled, and not while somebody waits for what it holds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Self

from records import db
from sync import conf
from sync.imports.progress import Reporter
from sync.jobs.errors import StoppedError
from sync.models import Job

_WAITS = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"


class DisturbedError(Exception):
    """The preview has to let go, or what it rests on has changed: it begins anew."""


def somebody_waits() -> bool:
    """True when another transaction waits for a lock of this one."""
    row = db.one(_WAITS)
    return bool(row and row[0])


class Patience:
    """Asked after each chunk; tells how far the preview is.

    `others`: jobs whose cancelling ends it too. `gives_way=False`: it cannot be divided and holds what it has.
    """

    def __init__(self, job: Job, *, gives_way: bool = True, others: Sequence[str] = ()) -> None:
        """The preview whose transaction begins now."""
        self.jobs = [str(job.pk), *others]
        self.gives_way = gives_way
        self.tell = Reporter(str(job.pk))
        self.until = time.monotonic() + conf.value("SYNC_PREVIEW_HOLD_SECONDS")
        self.processed = 0

    def __enter__(self) -> Self:
        self.tell.__enter__()
        return self

    def __exit__(self, *what: object) -> None:
        self.tell.__exit__(*what)

    def after(self, processed: int) -> None:
        """So many more records were looked at. Raises StoppedError or DisturbedError."""
        self.processed += processed
        self.tell(self.processed)
        if Job.objects.filter(pk__in=self.jobs, cancel_requested=True).exists():
            raise StoppedError
        if self.gives_way and time.monotonic() >= self.until and somebody_waits():
            raise DisturbedError
