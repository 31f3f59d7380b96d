"""The OpenAPI document and its reader, from vendored files; both only for people who are signed in.

Tables describe themselves: `Description` takes serializers that are derived from the fields of its table.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation

from pages.api.describe import record_serializer

_QUERY = {
    "limit": (int, "How many records, 100 unless given, at most 1,000."),
    "offset": (int, "How many records to pass over."),
    "ordering": (str, "Field names, separated by commas; a minus sign in front for descending."),
    "q": (str, "Words to search for, in any order; words in quotes stand together. Case and accents are ignored."),
    "filter": (str, "A filter: field=expression, separated by commas."),
}


class Description(AutoSchema):
    """Describes views by their table where they have one."""

    def get_operation_id(self) -> str:
        """Unique by address and method."""
        action = getattr(self.view, "action", None) or self.method.lower() + "_one" * self.path.endswith("}/")
        return "_".join([*(token.replace("-", "_") for token in self._tokenize_path()), action])

    def get_request_serializer(self) -> Any:
        """What the method takes."""
        label = getattr(self.view, "label", "")
        if label and self.method in ("POST", "PATCH"):
            return record_serializer(label, for_request=True)
        return getattr(self.view, "request_serializer", None) if not label else None

    def get_response_serializers(self) -> Any:
        """What the method answers, errors included."""
        answers: dict[int, Any] = {401: Problem, 403: Problem, 404: Problem}
        if self.method != "GET" or getattr(self.view, "action", None) == "list":
            answers[400] = FieldProblems
        if self.method != "GET":
            answers |= {409: Problem, 412: dict, 413: Problem, 415: Problem, 429: Problem}
        return self._success() | answers

    def _success(self) -> dict[int, Any]:
        label = getattr(self.view, "label", "")
        if self.method == "DELETE":
            return {204: None}
        if not label:
            return _success_of(self.view, self.method)
        if getattr(self.view, "action", None) == "list":
            return {200: page_serializer(label)}
        return {201 if self.method == "POST" else 200: record_serializer(label, for_request=False)}

    def get_override_parameters(self) -> list[Any]:
        """Query parameters and headers of tables."""
        if not getattr(self.view, "label", ""):
            return []
        if getattr(self.view, "action", None) == "list":
            return [OpenApiParameter(name, kind, description=text) for name, (kind, text) in _QUERY.items()]
        if self.method in ("PATCH", "DELETE"):
            text = "The row version that was read, in double quotes."
            return [OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=text)]
        return []

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for name in variables:
            kind = {"type": "string"} | ({"format": "uuid"} if getattr(self.view, "label", "") else {})
            found.append({"name": name, "in": "path", "required": True, "schema": kind})
        return found


class Problem(serializers.Serializer):
    """An error with one code."""

    code = serializers.CharField()
    detail = serializers.CharField()
    params = serializers.DictField(required=False)


class FieldProblems(serializers.Serializer):
    """Errors by field."""

    errors = serializers.DictField(child=Problem(many=True))


@cache
def page_serializer(label: str) -> type[Any]:
    """A window of a list."""
    record = record_serializer(label, for_request=False)
    fields = {
        "count": serializers.IntegerField(),
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "results": record(many=True),
    }
    return type(f"{record.__name__}Page", (serializers.Serializer,), fields)


def _success_of(view: Any, method: str) -> dict[int, Any]:
    answer = getattr(view, "response_serializer", None) or dict
    if method != "POST":
        return {200: answer}
    return {200: answer, 201: answer, 202: answer}


class FormatNegotiation(DefaultContentNegotiation):
    """`?format=json` or `?format=yaml` chooses the form of the document, also without an Accept header."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        """The renderer and its media type."""
        return super().select_renderer(request, renderers, request.query_params.get("format") or format_suffix)


def document_urls() -> list[URLPattern]:
    """Addresses of the schema and of Swagger UI."""
    from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

    class SchemaView(SpectacularAPIView):
        """The OpenAPI 3.1 document, as JSON unless YAML is asked for."""

        content_negotiation_class = FormatNegotiation
        renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer, OpenApiYamlRenderer2]

    class DocsView(SpectacularSwaggerSplitView):
        """Swagger UI under our Content-Security-Policy."""

        template_name = "pages/api_docs.html"

    return [
        path("schema/", SchemaView.as_view(), name="api.schema"),
        path("docs/", DocsView.as_view(url_name="api.schema"), name="api.docs"),
    ]
