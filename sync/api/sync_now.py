"""POST /sync/: Synchronize Now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from pages.api import ApiView, body_object
from records.errors import FieldError, Rejected
from sync.api.base import StartedSerializer, flag, started_response, word
from sync.services import sync_now


class SyncInput(serializers.Serializer):
    """Records of one side, and the way their values go."""

    mapping = serializers.CharField()
    erp_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    crm_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    direction = serializers.ChoiceField(["to_crm", "from_crm", "merge"], required=False)
    expected_versions = serializers.DictField(child=serializers.IntegerField(), required=False)
    create_new = serializers.BooleanField(required=False)
    preview = serializers.BooleanField(required=False)


class SyncView(ApiView):
    """Synchronize Now."""

    request_serializer = SyncInput
    response_serializer = StartedSerializer

    def post(self, request: Any) -> Response:
        """Synchronize the named records; what is left out is answered with its reason."""
        body = body_object(request)
        started = sync_now(
            user=request.user,
            mapping=word(body, "mapping"),
            direction=word(body, "direction"),
            erp_ids=body.get("erp_ids"),
            crm_ids=body.get("crm_ids"),
            expected_versions=versions(body.get("expected_versions")),
            create_new=flag(body, "create_new"),
            preview=flag(body, "preview"),
        )
        return started_response(request, started)


def versions(given: Any) -> dict[str, int] | None:
    """{record: version seen}. Raises Rejected."""
    if given is None:
        return None
    try:
        return {str(UUID(key)): _version(value) for key, value in given.items()}
    except (AttributeError, TypeError, ValueError):
        raise Rejected([FieldError("expected_versions", "invalid_value", {"value": str(given)[:50]})]) from None


def _version(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(value)
    return int(value)
