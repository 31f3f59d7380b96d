"""The match preview: progress while the job looks, then numbers and pages of what it found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from coupling.models import IntegrationTableMapping
from coupling.plans import plan_for
from coupling.products import products
from pages import registry
from pages.views.base import PageView
from records.schema import schema
from sync.matching import report
from sync.models import Job
from sync.pages.matching import criteria_shown, preview_job
from sync.shown import connected
from sync.views.jobs import progress_of

PAGE_SIZE = 50


class MatchPreviewView(PageView):
    """The page."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Everything."""
        return self.render("sync/match_preview.html", context(request, preview_job(pk)))


class MatchLiveView(PageView):
    """What changes while the job runs."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """The progress, or what was found."""
        return self.render("sync/_match_found.html", context(request, preview_job(pk)))


def context(request: HttpRequest, job: Job) -> dict[str, Any]:
    """The job, its criteria, numbers and the chosen page of the chosen section."""
    user: Any = request.user
    mapping = IntegrationTableMapping.objects.filter(name=job.mapping).first()
    shown: dict[str, Any] = {
        "job": job,
        "mapping": mapping,
        "criteria": criteria_shown(mapping) if mapping else [],
        "may_use": user.has_right("use") and connected(request),
        "may_set_up": user.has_right("setup"),
        "products": products(),
        "address": registry.reverse("sync.match_preview", pk=str(job.pk)),
        "is_sales": bool(job.param("crm_ids")),
        "chosen": len(job.param("erp_ids") or job.param("crm_ids") or []),
    }
    if not job.is_ended:
        return shown | {"is_live": True, **progress_of(job)}
    if job.state != "finished" or mapping is None:
        return shown | progress_of(job)
    return shown | _found(request, job, mapping)


def _found(request: HttpRequest, job: Job, mapping: IntegrationTableMapping) -> dict[str, Any]:
    plan = plan_for(mapping)
    numbers = report.report(job, plan)
    section = request.GET.get("show", report.PAIRS)
    section = section if section in numbers.counts else report.PAIRS
    count = numbers.counts[section]
    last = max(1, -(-count // PAGE_SIZE))
    typed = request.GET.get("page", "")
    page = min(max(1, int(typed)), last) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 1
    found = report.lines(job, plan, section, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return {
        "is_found": True,
        "numbers": numbers,
        "section": section,
        "sections": _sections(numbers),
        "page_no": page,
        "pages": last,
        "lines": [_line(plan, line) for line in found],
        "erp_label": schema(mapping.erp_table).model.Record.label,
        "crm_label": _("Option Value") if mapping.is_option else schema(mapping.crm_table).model.Record.label,
        "has_priorities": len({c["priority"] for c in criteria_shown(mapping)}) > 1,
    }


def _sections(numbers: report.Report) -> list[dict[str, Any]]:
    """The tiles: what is fine, what needs a decision, what is left over."""
    names = products()
    captions = {
        report.PAIRS: (_("Pairs to be coupled"), "ok"),
        report.SEVERAL: (_("Several matches"), "warn"),
        report.TAKEN: (_("Match is coupled already"), "warn"),
        report.ERP_LEFT: (_("Without a match in %(product)s") % {"product": names.crm}, ""),
        report.CRM_LEFT: (_("Left over in %(product)s") % {"product": names.crm}, ""),
    }
    return [
        {"name": name, "caption": caption, "count": numbers.counts[name], "tone": tone if numbers.counts[name] else ""}
        for name, (caption, tone) in captions.items()
        if name in numbers.counts
    ]


def _line(plan: Any, line: report.Found) -> dict[str, Any]:
    erp = line.erp
    return {
        "erp": (registry.address_of(plan.erp_table, erp[0]), erp[1]) if erp else None,
        "crm": [(_crm_address(plan, key), name) for key, name in line.crm],
        "more": line.more,
        "partner": line.partner,
        "priority": line.priority,
    }


def _crm_address(plan: Any, key: str) -> str:
    return "" if plan.option is not None else registry.address_of(plan.crm_table, key)
