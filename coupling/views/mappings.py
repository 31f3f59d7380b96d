"""The versions of a mapping as a page, and mappings as a file."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from coupling.models import IntegrationTableMapping
from coupling.models.mapping import ORIGINS
from coupling.pages.differences import shown
from coupling.selectors.versions import Version, versions_of
from coupling.services.transfer import mappings_export
from pages.views.base import PageView


class VersionsView(PageView):
    """All versions of one mapping."""

    def get(self, request: HttpRequest, pk: UUID) -> TemplateResponse:
        """Newest first, each with its differences to the one before."""
        mapping = IntegrationTableMapping.objects.filter(pk=pk).first()
        if mapping is None:
            raise Http404
        context = {
            "mapping": mapping,
            "card_url": reverse("coupling.mapping.card", kwargs={"pk": pk}),
            "restore_url": f"{reverse('coupling.mapping.restore')}?list=coupling.mapping.list&ids={pk}&version=",
            "versions": [_shown(mapping, version) for version in versions_of(mapping)],
        }
        return self.render("coupling/versions.html", context)


def _shown(mapping: IntegrationTableMapping, version: Version) -> dict[str, Any]:
    kept = version.kept
    return {
        "number": kept.version,
        "at": kept.created_at,
        "who": kept.changed_by,
        "source": kept.source,
        "origin": ORIGINS.get(kept.origin, ""),
        "origin_version": kept.origin_version,
        "is_first": version.is_first,
        "is_present": version.is_present,
        "rows": shown(version.changes, mapping.erp_table, mapping.crm_table),
    }


class ExportView(PageView):
    """Mappings as a file to keep."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The mappings named in `names`, or all."""
        names = request.GET.getlist("names")
        text = json.dumps(mappings_export(names=names or None), ensure_ascii=False, indent=2)
        response = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
        day = timezone.localdate().isoformat()
        response["Content-Disposition"] = f'attachment; filename="mappings-{day}.json"'
        return response
