"""The plan of a job's mapping, looked up once per job and process, made when something that it rests on has changed."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from coupling.models import IntegrationTableMapping
from coupling.plan import MappingPlan
from coupling.plans import fingerprint, plan_for

_KEPT = 16
#: By job, so that all its chunks are worked on alike; and by what the plans rest on, so that jobs share them.
_of_jobs: OrderedDict[tuple[str, int], MappingPlan] = OrderedDict()
_made: OrderedDict[tuple[str, str], MappingPlan] = OrderedDict()


class MappingChangedError(Exception):
    """The mapping was edited after the job was planned (reason `mapping_changed`)."""


def plan_of(job: Any) -> MappingPlan:
    """The plan at the version that the job started with; raises MappingChangedError when the mapping moved on."""
    version = _version(job)
    if version is None or (job.plan_version and version != job.plan_version):
        raise MappingChangedError(job.mapping)
    key = (str(job.pk), version)
    if key not in _of_jobs:
        _keep(_of_jobs, key, _plan(job.mapping))
    return _of_jobs[key]


def _version(job: Any) -> int | None:
    """The mapping's present version; the guard of a chunk has read it with the job."""
    if "mapping_version" in vars(job):
        found: int | None = job.mapping_version
        return found
    return IntegrationTableMapping.objects.filter(name=job.mapping).values_list("version", flat=True).first()


def _plan(mapping: str) -> MappingPlan:
    key = (mapping, fingerprint())
    if key not in _made:
        _keep(_made, key, plan_for(mapping))
    return _made[key]


def _keep(plans: OrderedDict[Any, MappingPlan], key: Any, plan: MappingPlan) -> None:
    plans[key] = plan
    while len(plans) > _KEPT:
        plans.popitem(last=False)
