"""/mappings/{name}/fields/: the field lines of a mapping, in processing order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from coupling.api.mappings import mapping_at
from coupling.models import IntegrationFieldMapping
from coupling.services import mapping as services
from pages.api import ApiView, body_object, if_match, record_at, telling_stored, versioned
from records.errors import FieldError, Rejected
from records.values import address


class LineSerializer(serializers.Serializer):
    """A field line."""

    erp_field = serializers.CharField(required=False, allow_blank=True)
    crm_field = serializers.CharField(required=False, allow_blank=True)
    direction = serializers.ChoiceField(["bidirectional", "to_crm", "from_crm"], required=False)
    constant = serializers.CharField(required=False, allow_blank=True)
    validate_erp = serializers.BooleanField(required=False)
    validate_crm = serializers.BooleanField(required=False)
    clear_on_failure = serializers.BooleanField(required=False)
    not_null = serializers.BooleanField(required=False)
    truncate = serializers.BooleanField(required=False)
    only_new = serializers.BooleanField(required=False)
    enabled = serializers.BooleanField(required=False)
    transformation = serializers.CharField(required=False, allow_blank=True)
    transformation_direction = serializers.ChoiceField(["to_crm", "from_crm"], required=False)
    match = serializers.BooleanField(required=False)
    match_case_sensitive = serializers.BooleanField(required=False)
    match_priority = serializers.IntegerField(required=False, min_value=0)


class LinesView(ApiView):
    """The lines of one mapping."""

    right_to_write = "setup"
    request_serializer = LineSerializer
    response_serializer = LineSerializer

    def get(self, _request: Any, name: str) -> Response:
        """All lines in processing order."""
        return self.answer_list(mapping_at(name).lines.order_by("no"), shown)

    def post(self, request: Any, name: str) -> Response:
        """A new line at the end, disabled unless `enabled` says otherwise."""
        line = services.line_create(mapping=mapping_at(name), values=body_object(request))
        return answer(line, 201)


class LineView(ApiView):
    """One line."""

    right_to_write = "setup"
    request_serializer = LineSerializer
    response_serializer = LineSerializer

    def get(self, _request: Any, name: str, pk: str) -> Response:
        """The line."""
        return answer(line_at(name, pk))

    def patch(self, request: Any, name: str, pk: str) -> Response:
        """Change the line; the next job uses it."""
        line = line_at(name, pk)
        with telling_stored(lambda: shown([line_at(name, pk)])[0]):
            done = services.line_update(line=line, values=body_object(request), row_version=if_match(request))
        return answer(done)

    def delete(self, request: Any, name: str, pk: str) -> Response:
        """Remove the line."""
        with telling_stored(lambda: shown([line_at(name, pk)])[0]):
            services.line_delete(line=line_at(name, pk), row_version=if_match(request))
        return Response(status=204)


class LineMoveView(ApiView):
    """The place of one line in the processing order."""

    right_to_read = "setup"
    right_to_write = "setup"

    def post(self, request: Any, name: str, pk: str) -> Response:
        """One place up (`{"step": -1}`) or down (`{"step": 1}`)."""
        step = body_object(request).get("step")
        if step not in (-1, 1) or isinstance(step, bool):
            raise Rejected([FieldError("step", "invalid_value", {"value": str(step)[:20]})])
        services.line_move(line=line_at(name, pk), step=step)
        return answer(line_at(name, pk))


def line_at(name: str, pk: str) -> IntegrationFieldMapping:
    """The line in an address. Raises Http404."""
    return record_at(mapping_at(name).lines.all(), pk)


def answer(line: IntegrationFieldMapping, status: int = 200) -> Response:
    """One line with its version as ETag."""
    return versioned(shown([line])[0], status)


def shown(lines: Sequence[IntegrationFieldMapping]) -> list[dict[str, Any]]:
    """Lines as they are answered."""
    return [
        {
            "id": str(line.pk),
            "no": line.no,
            **{name: getattr(line, name) for name in services.LINE_FIELDS},
            "row_version": line.row_version,
            "page": address("coupling.IntegrationTableMapping", str(line.mapping_id)),
        }
        for line in lines
    ]
