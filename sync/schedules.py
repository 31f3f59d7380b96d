"""Job queue entries: made with their mappings, started when due or when something changed, on hold without a connection.

Whether an entry is due is decided by its row, locked and moved on in the transaction that writes the job: however many
workers and schedulers look at it, a tick starts one job.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coupling import registry
from coupling.models import Connection, Coupling, IntegrationTableMapping
from coupling.probe import lasting_fault
from coupling.services.connection import connection_disable
from records import db
from sync import conf, order
from sync.jobs.submit import Request, submit
from sync.models import DatabaseMark, Job, Pending, Schedule
from sync.models.schedule import SHORTEST
from sync.recurrence import first_from, next_after

_NO_ERROR: dict[str, Any] = {"error_code": "", "error_params": {}, "attempts": 0}
WAITING = ("ready", "on_hold_inactive")
#: Counters that show that a run found something to do.
_ACTIVE = ("inserted", "modified", "deleted", "failed")
#: Ends of jobs that another attempt may not meet.
_MAY_PASS = ("unavailable", "locked", "internal_error", "every_record_fails")


def ensure() -> None:
    """An entry for each mapping, with the minutes of its declaration; entries of removed mappings go."""
    names = set(IntegrationTableMapping.objects.values_list("name", flat=True))
    known = set(Schedule.objects.values_list("mapping", flat=True))
    if names == known:
        return
    enabled, now = Connection.load().enabled, timezone.now()
    Schedule.objects.bulk_create(
        (_new(name, now, enabled=enabled) for name in sorted(names - known)), ignore_conflicts=True
    )
    Schedule.objects.filter(mapping__in=known - names).delete()


def _new(name: str, now: dt.datetime, *, enabled: bool) -> Schedule:
    declared = registry.declaration(name)
    interval = declared.interval_minutes if declared else 30
    return Schedule(
        mapping=name,
        interval_minutes=interval,
        inactivity_minutes=declared.inactivity_minutes if declared else 720,
        state="ready" if enabled else "on_hold",
        held_by_connection=not enabled,
        **({"next_run_at": now + dt.timedelta(minutes=interval)} if enabled else {}),
    )


def follow_connection(*, enabled: bool) -> None:
    """Disabling puts all entries on hold; enabling makes those ready again that were put on hold by it."""
    if enabled:
        for entry in Schedule.objects.select_for_update().filter(held_by_connection=True):
            _make_ready(entry)
        return
    Schedule.objects.exclude(state="on_hold").update(state="on_hold", held_by_connection=True, next_run_at=None)


# Starting


def tick() -> list[Job]:
    """Start what is due, in dependency order: an entry waits for those it depends on that start with it."""
    due = Q(state__in=WAITING, next_run_at__lte=timezone.now())
    if not Schedule.objects.filter(due).exists() or DatabaseMark.is_comparison_awaited() or not _connection_serves():
        return []
    with transaction.atomic():
        entries = {e.mapping: e for e in Schedule.objects.select_for_update(skip_locked=True).filter(due)}
        depends_on = order.stored_dependencies()
        started: dict[str, Job] = {}
        for name in order.in_order(entries, depends_on):
            first = order.dependencies_among(name, started, depends_on)
            started[name] = _start(entries[name], after=[str(started[f].pk) for f in first])
    return list(started.values())


def _connection_serves() -> bool:
    """True with an enabled connection. One that will not heal by itself is disabled, with the reason."""
    connection = Connection.load()
    fault = lasting_fault(connection) if connection.enabled else None
    if fault is not None:
        connection_disable(code=fault.code, params=fault.params)
    return connection.enabled and fault is None


def _start(entry: Schedule, *, after: Iterable[str]) -> Job:
    mapping = IntegrationTableMapping.objects.get(name=entry.mapping)
    job = submit(
        Request(
            kind="modified",
            user_name=Connection.load().user_name,
            mapping=entry.mapping,
            direction=mapping.direction,
            by_user=False,
            whole=True,
            after=after,
            schedule=str(entry.pk),
            due_at=entry.next_run_at,
            category=entry.category,
        )
    )
    Schedule.objects.filter(pk=entry.pk).update(state="in_process", next_run_at=None, last_job=job.pk)
    return job


def job_ended(job: Job) -> None:
    """The entry that waits for this job goes on: ready, on hold because nothing happened, or in error.

    The job need not be one of its own: a tick that finds a run asked for by a user waits for that one.
    """
    entry = Schedule.objects.select_for_update().filter(last_job=job.pk, state="in_process").first()
    if entry is None:
        return
    if job.state == "failed" and job.message_code != "mapping_changed":
        _failed(entry, job)
        return
    if any(counts.get(name) for counts in job.counters.values() for name in _ACTIVE) or job.state != "finished":
        _make_ready(entry)
    else:
        minutes = entry.inactivity_minutes
        later = next_after(timezone.now(), replace(entry.recurrence, minutes=minutes)) if minutes else None
        Schedule.objects.filter(pk=entry.pk).update(state="on_hold_inactive", next_run_at=later, **_NO_ERROR)
    wake({entry.mapping: 1})


def _failed(entry: Schedule, job: Job) -> None:
    """Once more after the delay where the reason may pass and attempts are left; else the entry stops."""
    attempts = entry.attempts + 1
    values: dict[str, Any] = {
        "attempts": attempts, "error_code": job.message_code, "error_params": job.message_params,
    }  # fmt: skip
    if job.message_code in _MAY_PASS and attempts < entry.maximum_attempts:
        again = timezone.now() + dt.timedelta(seconds=entry.rerun_delay_seconds)
        values |= {"state": "ready", "next_run_at": again}
    else:
        values |= {"state": "error", "next_run_at": None}
    Schedule.objects.filter(pk=entry.pk).update(**values)


# Waking


def wake(sent: dict[str, int]) -> None:
    """Bring the entries forward for which something waits: many changes make one job.

    A mapping wakes for fresh changes of coupled records (of any record where it also creates), and for records whose
    pause after a passing error is over.
    """
    names = {*sent, *_paused_no_longer()}
    if not names:
        return
    asleep = Schedule.objects.filter(mapping__in=names, state__in=WAITING).filter(
        Q(next_run_at=None)
        | Q(next_run_at__gt=timezone.now() + dt.timedelta(seconds=2 * conf.value("SYNC_WAKE_SECONDS")))
    )
    soon = timezone.now() + dt.timedelta(seconds=conf.value("SYNC_WAKE_SECONDS"))
    for entry in asleep:
        due = first_from(soon, entry.recurrence)
        if _has_reason_to_wake(entry.mapping) and (entry.next_run_at is None or (due and due < entry.next_run_at)):
            Schedule.objects.filter(pk=entry.pk, state__in=WAITING).update(state="ready", next_run_at=due)


def _paused_no_longer() -> list[str]:
    sql = f"SELECT DISTINCT mapping FROM {Pending._meta.db_table} WHERE not_before <= clock_timestamp()"
    return [name for (name,) in db.rows(sql)]


def _has_reason_to_wake(name: str) -> bool:
    mapping = IntegrationTableMapping.objects.filter(name=name).first()
    if mapping is None or mapping.disable_event_job_resch:
        return False
    fresh = "(p.not_before <= clock_timestamp() OR (p.not_before IS NULL AND p.reason IN ('', 'dependency')))"
    coupled = (
        f"EXISTS (SELECT 1 FROM {Coupling._meta.db_table} k WHERE k.pair = p.mapping "
        "AND CASE WHEN p.side = 'erp' THEN k.erp_id ELSE k.crm_id END = p.record)"
    )
    sql = (
        f"SELECT 1 FROM {Pending._meta.db_table} p WHERE p.mapping = %s AND {fresh} "
        f"AND ({'TRUE' if not mapping.only_coupled else coupled}) LIMIT 1"
    )
    return db.one(sql, [name]) is not None


def warnings(entry: Schedule) -> list[tuple[str, dict[str, Any]]]:
    """What is allowed and does no good: codes with parameters."""
    return [("runs_too_often", {"minutes": SHORTEST})] if entry.is_too_often else []


# What users do


def hold(entry: Schedule) -> None:
    """Never started by interval or change until it is made ready; a running job goes on."""
    Schedule.objects.filter(pk=entry.pk).update(state="on_hold", held_by_connection=False, next_run_at=None)


def ready(entry: Schedule) -> None:
    """Started by interval and by changes again; without a connection as soon as there is one."""
    if Connection.load().enabled:
        _make_ready(entry)
    else:
        Schedule.objects.filter(pk=entry.pk).update(state="on_hold", held_by_connection=True, next_run_at=None)


def _make_ready(entry: Schedule) -> None:
    next_run = next_after(timezone.now(), entry.recurrence)
    Schedule.objects.filter(pk=entry.pk).update(
        state="ready", held_by_connection=False, next_run_at=next_run, **_NO_ERROR
    )


# Signals of coupling


def on_connection_changed(*, enabled: bool, **_: Any) -> None:
    """Receiver of `connection_changed`."""
    ensure()
    follow_connection(enabled=enabled)


def on_mappings_changed(**_: Any) -> None:
    """Receiver of `mappings_changed`: entries and change log follow the mappings."""
    from sync.changes import install

    ensure()
    install.install()
