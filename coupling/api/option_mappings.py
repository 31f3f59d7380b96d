"""/option-mappings/: which code stands for which value of an option set."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from coupling.api.couplings import identifier
from coupling.api.mappings import moment
from coupling.models import IntegrationTableMapping, OptionMapping
from coupling.selectors.records import record_keys
from coupling.services import option_mapping as services
from pages.api import ApiViewSet, asked_for, body_object, if_match, record_at, telling_stored, versioned
from records.errors import FieldError, Rejected
from records.schema import schema
from records.values import address


class OptionMappingSerializer(serializers.Serializer):
    """An option mapping."""

    mapping = serializers.CharField()
    erp_id = serializers.UUIDField()
    erp_key = serializers.CharField(read_only=True)
    option_value = serializers.IntegerField(required=False)
    label = serializers.CharField(required=False)
    last_synced_at = serializers.DateTimeField(read_only=True, allow_null=True)
    last_result_to_crm = serializers.CharField(read_only=True)
    skipped = serializers.BooleanField(read_only=True)
    appended = serializers.BooleanField(read_only=True)


class OptionMappingViewSet(ApiViewSet):
    """List, read, make, change and remove option mappings."""

    request_serializer = OptionMappingSerializer
    response_serializer = OptionMappingSerializer

    def list(self, request: Any) -> Response:
        """Option mappings; `mapping` and `erp_id` narrow them down."""
        query, found = request.query_params, asked_for(OptionMapping, request)
        if "mapping" in query:
            found = found.filter(mapping__name=query["mapping"].upper())
        if query.get("erp_id"):
            found = found.filter(erp_id=identifier("erp_id", query["erp_id"]))
        return self.answer_list(found.select_related("mapping"), shown)

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One option mapping."""
        return answer(found_at(pk))

    def create(self, request: Any) -> Response:
        """Map a code; without `option_value` a new option is made."""
        body = body_object(request)
        made = services.option_mapping_create(
            mapping=_mapping(body.get("mapping")),
            erp_id=_guid(body.get("erp_id")),
            option_value=_number(body.get("option_value")),
            label=_label(body.get("label")),
        )
        return answer(made, 201)

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change option or label."""
        present, body = found_at(pk), body_object(request)
        with telling_stored(lambda: shown([found_at(pk)])[0]):
            done = services.option_mapping_update(option_mapping=present, values=body, row_version=if_match(request))
        return answer(done)

    def destroy(self, request: Any, pk: str) -> Response:
        """Remove an option mapping; the option stays."""
        with telling_stored(lambda: shown([found_at(pk)])[0]):
            services.option_mapping_delete(option_mapping=found_at(pk), row_version=if_match(request))
        return Response(status=204)


def found_at(pk: str) -> OptionMapping:
    """The option mapping in an address. Raises Http404."""
    return record_at(OptionMapping.objects.select_related("mapping"), pk)


def answer(option_mapping: OptionMapping, status: int = 200) -> Response:
    """One option mapping with its version as ETag."""
    return versioned(shown([option_mapping])[0], status)


def shown(found: Sequence[OptionMapping]) -> list[dict[str, Any]]:
    """Option mappings with the codes of their records; a query for each mapping."""
    keys: dict[str, str] = {}
    for table in {row.mapping.erp_table for row in found}:
        keys |= record_keys(table, [row.erp_id for row in found if row.mapping.erp_table == table])
    return [
        {
            "id": str(row.pk),
            "mapping": row.mapping.name,
            "erp_id": str(row.erp_id),
            "erp_key": keys.get(str(row.erp_id), ""),
            "option_value": row.option_value,
            "label": row.label,
            "last_synced_at": moment(row.last_synced_at),
            "last_result_to_crm": row.last_result_to_crm,
            "skipped": row.skipped,
            "appended": row.appended,
            "row_version": row.row_version,
            "page": address(OptionMapping, str(row.pk)),
        }
        for row in found
    ]


def _mapping(name: Any) -> IntegrationTableMapping:
    found = IntegrationTableMapping.objects.filter(name=str(name).upper()).first()
    if found is None:
        raise Rejected([FieldError("mapping", "mapping_missing", {"mapping": str(name or "")[:50]})])
    return found


def _guid(value: Any) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise Rejected([FieldError("erp_id", "invalid_value", {"value": str(value or "")[:50]})]) from None


def _number(value: Any) -> int | None:
    return None if value is None else int(schema(OptionMapping)["option_value"].normalize(value))


def _label(value: Any) -> str:
    return str(schema(OptionMapping)["label"].normalize(value))
