"""What the views share: reading bodies, and the answer of a request that starts work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from pages.api import BadParameter, after_commit
from records.errors import FieldError, Rejected
from records.messages import text
from sync import selectors
from sync.inline import run_now
from sync.services.started import Left, Started

MAX_WAIT = 60.0


class PassSerializer(serializers.Serializer):
    """One pass of a job."""

    direction = serializers.CharField()
    inserted = serializers.IntegerField()
    modified = serializers.IntegerField()
    deleted = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    skipped = serializers.IntegerField()
    failed = serializers.IntegerField()
    coupled = serializers.IntegerField()
    uncoupled = serializers.IntegerField()


class JobSerializer(serializers.Serializer):
    """A job as it is answered."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    mapping = serializers.CharField()
    direction = serializers.CharField()
    preview = serializers.BooleanField()
    by_parts = serializers.BooleanField()
    create_new = serializers.BooleanField()
    category = serializers.CharField()
    state = serializers.CharField()
    run_id = serializers.UUIDField(allow_null=True)
    caused_by = serializers.UUIDField(allow_null=True)
    parent = serializers.UUIDField(allow_null=True)
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    message = serializers.DictField()
    total = serializers.IntegerField(allow_null=True)
    processed = serializers.IntegerField()
    passes = PassSerializer(many=True)
    follow_up = serializers.CharField()


class LeftSerializer(serializers.Serializer):
    """A record that was left out."""

    id = serializers.CharField()
    code = serializers.CharField()
    params = serializers.DictField()
    detail = serializers.CharField()


class StartedSerializer(serializers.Serializer):
    """The answer of a request that starts work."""

    jobs = JobSerializer(many=True)
    scheduled = serializers.IntegerField()
    skipped = LeftSerializer(many=True)
    failed = LeftSerializer(many=True)


def started_response(request: Any, started: Started) -> Response:
    """202 with the jobs; `?wait=SECONDS` holds the answer until they end."""
    seconds = wait_seconds(request)
    ids = [str(job.pk) for job in started.jobs]
    response = Response(
        {
            "jobs": selectors.show_jobs(started.jobs),
            "scheduled": started.scheduled,
            "skipped": [show_left(left) for left in started.skipped],
            "failed": [show_left(left) for left in started.failed],
        },
        status=202,
    )
    if seconds and ids:

        def hold(answer: Response) -> None:
            if all(job.kind == "single" for job in started.jobs):
                run_now(started.jobs, seconds=seconds)  # one record: done here, without the way through the broker
            else:
                selectors.wait(ids, seconds)
            answer.data["jobs"] = selectors.show_jobs(selectors.jobs_by_id(ids))

        return after_commit(response, hold)
    return response


def wait_seconds(request: Any) -> float:
    """`?wait=`, at most 60; 0 without it. Raises BadParameter."""
    given = request.query_params.get("wait")
    if given is None:
        return 0.0
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", given):
        raise BadParameter("wait", "bad_parameter", {"value": given[:50]})
    return min(float(given), MAX_WAIT)


def show_left(left: Left) -> dict[str, Any]:
    """A record that was left out, with the sentence."""
    return {"id": left.id, "code": left.code, "params": left.params, "detail": text(left.code, left.params)}


def flag(body: Mapping[str, Any], name: str, default: bool | None = False) -> Any:
    """A truth value of a body. Raises Rejected at the field."""
    value = body.get(name, default)
    if value is default or isinstance(value, bool):
        return value
    raise Rejected([FieldError(name, "invalid_value", {"value": str(value)[:50]})])


def word(body: Mapping[str, Any], name: str) -> str:
    """A text of a body, '' without it. Raises Rejected at the field."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Rejected([FieldError(name, "invalid_value", {"value": str(value)[:50]})])
    return value


def words(body: Mapping[str, Any], name: str) -> list[str] | None:
    """A list of texts of a body, None without it. Raises Rejected at the field."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Rejected([FieldError(name, "invalid_value", {"value": str(value)[:50]})])
    return value
