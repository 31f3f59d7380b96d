"""The full synchronization review: its page, and its lines as they are now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from coupling.models import Connection, Coupling, IntegrationFieldMapping, IntegrationTableMapping
from coupling.rules import SALESPERSON
from pages import registry
from pages.views.base import PageView
from records.schema import schema
from sync import full_sync
from sync.explain import mapping_page
from sync.models import DatabaseMark
from sync.models.full_sync import LINE_STATES, PASS_STATES, RECOMMENDATIONS
from sync.shown import connected

_TONES = {"": "neutral", "ready": "neutral", "in_process": "info", "finished": "ok", "success": "ok", "error": "bad"}
_ICONS = {"": "", "ready": "clock", "in_process": "arrow_sync", "finished": "checkmark_circle",
          "success": "checkmark_circle", "error": "error_circle"}  # fmt: skip


class ReviewView(PageView):
    """The page."""

    def get(self, request: HttpRequest) -> TemplateResponse:
        """Lines and actions."""
        return self.render("sync/full_sync.html", context(request))


class LinesView(PageView):
    """The lines alone, while something runs."""

    def get(self, request: HttpRequest) -> TemplateResponse:
        """The table."""
        return self.render("sync/_full_sync_lines.html", context(request))


def context(request: HttpRequest) -> dict[str, Any]:
    """The lines in dependency order, and what can be done."""
    lines = full_sync.lines()
    user: Any = request.user
    states = {line.status for line in lines}
    mappings = {m.name: m for m in IntegrationTableMapping.objects.filter(name__in=[line.mapping for line in lines])}
    matched = set(
        IntegrationFieldMapping.objects.filter(match=True, enabled=True).values_list("mapping__name", flat=True)
    )
    return {
        "lines": [_line(line, mappings.get(line.mapping), is_matched=line.mapping in matched) for line in lines],
        "waits_for_salespeople": _open_salespeople(),
        "is_live": bool(states & {"ready", "in_process"}),
        "is_connected": connected(request),
        "may_use": user.has_right("use"),
        "can_start": connected(request)
        and any(not line.status and line.recommendation != "no_records" for line in lines),
        "can_restart": connected(request) and bool(states & {"error", "finished"}),
        "is_restored": DatabaseMark.is_comparison_awaited(),
        "may_set_up": user.has_right("setup"),
        "can_reset": not states & {"ready", "in_process"} and states != {""},
    }


def _open_salespeople() -> int:
    """Salespeople without a user of the Sales side, where records belong to people: couple them first."""
    if Connection.load().ownership_model != "person":
        return 0
    mapping = IntegrationTableMapping.objects.filter(erp_table=SALESPERSON).first()
    if mapping is None:
        return 0
    coupled = Coupling.objects.filter(pair=mapping.name).values("erp_id")
    return int(schema(SALESPERSON).model.objects.exclude(pk__in=coupled).count())


def _criteria(
    line: full_sync.Line, mapping: IntegrationTableMapping | None, *, is_matched: bool
) -> dict[str, Any] | None:
    """Where the fields that are compared are chosen, for lines that couple first. Options match by their code."""
    if mapping is None or mapping.is_option or line.recommendation != "couple_records":
        return None
    caption = _("Review Selected Coupling Criteria") if is_matched else _("Select Coupling Criteria")
    return {"caption": caption, "url": mapping_page(mapping), "is_missing": not is_matched}


def _line(line: full_sync.Line, mapping: IntegrationTableMapping | None, *, is_matched: bool) -> dict[str, Any]:
    return {
        "criteria": _criteria(line, mapping, is_matched=is_matched),
        "mapping": line.mapping,
        "depends_on": ", ".join(line.depends_on),
        "recommendation": RECOMMENDATIONS.get(line.recommendation, ""),
        "status": _status(line.status, LINE_STATES),
        "to_crm": _status(line.to_crm_status, PASS_STATES),
        "from_crm": _status(line.from_crm_status, PASS_STATES),
        "job": registry.reverse("sync.job.card", pk=line.job) if line.job else "",
    }


def _status(value: str, captions: dict[str, Any]) -> dict[str, Any] | None:
    return {"caption": captions[value], "tone": _TONES[value], "icon": _ICONS[value]} if value else None
