"""What a reference field offers while somebody types."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.views import View

from pages import registry, search
from pages.cards import CardPage
from pages.views.base import require
from records.schema import schema


class LookupView(View):
    """Codes and names for one field of one table."""

    def get(self, request: HttpRequest, label: str, field: str) -> TemplateResponse:
        """The list of hits."""
        require(request, "view")
        try:
            table = schema(label)
        except LookupError:
            raise Http404 from None
        info = table.fields.get(field)
        page = registry.find(request.GET.get("page", ""))
        typed = request.GET.get("q", "").replace("\x00", "")[:100]
        suggest = page.suggestions.get(field) if isinstance(page, CardPage) and page.model == label else None
        if suggest is not None:
            return TemplateResponse(request, "pages/_lookup.html", {"hits": search.suggested(suggest, typed)})
        if info is None or info.internal or info.kind not in ("ref", "polyref"):
            raise Http404
        narrowed = page.of("lookup_filters", request).get(field, "") if isinstance(page, CardPage) else ""
        return TemplateResponse(request, "pages/_lookup.html", {"hits": search.hits(info, table, typed, narrowed)})
