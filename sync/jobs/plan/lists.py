"""Jobs over a list: couplings to make, couplings to end, outcome rows to take back."""

from __future__ import annotations

from coupling.models import Coupling, OptionMapping
from sync.jobs.plan.base import Planned, slices
from sync.models import Job, OutcomeRow
from sync.plans import plan_of


def coupling(job: Job) -> Planned:
    """Match-based coupling finds the partners of the named ERP records, or of all inside the filter."""
    from sync.matching.find import planned

    return planned(job)


def uncoupling(job: Job) -> Planned:
    """The couplings of the mapping, or those of the named records; where all go, what they left on CRM rows goes last."""
    if plan_of(job).option is not None:
        return _option_mappings(job)
    found = Coupling.objects.filter(pair=job.mapping)
    if job.param("erp_ids"):
        found = found.filter(erp_id__in=job.param("erp_ids"))
    if job.param("crm_ids"):
        found = found.filter(crm_id__in=job.param("crm_ids"))
    keys = [str(key) for key in found.order_by("pk").values_list("pk", flat=True)]
    specs = [{"take": "couplings", "ids": ids} for ids in slices(keys)]
    return Planned([*specs, {"take": "left_behind", "stage": 1}] if job.whole else specs, len(keys))


def _option_mappings(job: Job) -> Planned:
    """Codes that stand for an option, instead of couplings."""
    found = OptionMapping.objects.filter(mapping__name=job.mapping)
    if job.param("erp_ids"):
        found = found.filter(erp_id__in=job.param("erp_ids"))
    keys = [str(key) for key in found.order_by("pk").values_list("pk", flat=True)]
    return Planned([{"take": "option_mappings", "ids": ids} for ids in slices(keys)], len(keys))


def undo(job: Job) -> Planned:
    """The outcome rows of the job to take back, last one first."""
    written = OutcomeRow.objects.filter(
        job_id=job.param("job"), action__in=("insert", "modify", "delete", "couple", "uncouple")
    )
    keys = [str(key) for key in written.order_by("-id").values_list("pk", flat=True)]
    return Planned(
        [{"take": "outcomes", "ids": ids, "stage": stage} for stage, ids in enumerate(slices(keys))], len(keys)
    )
