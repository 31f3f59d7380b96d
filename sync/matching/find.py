"""Planning a coupling job: who belongs to whom is found for the whole mapping at once, before anything is written."""

from __future__ import annotations

from coupling.match_plan import Matching, matches_store, rows_left_over
from coupling.matching import Criterion
from coupling.models import IntegrationTableMapping
from coupling.plan import MappingPlan
from sync.engine.transfer import convert
from sync.jobs.errors import StoppedError
from sync.jobs.plan.base import Planned, chunk_size, slices
from sync.jobs.start import Refusal
from sync.matching import options
from sync.models import Job, Match
from sync.plans import plan_of

_STORE = """
INSERT INTO {match} (job, no, erp_id, crm_id, reason, found, candidates, holder, priority)
SELECT %s::uuid, v.no, v.erp_id, v.crm_id, v.reason, v.found, v.candidates, v.holder, v.priority FROM {{verdicts}}
"""


def planned(job: Job) -> Planned:
    """Find the pairs and cut the records into chunks. Raises StoppedError (`no_criteria`).

    Chunks over `no`, so that the couplings of one chunk are few enough for nobody to wait for them.
    """
    plan = plan_of(job)
    if plan.option is not None:
        return Planned([{"take": "options"}], len(options.codes(plan, named(job))))
    criteria = criteria_of(plan)
    if not criteria:
        raise StoppedError(Refusal("no_criteria", {"mapping": job.mapping}))
    Match.objects.filter(job=job.pk).delete()
    matching = Matching(plan, tuple(criteria), convert, named(job), named_rows(job))
    total = matches_store(matching, _STORE.format(match=Match._meta.db_table), [str(job.pk)])
    left = rows_left_over()
    size = chunk_size(total)
    borders = range(0, total, size)
    specs = [{"take": "matches", "from": low, "to": min(low + size, total)} for low in borders]
    return Planned([*specs, *({"take": "left_over", "ids": ids} for ids in slices(left))], total + len(left))


def named(job: Job) -> list[str] | None:
    """The ERP records that the job is about; None for all."""
    return list(job.param("erp_ids") or []) or None


def named_rows(job: Job) -> list[str] | None:
    """The CRM rows that the job is about; None for all."""
    return list(job.param("crm_ids") or []) or None


def criteria_of(plan: MappingPlan) -> list[Criterion]:
    """The lines of a mapping that are used for matching and that it carries, by priority."""
    mapping = IntegrationTableMapping.objects.get(pk=plan.id)
    carried = {(line.erp, line.crm): line.key for line in plan.fields if line.erp and line.crm}
    return [
        Criterion(key, line.crm_field, line.match_case_sensitive, line.match_priority)
        for line in mapping.lines.filter(match=True, enabled=True).order_by("match_priority", "no")
        if (key := carried.get((line.erp_field, line.crm_field)))
    ]
