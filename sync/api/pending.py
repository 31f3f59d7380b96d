"""GET /pending/: what is waiting and why."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from pages.api import ApiView, BadParameter
from sync import changes, selectors


class PendingSerializer(serializers.Serializer):
    """A waiting record as it is answered."""

    mapping = serializers.CharField()
    side = serializers.CharField()
    record = serializers.UUIDField()
    reason = serializers.CharField()
    params = serializers.DictField()
    detail = serializers.CharField()
    not_before = serializers.DateTimeField(allow_null=True)
    queued_at = serializers.DateTimeField()


class PendingView(ApiView):
    """What is waiting; `count` 0 means drained."""

    response_serializer = PendingSerializer

    def get(self, request: Any) -> Response:
        """Waiting records by `mapping` and `side`. Changes that no worker has moved yet are moved first."""
        query = request.query_params
        if query.get("side", "") not in ("", "erp", "crm"):
            raise BadParameter("side", "bad_parameter", {"value": query["side"][:50]})
        changes.route_all()
        found = selectors.pending(mapping=query.get("mapping", "").upper(), side=query.get("side", ""))
        return self.answer_list(found, selectors.show_pending)
