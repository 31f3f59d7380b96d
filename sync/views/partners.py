"""Couple These First: a POST starts the jobs, GET tells how far they are."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponseBase

from pages.selection import keys
from pages.views.base import PageView, attempt
from records.errors import Refused
from sync import services
from sync.models import Job
from sync.views.jobs import watched


class PartnersView(PageView):
    """The jobs of one press of the button, and what came of them."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Start them; the answer takes the place of the list of what is missing."""
        return attempt(request, lambda: self._start(request))

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """How far the jobs of a run are; the last answer asks the dialog to show itself anew."""
        return self._progress(next(iter(keys([request.GET.get("run", "")])), ""))

    def _start(self, request: HttpRequest) -> HttpResponseBase:
        side = "crm_ids" if request.POST.get("side") == "crm" else "erp_ids"
        started = services.partners_couple(
            user=request.user,  # type: ignore[arg-type]
            mapping=request.POST.get("mapping", ""),
            **{side: keys([request.POST.get("keys", "")])},
        )
        if not started.jobs:
            raise Refused(started.failed[0].code, started.failed[0].params)
        return self._progress(str(started.jobs[0].run_id))

    def _progress(self, run: str) -> HttpResponseBase:
        jobs = list(Job.objects.filter(run_id=run).order_by("id")) if run else []
        context = watched(jobs) | {"run": run}
        response = self.render("sync/_partners_progress.html", context)
        if context["is_ended"]:
            response["HX-Trigger-After-Swap"] = json.dumps({"partnersCoupled": {}})
        return response
