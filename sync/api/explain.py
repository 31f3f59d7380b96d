"""GET /explain/: why does this record not synchronize?"""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from coupling.models import IntegrationTableMapping
from pages.api import ApiView, BadParameter
from records.messages import text
from sync import explain


class GateSerializer(serializers.Serializer):
    """One gate."""

    gate = serializers.CharField()
    passed = serializers.BooleanField()
    reason = serializers.CharField()
    params = serializers.DictField()
    detail = serializers.CharField()
    setting = serializers.CharField()


class ExplainSerializer(serializers.Serializer):
    """All gates in order, and the first that blocks."""

    gates = GateSerializer(many=True)
    blocking = serializers.CharField(allow_null=True)


class ExplainView(ApiView):
    """Every gate that a record has to pass."""

    response_serializer = ExplainSerializer

    def get(self, request: Any) -> Response:
        """The gates of the record `erp_id` or `crm_id` under `mapping`."""
        query = request.query_params
        name = query.get("mapping", "").upper()
        mapping = IntegrationTableMapping.objects.filter(name=name).first()
        if mapping is None or mapping.is_option:
            raise BadParameter("mapping", "bad_parameter", {"value": name[:50]})
        side, key = named(query)
        try:
            gates = explain.explain(mapping, side, key)
        except LookupError:
            raise Http404 from None
        return Response({"gates": [shown(gate) for gate in gates], "blocking": explain.blocking(gates)})


def named(query: Any) -> tuple[str, str]:
    """(side, key) of `erp_id` or `crm_id`. Raises BadParameter."""
    from coupling.api.couplings import identifier

    for side in ("erp", "crm"):
        if query.get(f"{side}_id"):
            return side, identifier(f"{side}_id", query[f"{side}_id"])
    raise BadParameter("erp_id", "bad_parameter", {"value": ""})


def shown(gate: explain.Gate) -> dict[str, Any]:
    """A gate with its sentence in the language of the request."""
    detail = text(gate.reason, gate.params) if gate.reason else ""
    return {
        "gate": gate.gate,
        "passed": gate.passed,
        "reason": gate.reason,
        "params": gate.params,
        "detail": detail,
        "setting": gate.setting,
    }
