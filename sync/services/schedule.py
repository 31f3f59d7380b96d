"""Job queue entries: change, run, hold, make ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from coupling.models import IntegrationTableMapping
from people.models import User
from records import writes
from records.errors import FieldError, Rejected
from records.schema import schema
from sync import schedules
from sync.models import Schedule
from sync.models.schedule import DAYS
from sync.services.mapping import mapping_run
from sync.services.rights import require
from sync.services.started import Started

FIELDS = (
    "interval_minutes",
    "inactivity_minutes",
    "starting_time",
    "ending_time",
    "time_zone",
    *(f"run_on_{day}" for day in DAYS),
    "maximum_attempts",
    "rerun_delay_seconds",
    "category",
)


@transaction.atomic
def schedule_update(*, user: User, entry: Schedule, values: Mapping[str, Any], version: int | None = None) -> Schedule:
    """Change when it runs; what is read-only is dropped. Raises PermissionDenied, Rejected, Stale."""
    require(user, "setup")
    described, given, errors = schema(Schedule), dict[str, Any](), list[FieldError]()
    for name, value in values.items():
        if name not in FIELDS:
            if name not in described and name not in ("page", "message"):
                errors.append(FieldError(name[:80], "unknown_field", {"field": name[:80]}))
            continue
        try:
            if described[name].kind == "int" and (value is None or isinstance(value, bool)):
                raise FieldError(name, "invalid_number", {"value": str(value)})
            given[name] = described[name].normalize(value)
        except FieldError as error:
            errors.append(error)
    if errors:
        raise Rejected(errors)
    writes.update(Schedule, [writes.Edit(str(entry.pk), given, version)], source="setup").single()
    return Schedule.objects.get(pk=entry.pk)


@transaction.atomic
def schedule_run(*, user: User, entry: Schedule) -> Started:
    """Run the entry's mapping now, whatever the entry's state. Raises as `mapping_run` does."""
    mapping = IntegrationTableMapping.objects.get(name=entry.mapping)
    started = mapping_run(user=user, mapping=mapping, mode="modified", category=entry.category)
    Schedule.objects.filter(pk=entry.pk).update(last_job=started.jobs[0].pk)
    return started


@transaction.atomic
def schedule_hold(*, user: User, entry: Schedule) -> Schedule:
    """Put on hold; a running job goes on."""
    require(user, "setup")
    schedules.hold(entry)
    return Schedule.objects.get(pk=entry.pk)


@transaction.atomic
def schedule_ready(*, user: User, entry: Schedule) -> Schedule:
    """Make ready: started by interval and by changes again."""
    require(user, "setup")
    schedules.ready(entry)
    return Schedule.objects.get(pk=entry.pk)


@transaction.atomic
def schedule_hold_all(*, user: User) -> list[Schedule]:
    """Put all entries on hold."""
    require(user, "setup")
    for entry in Schedule.objects.all():
        schedules.hold(entry)
    return list(Schedule.objects.order_by("mapping"))


@transaction.atomic
def schedule_ready_all(*, user: User) -> list[Schedule]:
    """Make all entries ready that are not running."""
    require(user, "setup")
    for entry in Schedule.objects.exclude(state="in_process"):
        schedules.ready(entry)
    return list(Schedule.objects.order_by("mapping"))
