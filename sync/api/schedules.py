"""/schedules/: job queue entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pages.api import ApiView, ApiViewSet, body_object, if_match, record_at, telling_stored, versioned
from sync import selectors, services
from sync.api.base import started_response
from sync.models import Schedule


class ScheduleSerializer(serializers.Serializer):
    """A job queue entry as it is answered."""

    id = serializers.UUIDField(read_only=True)
    mapping = serializers.CharField(read_only=True)
    interval_minutes = serializers.IntegerField()
    inactivity_minutes = serializers.IntegerField()
    starting_time = serializers.CharField(allow_blank=True)
    ending_time = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField(allow_blank=True)
    run_on_mondays = serializers.BooleanField()
    run_on_tuesdays = serializers.BooleanField()
    run_on_wednesdays = serializers.BooleanField()
    run_on_thursdays = serializers.BooleanField()
    run_on_fridays = serializers.BooleanField()
    run_on_saturdays = serializers.BooleanField()
    run_on_sundays = serializers.BooleanField()
    maximum_attempts = serializers.IntegerField()
    rerun_delay_seconds = serializers.IntegerField()
    category = serializers.CharField(allow_blank=True, max_length=10)
    is_waiting = serializers.BooleanField(read_only=True)
    warnings = serializers.ListField(child=serializers.DictField(), read_only=True)
    attempts = serializers.IntegerField(read_only=True)
    state = serializers.CharField(read_only=True)
    next_run_at = serializers.DateTimeField(allow_null=True, read_only=True)
    last_job = serializers.UUIDField(allow_null=True, read_only=True)
    row_version = serializers.IntegerField(read_only=True)


class ScheduleViewSet(ApiViewSet):
    """Job queue entries: reading with *view*, changing with *setup*."""

    right_to_write = "setup"
    request_serializer = response_serializer = ScheduleSerializer

    def list(self, request: Any) -> Response:
        """All entries by mapping; `mapping` finds one."""
        found = Schedule.objects.order_by("mapping")
        if name := request.query_params.get("mapping", ""):
            found = found.filter(mapping=name.upper())
        return self.answer_list(found, selectors.show_schedules)

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One entry."""
        return answer(_entry(pk))

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change when it runs."""
        entry, version = _entry(pk), if_match(request)
        with telling_stored(lambda: selectors.show_schedules([_entry(pk)])[0]):
            changed = services.schedule_update(
                user=request.user, entry=entry, values=body_object(request), version=version
            )
        return answer(changed)

    @action(detail=True, methods=["post"])
    def run(self, request: Any, pk: str) -> Response:
        """Run the mapping now, whatever the entry's state."""
        return started_response(request, services.schedule_run(user=request.user, entry=_entry(pk)))

    @action(detail=True, methods=["post"])
    def hold(self, request: Any, pk: str) -> Response:
        """Put on hold."""
        return answer(services.schedule_hold(user=request.user, entry=_entry(pk)))

    @action(detail=True, methods=["post"])
    def ready(self, request: Any, pk: str) -> Response:
        """Make ready."""
        return answer(services.schedule_ready(user=request.user, entry=_entry(pk)))


class AllView(ApiView):
    """What is done with all entries at once."""

    right_to_write = "setup"
    response_serializer = ScheduleSerializer


class HoldAllView(AllView):
    """Put all entries on hold."""

    def post(self, request: Any) -> Response:
        """All entries, now on hold."""
        return many(services.schedule_hold_all(user=request.user))


class ReadyAllView(AllView):
    """Make all entries ready."""

    def post(self, request: Any) -> Response:
        """All entries, now ready (or held while there is no connection)."""
        return many(services.schedule_ready_all(user=request.user))


def answer(entry: Schedule) -> Response:
    """One entry with its version as ETag."""
    return versioned(selectors.show_schedules([entry])[0])


def many(entries: Iterable[Schedule]) -> Response:
    """A list of entries."""
    shown = selectors.show_schedules(entries)
    return Response({"count": len(shown), "next": None, "previous": None, "results": shown})


def _entry(pk: str) -> Schedule:
    return record_at(Schedule.objects.all(), pk)
