"""What any worker does every few seconds, so that nothing depends on a message that may be lost."""

from __future__ import annotations

import logging

from django.db import connection

from records import db
from sync import changes, restored, retention, schedules
from sync.jobs import finish
from sync.models import Chunk, Job
from sync.models.chunk import LIVE
from sync.notifications import outbox

log = logging.getLogger(__name__)


def sweep() -> None:
    """Route changes, wake and start schedules, end jobs whose last worker died before ending them, tell of failed ones.

    Abandoned chunks and jobs whose bell was lost need nothing here: `claim` finds them.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    restored.look()
    sent = changes.route_all()
    schedules.wake(sent)
    schedules.tick()
    retention.apply_due()
    for job_id in overdue():
        log.info("job %s is ended by the sweep", job_id)
        finish.finish_if_done(job_id)
    outbox.send_due()


def overdue() -> list[str]:
    """Jobs in process without open work: their last worker died between its chunk and the job's end."""
    live = ", ".join(f"'{state}'" for state in LIVE)
    sql = (
        f"SELECT j.id FROM {Job._meta.db_table} j WHERE j.state = 'in_process' AND (j.cancel_requested OR NOT EXISTS "
        f"(SELECT 1 FROM {Chunk._meta.db_table} c WHERE c.job_id = j.id AND c.state IN ({live}))) "
        f"AND NOT EXISTS (SELECT 1 FROM {Job._meta.db_table} k WHERE k.parent = j.id AND k.finished_at IS NULL)"
    )
    return [row[0] for row in db.rows(sql)]
