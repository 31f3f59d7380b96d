"""A database that was restored from a backup: noticed, and compared before anything runs by itself again.

A backup is older than the other side, or than some of the tables: couplings may name records that are gone, and records
made since have none. Nothing of that is in the change log. So scheduled runs wait until every value was compared, which
lists the differences and writes nothing, or until somebody says that it is not needed.

A restored dump has other object numbers than the tables it took the place of, and mostly another cluster. A copy of the
whole data folder has the same: there both sides, the couplings and the queues are of one moment, and nothing differs.
"""

from __future__ import annotations

import time

from django.db import transaction
from django.db.models.functions import Now

from coupling.models import IntegrationTableMapping
from people.audit import audit
from people.models import User
from records import db
from records.schema import schema
from sync.changes.routes import watched_tables
from sync.models import DatabaseMark, Job, Pending
from sync.services.mapping import mappings_run
from sync.services.rights import require
from sync.services.started import Started
from sync.tables import coupling_table

LOOK_SECONDS = 60.0


class _Looked:
    """When this process looks again (monotonic clock)."""

    again = 0.0


def look() -> None:
    """What a sweep does: `check`, from time to time."""
    if time.monotonic() >= _Looked.again:
        check()
        _Looked.again = time.monotonic() + LOOK_SECONDS


def check() -> bool:
    """See whether this is another database than the last time, and whether a comparison has ended; is one awaited?"""
    with transaction.atomic():
        now = identity()
        kept, is_new = DatabaseMark.objects.select_for_update().get_or_create(pk=1, defaults={"identity": now})
        if not is_new and _is_another(kept.identity, now):
            DatabaseMark.objects.update(identity=now, restored_at=Now(), compare_run=None)
            return True
        if kept.identity != now:
            DatabaseMark.objects.update(identity=now)
        if kept.restored_at is not None and kept.compare_run is not None and _is_compared(str(kept.compare_run)):
            DatabaseMark.objects.update(restored_at=None, compare_run=None)
            return False
        return kept.restored_at is not None


def identity() -> dict[str, str]:
    """The numbers of cluster, database, and the tables that have to fit together."""
    tables = [*(schema(label).table for label in watched_tables()), coupling_table(), Pending._meta.db_table]
    found = dict(
        db.rows(
            "SELECT relname::text, oid::text FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = current_schema()::regnamespace AND relname = ANY(%s)",
            [tables],
        )
    )
    row = db.one(
        "SELECT (SELECT system_identifier FROM pg_control_system())::text, "
        "(SELECT oid FROM pg_database WHERE datname = current_database())::text"
    )
    assert row is not None
    return {**found, "cluster": row[0], "database": row[1]}


def _is_another(kept: dict[str, str], now: dict[str, str]) -> bool:
    """Tables that came or went meanwhile say nothing."""
    return any(now[name] != number for name, number in kept.items() if name in now)


def _is_compared(run: str) -> bool:
    """The comparison has ended; one that failed or was cancelled is begun anew."""
    states = set(Job.objects.filter(run_id=run).values_list("state", flat=True))
    if states & {"failed", "cancelled"}:
        DatabaseMark.objects.update(compare_run=None)
        return False
    return states == {"finished"}


# What users do


@transaction.atomic
def compare_everything(*, user: User) -> Started:
    """Compare every value of every mapping in previews: the differences are listed, nothing is written.

    Raises PermissionDenied and Refused.
    """
    mappings = list(IntegrationTableMapping.objects.all())
    started = mappings_run(user=user, mappings=mappings, mode="full_unconditional", preview=True)
    awaited = DatabaseMark.objects.filter(restored_at__isnull=False)
    if started.jobs:
        awaited.update(compare_run=started.jobs[0].run_id)
    else:  # no mapping, no difference
        awaited.update(restored_at=None)
    return started


@transaction.atomic
def comparison_not_needed(*, user: User) -> None:
    """Let scheduled runs go on without it. Raises PermissionDenied."""
    require(user, "setup")
    if DatabaseMark.objects.filter(restored_at__isnull=False).update(restored_at=None, compare_run=None):
        audit("comparison_not_needed")
