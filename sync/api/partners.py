"""/missing-partners/: what records refer to that has to be coupled before they can go to the other side."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from coupling.api.couplings import identifier
from coupling.plan import Problem
from pages.api import ApiView, BadParameter, body_object
from records.messages import text
from sync.api.base import StartedSerializer, started_response, word
from sync.partners import Missing, missing_partners
from sync.services import partners_couple
from sync.services.sync_now import mapping_named


class ReasonSerializer(serializers.Serializer):
    """Why something cannot be done, or failed."""

    code = serializers.CharField()
    params = serializers.DictField()
    detail = serializers.CharField()


class MissingSerializer(serializers.Serializer):
    """A record without a partner that others wait for, and what *couple* would do with it."""

    mapping = serializers.CharField(help_text="The mapping that couples it; blank where no mapping does.")
    side = serializers.ChoiceField(["erp", "crm"])
    table = serializers.CharField()
    id = serializers.CharField()
    name = serializers.CharField()
    needed_by = serializers.ListField(
        child=serializers.CharField(), help_text="The fields that refer to it, as table.field."
    )
    matches = serializers.BooleanField(help_text="It is coupled with its match where there is one.")
    creates = serializers.BooleanField(help_text="A partner is made where there is no match.")
    obstacle = ReasonSerializer(allow_null=True, help_text="Why it has to be coupled by hand.")
    last_error = ReasonSerializer(allow_null=True)


class PartnersInput(serializers.Serializer):
    """Records of one side."""

    mapping = serializers.CharField()
    erp_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    crm_ids = serializers.ListField(child=serializers.UUIDField(), required=False)


class MissingPartnersView(ApiView):
    """What is missing."""

    response_serializer = MissingSerializer

    def get(self, request: Any) -> Response:
        """What the records `erp_id` or `crm_id` (once for each record) of `mapping` need, in dependency order."""
        query = request.query_params
        side = "crm" if query.getlist("crm_id") else "erp"
        keys = [identifier(f"{side}_id", given) for given in query.getlist(f"{side}_id")]
        if not keys:
            raise BadParameter("erp_id", "bad_parameter", {"value": ""})
        found = missing_partners(mapping_named(query.get("mapping", "")), side, keys)
        return self.answer_list(found, lambda rows: [shown(one) for one in rows])


class CouplePartnersView(ApiView):
    """Couple these first."""

    request_serializer = PartnersInput
    response_serializer = StartedSerializer

    def post(self, request: Any) -> Response:
        """Couple what these records need, one job for each mapping, each after the one before it.

        What cannot be coupled is named in `failed`; 409 `no_missing_partners` where nothing is missing.
        """
        body = body_object(request)
        started = partners_couple(
            user=request.user,
            mapping=word(body, "mapping"),
            erp_ids=body.get("erp_ids"),
            crm_ids=body.get("crm_ids"),
        )
        return started_response(request, started)


def shown(one: Missing) -> dict[str, Any]:
    """A missing partner as it is answered."""
    return {
        "mapping": one.mapping,
        "side": one.side,
        "table": one.table,
        "id": one.key,
        "name": one.name,
        "needed_by": [name.removeprefix("@") for name in one.needed_by],
        "matches": one.matches,
        "creates": one.creates,
        "obstacle": _reason(one.obstacle),
        "last_error": _reason(one.last_error),
    }


def _reason(problem: Problem | None) -> dict[str, Any] | None:
    if problem is None:
        return None
    return {"code": problem.code, "params": problem.stored()["params"], "detail": text(problem.code, problem.params)}
