"""POST /mappings/{name}/run/, match/ and uncouple/."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from coupling.models import IntegrationTableMapping
from pages.api import ApiView, body_object
from sync import let_in
from sync.api.base import StartedSerializer, flag, started_response, word
from sync.services import mapping_match, mapping_run, mapping_uncouple


class MappingView(ApiView):
    """A view below one mapping."""

    response_serializer = StartedSerializer

    def mapping(self, name: str) -> IntegrationTableMapping:
        """The mapping of the address. Raises Http404."""
        found = IntegrationTableMapping.objects.filter(name=name.upper()).first()
        if found is None:
            raise Http404
        return found


class RunInput(serializers.Serializer):
    """What a run is to do."""

    mode = serializers.ChoiceField(["modified", "full", "full_unconditional"])
    direction = serializers.ChoiceField(["bidirectional", "to_crm", "from_crm"], required=False)
    create_new = serializers.BooleanField(required=False)
    preview = serializers.BooleanField(required=False)


class RunView(MappingView):
    """Run a mapping."""

    request_serializer = RunInput

    def post(self, request: Any, name: str) -> Response:
        """Synchronize modified records, or all."""
        body = body_object(request)
        started = mapping_run(
            user=request.user,
            mapping=self.mapping(name),
            mode=word(body, "mode"),
            direction=word(body, "direction"),
            create_new=flag(body, "create_new"),
            preview=flag(body, "preview"),
        )
        return started_response(request, started)


class LetInView(MappingView):
    """Records inside the filters that no run has looked at."""

    def get(self, _request: Any, name: str) -> Response:
        """How many there are: `{"count": n}`."""
        return Response({"count": let_in.count(self.mapping(name))})

    def post(self, request: Any, name: str) -> Response:
        """Put them into the queue and synchronize what was modified."""
        _count, started = let_in.let_in(user=request.user, mapping=self.mapping(name))
        return started_response(request, started)


class MatchInput(serializers.Serializer):
    """Which records to match (of one side), and what follows; without a word the mapping decides."""

    erp_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    crm_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    create_new = serializers.BooleanField(required=False)
    synchronize_after = serializers.BooleanField(required=False)
    preview = serializers.BooleanField(required=False)


class MatchView(MappingView):
    """Match-Based Coupling."""

    request_serializer = MatchInput

    def post(self, request: Any, name: str) -> Response:
        """Couple what matches."""
        body = body_object(request)
        started = mapping_match(
            user=request.user,
            mapping=self.mapping(name),
            erp_ids=body.get("erp_ids"),
            crm_ids=body.get("crm_ids"),
            create_new=flag(body, "create_new", None),
            synchronize_after=flag(body, "synchronize_after", None),
            preview=flag(body, "preview"),
        )
        return started_response(request, started)


class UncoupleInput(serializers.Serializer):
    """Whose couplings go; without a list all of the mapping."""

    erp_ids = serializers.ListField(child=serializers.UUIDField(), required=False)


class UncoupleView(MappingView):
    """Delete couplings."""

    request_serializer = UncoupleInput

    def post(self, request: Any, name: str) -> Response:
        """Remove couplings; the records stay."""
        body = body_object(request)
        started = mapping_uncouple(
            user=request.user,
            mapping=self.mapping(name),
            erp_ids=body.get("erp_ids"),
            preview=flag(body, "preview"),
        )
        return started_response(request, started)
