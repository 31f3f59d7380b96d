"""Runs over a mapping: what waits in `pending`, or all records in key ranges."""

from __future__ import annotations

from coupling.models import IntegrationTableMapping
from coupling.plan import MappingPlan
from coupling.sides import gateway
from records import db
from records.schema import schema
from sync import changes, schedules
from sync.jobs.plan.base import Planned, Spec, chunk_size, key_ranges, slices
from sync.models import Job, Pending
from sync.plans import plan_of
from sync.walk import orphans, walked

_MODES = {"modified": "modified", "full": "full", "full_unconditional": "unconditional"}
#: Passes follow each other: what the ERP side brings goes first, then the Sales side, then what is gone.
_STAGE = {"erp": 0, "crm": 1}
_GONE_STAGE = 2


def modified(job: Job) -> Planned:
    """Everything that waits. Changes that no router has moved yet are moved first.

    A run of one direction takes what waits on its source side; of the other side only deletions, which it answers
    for, and of a one-way mapping all, because nothing else is sent there.
    """
    _route(job)
    one_way = _mapping_direction(job.mapping) != "bidirectional"
    planned = Planned(total=0)
    for side, direction in (("erp", "to_crm"), ("crm", "from_crm")):
        if direction in job.directions or one_way:
            _pending(job, side, planned)
        else:
            _gone(job, side, planned)
    if (plan := plan_of(job)).option is not None:
        _add_orphans(job, planned, orphans(plan, but_waiting=True))
    return planned


def full(job: Job) -> Planned:
    """All records inside the filters, in key ranges; and the couplings whose record is gone."""
    _route(job)
    plan, planned = plan_of(job), Planned(total=0)
    for side, direction in (("erp", "to_crm"), ("crm", "from_crm")):
        if direction in job.directions:
            _ranges(job, plan, side, planned)
        _gone(job, side, planned, stage=_GONE_STAGE)
    if plan.option is not None and "from_crm" in job.directions:
        _add_orphans(job, planned, orphans(plan, but_waiting=False))
    return planned


def _route(job: Job) -> None:
    """Move what was changed to the mappings that read it; entries of the others wake as if the sweep had found it."""
    sent = changes.route_all()
    schedules.wake({name: n for name, n in sent.items() if name != job.mapping})


def _mapping_direction(name: str) -> str:
    return str(IntegrationTableMapping.objects.values_list("direction", flat=True).get(name=name))


def _spec(job: Job, side: str, take: str, *, stage: int | None = None) -> Spec:
    return {
        "take": take,
        "side": side,
        "directions": job.directions,
        "mode": _MODES[job.kind],
        "create_new": job.create_new,
        "stage": _STAGE[side] if stage is None else stage,
    }


def _count(planned: Planned, n: int) -> None:
    planned.total = (planned.total or 0) + n


def _pending(job: Job, side: str, planned: Planned) -> None:
    """Key ranges over the pending rows, in one query: workers share them, and what fails is not taken twice."""
    table = Pending._meta.db_table
    due = "" if job.by_user else "AND (not_before IS NULL OR not_before <= clock_timestamp())"
    where = f"mapping = %s AND side = %s {due}"
    row = db.one(f"SELECT count(*) FROM {table} WHERE {where}", [job.mapping, side])
    waiting = int(row[0]) if row else 0
    if not waiting:
        return
    borders = db.rows(
        f"SELECT record FROM (SELECT record, row_number() OVER (ORDER BY record) AS n FROM {table} WHERE {where}) x "
        "WHERE n %% %s = 0 AND n < %s ORDER BY record",
        [job.mapping, side, chunk_size(waiting), waiting],
    )
    _add_ranges(planned, _spec(job, side, "pending"), [key for (key,) in borders])
    _count(planned, waiting)


def _add_ranges(planned: Planned, common: Spec, borders: list[str]) -> None:
    """Ranges between the borders; the last one is open, for what arrives meanwhile.

    A range that is full as planned has not reached its limit: nobody has to look whether there is more.
    """
    limit = 2 * chunk_size(10**9)
    for low, high in zip([None, *borders], [*borders, None], strict=True):
        planned.specs.append({**common, "from": low, "to": high, "limit": limit})


def _ranges(job: Job, plan: MappingPlan, side: str, planned: Planned) -> None:
    """Key ranges over the table, planned in advance. The second pass leaves out what the first one decided."""
    table, flt = walked(plan, side)
    common = _spec(job, side, "range") | {"handled_by_erp_pass": side == "crm" and "to_crm" in job.directions}
    for low, high, n in key_ranges(gateway(side), table, flt):
        planned.specs.append({**common, "from": low, "to": high, "limit": None})
        _count(planned, n)


def _gone(job: Job, side: str, planned: Planned, *, stage: int | None = None) -> None:
    """Coupled records of this side that were deleted: named one by one, their table has them no more."""
    described = schema(walked(plan_of(job), side)[0])
    sql = (
        f"SELECT p.record FROM {Pending._meta.db_table} p WHERE p.mapping = %s AND p.side = %s AND NOT EXISTS "
        f'(SELECT 1 FROM "{described.table}" t WHERE t."{described.pk_column}" = p.record) ORDER BY p.record'
    )
    _add_gone(job, side, planned, [key for (key,) in db.rows(sql, [job.mapping, side])], stage)


def _add_gone(job: Job, side: str, planned: Planned, keys: list[str], stage: int | None) -> None:
    for ids in slices(keys):
        planned.specs.append({**_spec(job, side, "ids", stage=stage), "mode": "modified", "ids": ids, "gone": True})
    _count(planned, len(keys))


def _add_orphans(job: Job, planned: Planned, codes: list[str]) -> None:
    """Codes that have lost their option value; what deleted that one named a key that says nothing any more."""
    _add_gone(job, "erp", planned, codes, _GONE_STAGE)
