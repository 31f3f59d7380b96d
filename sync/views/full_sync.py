"""The full synchronization review: its page, and its lines as they are now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from pages import registry
from pages.views.base import PageView
from sync import full_sync
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
    return {
        "lines": [_line(line) for line in lines],
        "is_live": bool(states & {"ready", "in_process"}),
        "is_connected": connected(request),
        "may_use": user.has_right("use"),
        "can_start": connected(request)
        and any(not line.status and line.recommendation != "no_records" for line in lines),
        "can_restart": connected(request) and "error" in states,
        "can_reset": not states & {"ready", "in_process"} and states != {""},
    }


def _line(line: full_sync.Line) -> dict[str, Any]:
    return {
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
