"""/mappings/: integration table mappings, found by their name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from coupling.models import IntegrationTableMapping
from coupling.selectors.counts import COUNTS, counts
from coupling.services import mapping as services
from coupling.services.defaults import mappings_reset
from coupling.services.reset import losses
from pages.api import ApiView, ApiViewSet, asked_for, body_object, if_match, telling_stored, versioned
from records.errors import FieldError, Rejected
from records.values import address

INFORMATION = ("synch_int_tbl_mod_on_fltr", "synch_modified_on_filter")


class MappingSerializer(serializers.Serializer):
    """A mapping; counts and information are read-only."""

    name = serializers.CharField(max_length=20)
    erp_table = serializers.CharField()
    crm_table = serializers.CharField()
    crm_key_field = serializers.CharField(required=False)
    direction = serializers.ChoiceField(["bidirectional", "to_crm", "from_crm"], required=False)
    only_coupled = serializers.BooleanField(required=False)
    table_filter = serializers.CharField(required=False, allow_blank=True)
    integration_table_filter = serializers.CharField(required=False, allow_blank=True)
    update_conflict = serializers.ChoiceField(["none", "send", "get", "merge"], required=False)
    deletion_conflict = serializers.ChoiceField(["none", "restore", "remove_coupling"], required=False)
    depends_on = serializers.ListField(child=serializers.CharField(), required=False)
    disable_event_job_resch = serializers.BooleanField(required=False)
    create_new_in_case_of_no_match = serializers.BooleanField(required=False)
    synch_after_bulk_coupling = serializers.BooleanField(required=False)
    multi_company_synch_enabled = serializers.BooleanField(required=False)
    synch_int_tbl_mod_on_fltr = serializers.DateTimeField(read_only=True, allow_null=True)
    synch_modified_on_filter = serializers.DateTimeField(read_only=True, allow_null=True)
    user_defined = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    row_version = serializers.IntegerField(read_only=True)
    failed_count = serializers.IntegerField(read_only=True)
    skipped_count = serializers.IntegerField(read_only=True)
    pending_count = serializers.IntegerField(read_only=True)


class MappingViewSet(ApiViewSet):
    """List, read, make, change and remove mappings."""

    right_to_write = "setup"
    request_serializer = MappingSerializer
    response_serializer = MappingSerializer
    lookup_value_regex = "[^/]+"

    def list(self, request: Any) -> Response:
        """Mappings by name."""
        return self.answer_list(asked_for(IntegrationTableMapping, request), shown)

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One mapping."""
        return answer(mapping_at(pk))

    def create(self, request: Any) -> Response:
        """A new mapping, without field lines."""
        return answer(services.mapping_create(values=body_object(request)), 201)

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change a mapping; the next job uses it."""
        mapping = mapping_at(pk)
        with telling_stored(lambda: shown([mapping_at(pk)])[0]):
            done = services.mapping_update(mapping=mapping, values=body_object(request), row_version=if_match(request))
        return answer(done)

    def destroy(self, request: Any, pk: str) -> Response:
        """Remove a mapping; 409 while it has couplings."""
        with telling_stored(lambda: shown([mapping_at(pk)])[0]):
            services.mapping_delete(mapping=mapping_at(pk), row_version=if_match(request))
        return Response(status=204)


class ResetView(ApiView):
    """Use Default Synchronization Setup."""

    right_to_read = "setup"
    right_to_write = "setup"
    response_serializer: ClassVar = MappingSerializer(many=True)

    def get(self, request: Any) -> Response:
        """What would be lost: for each mapping `action` (change, remove, create, kept) and its differences."""
        names = [name.strip().upper() for name in request.query_params.get("names", "").split(",") if name.strip()]
        found = losses(names or None)
        return self.answer_list(
            [
                {"name": one.name, "action": one.action, "changes": [change.stored() for change in one.changes]}
                for one in found
            ],
            list,
        )

    def post(self, request: Any) -> Response:
        """Default mappings, or those of `names`, get their default values and lines again."""
        names = body_object(request).get("names")
        if names is not None and (not isinstance(names, list) or not all(isinstance(n, str) for n in names)):
            raise Rejected([FieldError("names", "invalid_value", {"value": str(names)[:50]})])
        mappings_reset(names=None if names is None else [n.upper() for n in names])
        stored = list(IntegrationTableMapping.objects.order_by("name"))
        return Response({"count": len(stored), "next": None, "previous": None, "results": shown(stored)})


def mapping_at(name: str) -> IntegrationTableMapping:
    """The mapping in an address. Raises Http404."""
    found = IntegrationTableMapping.objects.filter(name=name.upper()).first() if "\x00" not in name else None
    if found is None:
        raise Http404
    return found


def answer(mapping: IntegrationTableMapping, status: int = 200) -> Response:
    """One mapping with its version as ETag."""
    return versioned(shown([mapping])[0], status)


def shown(mappings: Sequence[IntegrationTableMapping]) -> list[dict[str, Any]]:
    """Mappings with their counts; one query a count."""
    by_count = counts([m.name for m in mappings])
    return [
        {
            "id": str(m.pk),
            **{name: getattr(m, name) for name in services.MAPPING_FIELDS},
            **{name: moment(getattr(m, name)) for name in INFORMATION},
            "user_defined": m.user_defined,
            "version": m.version,
            "row_version": m.row_version,
            **{name: by_count[name].get(m.name, 0) for name in COUNTS},
            "page": address(IntegrationTableMapping, str(m.pk)),
        }
        for m in mappings
    ]


def moment(value: Any) -> str | None:
    """A time in UTC with microseconds."""
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
