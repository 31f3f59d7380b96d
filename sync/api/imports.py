"""POST /imports/: a CSV file or an Excel workbook as a job. POST /imports/{preview}/apply/: do what it has shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.response import Response

from pages.api import ApiView, body_object
from records.errors import FieldError, Rejected
from sync import conf
from sync.api.base import StartedSerializer, started_response
from sync.imports import store
from sync.models import Job
from sync.services import import_apply, import_start

#: Room for the other parts of the form beside the file.
_ENVELOPE = 1_000_000


class ImportInput(serializers.Serializer):
    """A multipart form."""

    file = serializers.FileField()
    table = serializers.CharField()
    columns = serializers.JSONField(required=False)
    null = serializers.CharField(required=False)
    dry_run = serializers.BooleanField(required=False)
    skip_bad_rows = serializers.BooleanField(required=False)
    sheet = serializers.CharField(required=False, help_text="Of a workbook; the first one if left out.")
    edit = serializers.BooleanField(required=False, help_text="A workbook of Edit in Excel that is sent back.")


class ApplyInput(serializers.Serializer):
    """How to write a preview."""

    skip_bad_rows = serializers.BooleanField(required=False)


class ApplyView(ApiView):
    """Write what the preview of an import has shown."""

    request_serializer = ApplyInput
    response_serializer = StartedSerializer

    def post(self, request: Any, pk: UUID) -> Response:
        """Start the job."""
        job = get_object_or_404(Job, pk=pk)
        return started_response(
            request,
            import_apply(user=request.user, job=job, skip_bad_rows=truth(body_object(request), "skip_bad_rows")),
        )


class ImportView(ApiView):
    """Import records from a CSV file or an Excel workbook."""

    request_serializer = ImportInput
    response_serializer = StartedSerializer

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before any of it is read."""
        refuse_large(request)
        super().initial(request, *args, **kwargs)

    def post(self, request: Any) -> Response:
        """Store the file and start its job."""
        file = request.FILES.get("file")
        if file is None:
            raise Rejected([FieldError("file", "file_missing")])
        body = body_object(request)
        started = import_start(
            user=request.user,
            table=str(body.get("table", "")),
            blocks=file.chunks(),
            columns=columns(body.get("columns")),
            null=str(body.get("null", "NULL")),
            dry_run=truth(body, "dry_run"),
            skip_bad_rows=truth(body, "skip_bad_rows"),
            file_name=file.name or "",
            sheet=str(body.get("sheet", "")),
            edit=truth(body, "edit"),
        )
        return started_response(request, started)


def refuse_large(request: Any) -> None:
    """Raises Rejected where the announced length is more than an import may have."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = int(length) if str(length).isdigit() else 0
    if size > int(conf.value("IMPORT_MAX_BYTES")) + _ENVELOPE:
        raise store.too_large()


def columns(given: Any) -> dict[str, Any] | None:
    """The map of columns, as an object or as its JSON text. Raises Rejected."""
    if given in (None, ""):
        return None
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if not isinstance(found, Mapping):
        raise Rejected([FieldError("columns", "invalid_value", {"value": str(given)[:50]})])
    return dict(found)


def truth(body: Mapping[str, Any], name: str) -> bool:
    """A truth value of a form. Raises Rejected."""
    given = body.get(name, False)
    word = str(given).strip().lower()
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off", ""):
        return False
    raise Rejected([FieldError(name, "invalid_value", {"value": str(given)[:50]})])
