"""Figures of the job machinery, read from the settings when they are needed (`SYNC_...`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings

_DEFAULTS: dict[str, Any] = {
    # A worker that is silent for longer has lost its chunk. Short: while its transaction lives, a lock protects the
    # chunk whatever the lease says; the lease covers the moment before it and ends a frozen worker's transaction.
    "SYNC_LEASE_SECONDS": 20,
    "SYNC_CHUNK_SIZE": 5000,  # records of one transaction at most
    "SYNC_CHUNK_LEAST": 1000,
    "SYNC_CHUNKS_SHOWN": 20,  # small jobs are cut into about so many chunks, so that their progress can be seen
    "SYNC_MAX_ATTEMPTS": 10,  # attempts of a chunk before its job fails
    "SYNC_MAX_LOSSES": 2,  # lost workers before a chunk is worked off record by record in a process of its own
    "SYNC_ALONE_SECONDS": 10.0,  # the longest that one record may take there
    "SYNC_ALONE_MB": 1024,  # the memory that this process may have
    "SYNC_SILENT_SECONDS": 30.0,  # a worker whose chunk asks nothing of the database for so long ends; above the lease
    "SYNC_CHUNK_SECONDS": 900.0,  # so does one whose chunk (other than an import) takes longer altogether
    "SYNC_TASK_SECONDS": 1.0,  # a task runs chunks for so long, then rings again
    "SYNC_BELL_EXPIRES": 30,
    "SYNC_BELL_SILENCE": 15.0,  # no bell is rung for so long after one that the broker did not take; sweeps go on
    "SYNC_WAKE_SECONDS": 5,  # a change of a coupled record starts its mapping's job after so long
    "SYNC_PREVIEW_HOLD_SECONDS": 5.0,  # after so long a preview lets go of records that somebody waits for
    "SYNC_STATEMENT_SECONDS": 120,
    "SYNC_LOCK_MS": 500,
    "SYNC_JOBS_PER_USER": 100,  # jobs of one user that wait; the next one is refused (429)
    "IMPORT_MAX_BYTES": 500_000_000,
    "IMPORT_SHOWN_ERRORS": 1000,
}


def value(name: str) -> Any:
    """The setting, or its default; a misspelt name is an error."""
    return getattr(settings, name, _DEFAULTS[name])
