"""What couplings may ask of jobs: the implementation of `coupling.work.Work`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from coupling.models import IntegrationTableMapping
from coupling.plan import Key
from sync import selectors
from sync.jobs.submit import Request, submit
from sync.models import Job
from sync.requests import record_request


class JobsPort:
    """Starts jobs for records and tells about them."""

    def synchronize(
        self,
        *,
        mapping: str,
        direction: str,
        erp_ids: Sequence[Key] = (),
        crm_ids: Sequence[Key] = (),
        create_new: bool = False,
        user_name: str = "",
    ) -> list[Job]:
        """One job for each side that records were named of."""
        return [
            submit(
                record_request(
                    mapping=mapping,
                    direction=direction,
                    side=side,
                    ids=list(ids),
                    create_new=create_new,
                    user_name=user_name,
                )
            )
            for side, ids in (("erp", erp_ids), ("crm", crm_ids))
            if ids
        ]

    def uncouple(self, *, mapping: str, erp_ids: Sequence[Key], user_name: str = "") -> list[Job]:
        """One job that removes the couplings of these records."""
        params = {"erp_ids": [str(key) for key in erp_ids]}
        return [submit(Request(kind="uncoupling", user_name=user_name, mapping=mapping, params=params))]

    def let_in_count(self, mapping: str) -> int:
        """How many records inside the filters of a mapping nobody has looked at."""
        from sync import let_in

        found = IntegrationTableMapping.objects.filter(name=mapping).first()
        return let_in.count(found) if found else 0

    def missing_partners(
        self, request: HttpRequest, *, mapping: IntegrationTableMapping, side: str, keys: Sequence[Key]
    ) -> str:
        """The part of a dialog that tells what has to be coupled first, with *Couple These First*."""
        from sync.pages.partners import section

        return section(request, mapping, side, keys)

    def show(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """Jobs as the API answers them, as they are now."""
        return selectors.show_jobs(selectors.jobs_by_id([str(job.pk) for job in jobs]))

    def follow(self, request: HttpRequest, jobs: Sequence[Job], message: str) -> HttpResponseBase:
        """Close the dialog; a notice follows the jobs."""
        from sync.shown import watch

        return watch(request, jobs, message)

    def wait(self, jobs: Sequence[Job], seconds: float) -> None:
        """Hold until the jobs have ended, at most so long."""
        selectors.wait([str(job.pk) for job in jobs], seconds)
