"""Jobs with their chunks and outcome rows, what changed and what waits, schedules."""

from sync.models.chunk import Chunk
from sync.models.database import DatabaseMark
from sync.models.failure import Failure
from sync.models.full_sync import FullSyncLine
from sync.models.job import Job
from sync.models.match import Match
from sync.models.notification import FailureNotice, JobNotification, UntoldFailure, WebhookDelivery
from sync.models.outcome import OutcomeRow
from sync.models.pending_list import PendingItem
from sync.models.progress import Progress
from sync.models.queue import ChangeLog, Pending
from sync.models.retention import RetentionPolicy
from sync.models.schedule import Schedule
from sync.models.work_list import WorkItem

__all__ = [
    "ChangeLog",
    "Chunk",
    "DatabaseMark",
    "Failure",
    "FailureNotice",
    "FullSyncLine",
    "Job",
    "JobNotification",
    "Match",
    "OutcomeRow",
    "Pending",
    "PendingItem",
    "Progress",
    "RetentionPolicy",
    "Schedule",
    "UntoldFailure",
    "WebhookDelivery",
    "WorkItem",
]
