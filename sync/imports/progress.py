"""Tells how far a long transaction is, through a connection of its own."""

from __future__ import annotations

import time

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sync.models import Progress

FIRST_SECONDS, EACH_SECONDS = 0.5, 0.3
_SQL = (
    f"INSERT INTO {Progress._meta.db_table} (job, processed) VALUES (%s, %s) "
    "ON CONFLICT (job) DO UPDATE SET processed = excluded.processed"
)


class Reporter:
    """Call it with the number of records so far; short imports never open the second connection."""

    def __init__(self, job_id: str) -> None:
        """The job whose progress it is."""
        self.job_id = job_id
        self.connection: BaseDatabaseWrapper | None = None
        self.due = time.monotonic() + FIRST_SECONDS

    def __enter__(self) -> Reporter:
        return self

    def __exit__(self, *_: object) -> None:
        if self.connection is not None:
            self.connection.close()

    def __call__(self, processed: int) -> None:
        """Tell, when the last time is a while ago."""
        if time.monotonic() < self.due:
            return
        if self.connection is None:
            self.connection = connections.create_connection("default")
        with self.connection.cursor() as cursor:
            cursor.execute(_SQL, [self.job_id, processed])
        self.due = time.monotonic() + EACH_SECONDS
