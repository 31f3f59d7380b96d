"""What users can have done: synchronize, match, uncouple, cancel, take back, schedule, import.

Each service checks the right of its user, refuses with a code, writes its job in the caller's transaction and rings.
"""

from sync.services.follow_up import asks_about, job_follow_up
from sync.services.imports import applied, import_apply, import_preview, import_start, preview_of
from sync.services.jobs import (
    job_cancel,
    job_undo,
    jobs_delete,
    jobs_delete_entries,
    retention_apply,
    retention_update,
)
from sync.services.mapping import mapping_match, mapping_run, mapping_uncouple, mappings_run, sync_modified_all
from sync.services.partners import partners_couple
from sync.services.rights import require
from sync.services.schedule import (
    schedule_hold,
    schedule_hold_all,
    schedule_ready,
    schedule_ready_all,
    schedule_run,
    schedule_update,
)
from sync.services.started import Left, Started
from sync.services.sync_now import sync_now

__all__ = [
    "Left",
    "Started",
    "applied",
    "asks_about",
    "import_apply",
    "import_preview",
    "import_start",
    "job_cancel",
    "job_follow_up",
    "job_undo",
    "jobs_delete",
    "jobs_delete_entries",
    "mapping_match",
    "mapping_run",
    "mapping_uncouple",
    "mappings_run",
    "partners_couple",
    "preview_of",
    "require",
    "retention_apply",
    "retention_update",
    "schedule_hold",
    "schedule_hold_all",
    "schedule_ready",
    "schedule_ready_all",
    "schedule_run",
    "schedule_update",
    "sync_modified_all",
    "sync_now",
]
