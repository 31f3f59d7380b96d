"""Full synchronization over several mappings: a recommendation for each, then one job per line in dependency order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from coupling.models import IntegrationTableMapping
from coupling.plan import MappingPlan
from coupling.plans import plan_for
from coupling.services.coupling import require_connection
from records import db
from records.errors import FieldError, Refused, Rejected
from records.filters import to_sql
from records.schema import schema
from sync import order
from sync.jobs.submit import Request, submit
from sync.models import FullSyncLine, Job
from sync.models.full_sync import RECOMMENDATIONS
from sync.preview import several

_STATUS = {
    "ready": "ready",
    "in_process": "in_process",
    "finished": "finished",
    "failed": "error",
    "cancelled": "error",
}


@dataclass(slots=True)
class Line:
    """One line of the review as it is now."""

    mapping: str
    depends_on: list[str] = field(default_factory=list)
    recommendation: str = ""
    status: str = ""
    to_crm_status: str = ""
    from_crm_status: str = ""
    job: str | None = None


def lines() -> list[Line]:
    """All lines in dependency order; the recommendation of a line that was not started is made from the records."""
    stored = {line.mapping: line for line in FullSyncLine.objects.all()}
    jobs = {str(j.pk): j for j in Job.objects.filter(pk__in=[s.job for s in stored.values() if s.job])}
    depends_on = order.stored_dependencies()
    found = []
    for name in order.in_order(depends_on, depends_on):
        kept = stored.get(name)
        line = Line(name, [d for d in depends_on[name] if d in depends_on])
        line.recommendation = kept.recommendation if kept else recommend(plan_for(name))
        if kept and str(kept.job) in jobs:
            _follow(line, jobs[str(kept.job)])
        found.append(line)
    return found


def _follow(line: Line, job: Job) -> None:
    line.job, line.status = str(job.pk), _STATUS[job.state]
    for direction in job.directions:
        setattr(line, f"{direction}_status", _pass_status(job, direction))


def _pass_status(job: Job, direction: str) -> str:
    if job.state == "in_process":
        return "in_process"
    if not job.is_ended:
        return ""
    failed = job.counters.get(direction, {}).get("failed", 0)
    return "success" if job.state == "finished" and not failed else "error"


def recommend(plan: MappingPlan) -> str:
    """What the records on both sides suggest: only one side has any, both have, none has.

    What a one-way mapping only writes counts as empty with one row: the Sales side always has its base currency.
    """
    if plan.direction == "from_crm":
        return "full_synchronization"
    erp, crm = (
        _has(plan, "erp"),
        _has(plan, "crm", more_than=1 if plan.direction == "to_crm" and not plan.option else 0),
    )
    if plan.option is not None:
        return "couple_records" if erp else "no_records"
    if not erp and not crm:
        return "no_records"
    return "couple_records" if erp and crm else "full_synchronization"


def _has(plan: MappingPlan, side: str, more_than: int = 0) -> bool:
    table, flt = (plan.erp_table, plan.erp_filter) if side == "erp" else (plan.crm_table, plan.crm_filter)
    described = schema(table)
    where, params = to_sql(flt, described.model, "t") if flt else ("TRUE", [])
    return (
        db.one(f'SELECT 1 FROM "{described.table}" t WHERE {where} LIMIT 1 OFFSET %s', [*params, more_than]) is not None
    )


# What users do


@transaction.atomic
def start(
    *, user_name: str, mappings: Iterable[str] | None = None, recommendation: str = "", preview: bool = False
) -> Job:
    """Start all lines that were not started (or the named ones): each after the lines it depends on.

    `recommendation`: instead of the one that the lines show. `preview`: show what that would do; the lines stay as they
    are. Raises Refused (`connection_disabled`, `nothing_pending`) and Rejected.
    """
    require_connection()
    if recommendation and recommendation not in RECOMMENDATIONS:
        raise Rejected([FieldError("recommendation", "invalid_option", {"value": recommendation[:50]})])
    wanted = _named(mappings)
    chosen = [line for line in lines() if line.status == "" and (wanted is None or line.mapping in wanted)]
    for line in chosen:
        line.recommendation = recommendation or line.recommendation
    if not any(line.recommendation != "no_records" for line in chosen):
        raise Refused("nothing_pending")
    return _preview(user_name, chosen) if preview else _launch(user_name, chosen)


@transaction.atomic
def restart(*, user_name: str, mappings: Iterable[str] | None = None, preview: bool = False) -> Job:
    """Start lines again that ended (all that ended in error, or the named ones).

    `preview`: show what that would do; the lines stay as they ended. Raises as `start` does.
    """
    require_connection()
    wanted = _named(mappings)
    again = [
        line.mapping
        for line in lines()
        if line.status in ("error", "finished")
        and (line.status == "error" if wanted is None else line.mapping in wanted)
    ]
    if not again:
        raise Refused("nothing_pending")
    if preview:
        return _preview(user_name, _anew(again))
    FullSyncLine.objects.filter(mapping__in=again).delete()
    return start(user_name=user_name, mappings=again)


def _anew(names: list[str]) -> list[Line]:
    """These lines as they would be started: with what the records recommend now. Raises Refused where none would."""
    found = [
        replace(line, recommendation=recommend(plan_for(line.mapping))) for line in lines() if line.mapping in names
    ]
    if all(line.recommendation == "no_records" for line in found):
        raise Refused("nothing_pending")
    return found


@transaction.atomic
def reset() -> None:
    """Forget all lines; the review begins anew. Raises Refused while one is in process."""
    if any(line.status in ("ready", "in_process") for line in lines()):
        raise Refused("full_sync_running")
    FullSyncLine.objects.all().delete()


@transaction.atomic
def recommend_full(*, mappings: Iterable[str]) -> None:
    """Let these lines, which were not started, copy everything instead of coupling first. Raises Rejected, Refused."""
    wanted = _named(mappings) or set()
    chosen = [line for line in lines() if line.mapping in wanted and line.status == ""]
    if not chosen:
        raise Refused("nothing_pending")
    for line in chosen:
        FullSyncLine.objects.update_or_create(
            mapping=line.mapping,
            defaults={"recommendation": "full_synchronization", "job": None},  # type: ignore[misc]
        )


def _named(mappings: Iterable[str] | None) -> set[str] | None:
    if mappings is None:
        return None
    wanted = {str(name).upper() for name in mappings}
    unknown = wanted - set(IntegrationTableMapping.objects.values_list("name", flat=True))
    if unknown:
        raise Rejected([FieldError("mappings", "mapping_missing", {"mapping": name[:50]}) for name in sorted(unknown)])
    return wanted


def _launch(user_name: str, chosen: list[Line]) -> Job:
    parent = submit(Request(kind="full_sync", user_name=user_name, total=None))
    started: dict[str, Job] = {}
    for line in chosen:
        if line.recommendation == "no_records":
            FullSyncLine.objects.update_or_create(mapping=line.mapping, defaults={"recommendation": "no_records"})
    open_jobs, chosen = _open_jobs(), [line for line in chosen if line.recommendation != "no_records"]
    for line in chosen:
        job = submit(_request(parent, line, {**open_jobs, **started}))
        started[line.mapping] = job
        FullSyncLine.objects.update_or_create(
            mapping=line.mapping, defaults={"recommendation": line.recommendation, "job": job.pk}
        )
    Job.objects.filter(pk=parent.pk).update(state="in_process", started_at=parent.requested_at)
    return Job.objects.get(pk=parent.pk)


def _preview(user_name: str, chosen: list[Line]) -> Job:
    """The jobs that would be started, as previews: their work is done and taken back together."""
    open_jobs, chosen = _open_jobs(), [line for line in chosen if line.recommendation != "no_records"]
    parent = several.parent(
        user_name=user_name,
        names=[line.mapping for line in chosen],
        after=[str(job.pk) for job in open_jobs.values()],
    )
    started: dict[str, Job] = {}
    for line in chosen:
        request = _request(parent, line, {**open_jobs, **started})
        started[line.mapping] = several.child(parent, replace(request, preview=True))
    return parent


def _open_jobs() -> dict[str, Job]:
    """The jobs of lines that have not ended, by mapping."""
    stored = {str(line.job): line.mapping for line in FullSyncLine.objects.exclude(job=None)}
    return {stored[str(job.pk)]: job for job in Job.objects.filter(pk__in=list(stored), finished_at=None)}


def _request(parent: Job, line: Line, known: dict[str, Job]) -> Request:
    """What is asked of a line: it waits for those of the known jobs whose mappings it depends on."""
    first = order.dependencies_among(line.mapping, known, order.stored_dependencies())
    mapping = IntegrationTableMapping.objects.get(name=line.mapping)
    common: dict[str, Any] = {
        "user_name": parent.requested_by,
        "mapping": line.mapping,
        "whole": True,
        "after": [str(known[name].pk) for name in sorted(first)],
        "parent": str(parent.pk),
        "run_id": str(parent.run_id),
    }
    if line.recommendation == "couple_records":
        params = {"synchronize_after": mapping.synch_after_bulk_coupling}
        return Request(kind="coupling", create_new=mapping.create_new_in_case_of_no_match, params=params, **common)
    return Request(kind="full", direction=mapping.direction, create_new=True, **common)
