"""The plan of a job's mapping, made once per job and process."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from coupling.models import IntegrationTableMapping
from coupling.plan import MappingPlan
from coupling.plans import plan_for

_KEPT = 8
_plans: OrderedDict[tuple[str, int], MappingPlan] = OrderedDict()


class MappingChangedError(Exception):
    """The mapping was edited after the job was planned (reason `mapping_changed`)."""


def plan_of(job: Any) -> MappingPlan:
    """The plan at the version that the job started with; raises MappingChangedError when the mapping moved on."""
    version = IntegrationTableMapping.objects.filter(name=job.mapping).values_list("version", flat=True).first()
    if version is None or (job.plan_version and version != job.plan_version):
        raise MappingChangedError(job.mapping)
    key = (str(job.pk), version)
    if key not in _plans:
        _plans[key] = plan_for(job.mapping)
        while len(_plans) > _KEPT:
            _plans.popitem(last=False)
    return _plans[key]
