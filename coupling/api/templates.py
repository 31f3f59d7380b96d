"""/templates/: configuration templates for new records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from coupling.models import ConfigTemplate, ConfigTemplateLine, IntegrationTableMapping
from coupling.services import template as services
from pages.api import ApiViewSet, asked_for, body_object, if_match, record_at, telling_stored, versioned
from records.errors import FieldError, Rejected
from records.values import address


class TemplateSerializer(serializers.Serializer):
    """A template. `side`: whose new records it fills; `filter` looks at the source on the other side."""

    mapping = serializers.CharField()
    side = serializers.ChoiceField(["erp", "crm"], required=False)
    name = serializers.CharField(max_length=20)
    priority = serializers.IntegerField(required=False, min_value=0)
    filter = serializers.CharField(required=False, allow_blank=True)
    values = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    row_version = serializers.IntegerField(read_only=True)


class TemplateViewSet(ApiViewSet):
    """List, read, make, change and remove templates."""

    right_to_write = "setup"
    request_serializer = TemplateSerializer
    response_serializer = TemplateSerializer

    def list(self, request: Any) -> Response:
        """Templates; `mapping` and `side` narrow them down."""
        query, found = request.query_params, asked_for(ConfigTemplate, request)
        if "mapping" in query:
            found = found.filter(mapping__name=query["mapping"].upper())
        if "side" in query:
            found = found.filter(side=query["side"])
        return self.answer_list(found.select_related("mapping"), shown)

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One template."""
        return answer(found_at(pk))

    def create(self, request: Any) -> Response:
        """A new template."""
        body = body_object(request)
        mapping = IntegrationTableMapping.objects.filter(name=str(body.get("mapping")).upper()).first()
        if mapping is None:
            given = {"mapping": str(body.get("mapping") or "")[:50]}
            raise Rejected([FieldError("mapping", "mapping_missing", given)])
        return answer(services.template_create(mapping=mapping, values=body), 201)

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change a template; the next job uses it."""
        template = found_at(pk)
        with telling_stored(lambda: shown([found_at(pk)])[0]):
            done = services.template_update(
                template=template, values=body_object(request), row_version=if_match(request)
            )
        return answer(done)

    def destroy(self, request: Any, pk: str) -> Response:
        """Remove a template."""
        with telling_stored(lambda: shown([found_at(pk)])[0]):
            services.template_delete(template=found_at(pk), row_version=if_match(request))
        return Response(status=204)


def found_at(pk: str) -> ConfigTemplate:
    """The template in an address. Raises Http404."""
    return record_at(ConfigTemplate.objects.select_related("mapping"), pk)


def answer(template: ConfigTemplate, status: int = 200) -> Response:
    """One template with its version as ETag."""
    return versioned(shown([template])[0], status)


def shown(templates: Sequence[ConfigTemplate]) -> list[dict[str, Any]]:
    """Templates as they are answered; one query for their values."""
    values: dict[Any, dict[str, str]] = defaultdict(dict)
    lines = ConfigTemplateLine.objects.filter(template__in=list(templates)).order_by("field")
    for key, field, value in lines.values_list("template_id", "field", "value"):
        values[key][field] = value
    return [
        {
            "id": str(template.pk),
            "mapping": template.mapping.name,
            "side": template.side,
            "name": template.name,
            "priority": template.priority,
            "filter": template.filter,
            "values": values[template.pk],
            "row_version": template.row_version,
            "page": address(ConfigTemplate, str(template.pk)),
        }
        for template in templates
    ]
