"""How long the log is kept: jobs with their results go by policy or by hand, what others refer to stays.

Kept whatever its age: a job that has not ended; one that an unsolved error names (of a coupling, an option mapping's
run, or a record without a coupling); one that another job refers to which stays, because it takes it back, follows it
or belongs to it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from coupling.models import Coupling
from people.audit import audit
from records import db
from sync.models import Chunk, Failure, FailureNotice, Job, OutcomeRow, RetentionPolicy

#: Jobs that are deleted in one transaction.
ROUND = 500
#: Policies are applied at this hour (UTC), when nobody works.
HOUR = 2

_REFERRED = """
WITH RECURSIVE wanted AS (SELECT unnest(%(ids)s::uuid[]) AS id),
named AS (
  SELECT unnest(ARRAY[k.last_job_to_crm, k.last_job_from_crm]) AS id FROM {coupling} k
  WHERE k.skipped OR k.broken OR k.error_to_crm IS NOT NULL OR k.error_from_crm IS NOT NULL
  UNION SELECT f.job_id FROM {failure} f),
kept AS (
  SELECT j.id FROM {job} j WHERE j.finished_at IS NULL OR j.id IN (SELECT id FROM named WHERE id IS NOT NULL)
    OR j.id NOT IN (SELECT id FROM wanted)
  UNION
  SELECT r.id FROM kept JOIN {job} j ON j.id = kept.id
  CROSS JOIN LATERAL (VALUES (CASE WHEN j.kind = 'undo' THEN (j.params ->> 'job')::uuid END),
    (CASE WHEN j.finished_at IS NULL THEN j.caused_by END), (CASE WHEN j.finished_at IS NULL THEN j.parent END)) AS r(id)
  WHERE r.id IS NOT NULL)
SELECT w.id FROM wanted w JOIN kept ON kept.id = w.id
"""


def delete(jobs: QuerySet[Job]) -> tuple[int, int]:
    """Delete these jobs with chunks, results and notices, except those that are referred to; (deleted, kept)."""
    wanted = [str(key) for key in jobs.values_list("pk", flat=True)]
    if not wanted:
        return 0, 0
    kept = referred(wanted)
    gone = [key for key in wanted if key not in kept]
    for start in range(0, len(gone), ROUND):
        part = gone[start : start + ROUND]
        with transaction.atomic():
            db.execute(f"DELETE FROM {FailureNotice._meta.db_table} WHERE job = ANY(%s::uuid[])", [part])
            for model in (OutcomeRow, Chunk):
                db.execute(f"DELETE FROM {model._meta.db_table} WHERE job_id = ANY(%s::uuid[])", [part])
            db.execute(f"DELETE FROM {Job._meta.db_table} WHERE id = ANY(%s::uuid[])", [part])
    return len(gone), len(kept)


def referred(wanted: list[str]) -> set[str]:
    """Those of these jobs that have to stay."""
    tables = {"coupling": Coupling, "failure": Failure, "job": Job}
    sql = _REFERRED.format(**{name: model._meta.db_table for name, model in tables.items()})
    return {key for (key,) in db.rows(sql, {"ids": wanted})}


# Policies


def expired(policy: RetentionPolicy, now: dt.datetime) -> QuerySet[Job]:
    """The ended jobs that a policy lets go."""
    old = Job.objects.filter(finished_at__lt=now - dt.timedelta(days=policy.days)).order_by("id")
    if policy.log == "previews":
        return old.filter(preview=True)
    failed = OutcomeRow.objects.filter(action="fail").values("job")
    with_errors = old.filter(preview=False)
    if policy.log == "failed":
        return with_errors.filter(state="failed") | with_errors.filter(pk__in=failed)
    return with_errors.exclude(state="failed").exclude(pk__in=failed)


def apply(policy: RetentionPolicy) -> tuple[int, int]:
    """Delete everything that this policy lets go, now; (deleted, kept)."""
    now = timezone.now()
    deleted, kept = delete(expired(policy, now))
    _note(policy, now, deleted, kept)
    return deleted, kept


def apply_due() -> None:
    """What a worker does between chunks: each policy once a night, by the one that moves its time on.

    A worker that dies meanwhile leaves the rest to the next night.
    """
    now = timezone.now()
    for policy in RetentionPolicy.objects.filter(enabled=True, due_at__lte=now):
        mine = RetentionPolicy.objects.filter(pk=policy.pk, due_at=policy.due_at).update(due_at=next_time(now))
        if mine:
            apply(policy)


def _note(policy: RetentionPolicy, now: dt.datetime, deleted: int, kept: int) -> None:
    values = {"applied_at": now, "deleted": deleted, "kept": kept, "due_at": next_time(now)}
    RetentionPolicy.objects.filter(pk=policy.pk).update(**values)
    if deleted:
        audit("retention_apply", target=policy.log, new={"days": policy.days, "deleted": deleted, "kept": kept})


def next_time(now: dt.datetime) -> dt.datetime:
    """The next night."""
    tonight = now.astimezone(dt.UTC).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return tonight if tonight > now else tonight + dt.timedelta(days=1)


def install(using: str = "default", **_: Any) -> None:
    """A policy for each part of the log; connected to `post_migrate` of this app."""
    from django.db import connections

    if RetentionPolicy._meta.db_table in connections[using].introspection.table_names():
        due = next_time(timezone.now())
        days = {"clean": 31, "failed": 31, "previews": 7}
        rows = [RetentionPolicy(log=log, days=n, due_at=due) for log, n in days.items()]
        RetentionPolicy.objects.using(using).bulk_create(rows, ignore_conflicts=True)
