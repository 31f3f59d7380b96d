"""The OpenAPI document and its reader, from vendored files; both only for people who are signed in.

Tables describe themselves: `Description` takes serializers that are derived from the fields of its table.
"""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from pages.api.describe import record_serializer

_QUERY = {
    "limit": (int, "How many records, 100 unless given, at most 1,000."),
    "offset": (int, "How many records to pass over."),
    "ordering": (str, "Field names, separated by commas; a minus sign in front for descending."),
    "q": (str, "Text to search for; case and accents are ignored."),
    "filter": (str, "A filter: field=expression, separated by commas."),
}


class Description(AutoSchema):
    """Describes views by their table where they have one."""

    def get_operation_id(self) -> str:
        """Unique by method and path."""
        return str(super().get_operation_id())

    def get_request_serializer(self) -> Any:
        """What the method takes."""
        label = getattr(self.view, "label", "")
        if label and self.method in ("POST", "PATCH"):
            return record_serializer(label, for_request=True)
        return getattr(self.view, "request_serializer", None) if not label else None

    def get_response_serializers(self) -> Any:
        """What the method answers."""
        label = getattr(self.view, "label", "")
        if not label:
            return getattr(self.view, "response_serializer", None) or _anything(self.method)
        if self.method == "DELETE":
            return {204: None}
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


def page_serializer(label: str) -> type[serializers.Serializer]:
    """A window of a list."""
    record = record_serializer(label, for_request=False)
    fields = {
        "count": serializers.IntegerField(),
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "results": record(many=True),
    }
    return type(f"{record.__name__}Page", (serializers.Serializer,), fields)


def _anything(method: str) -> Any:
    return {204: None} if method == "DELETE" else {200: dict}


def document_urls() -> list[URLPattern]:
    """Addresses of the schema and of Swagger UI."""
    from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

    class DocsView(SpectacularSwaggerSplitView):
        """Swagger UI under our Content-Security-Policy."""

        template_name = "pages/api_docs.html"

    return [
        path("schema/", SpectacularAPIView.as_view(), name="api.schema"),
        path("docs/", DocsView.as_view(url_name="api.schema"), name="api.docs"),
    ]
