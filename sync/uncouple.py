"""The uncoupling job: couplings go, records stay. What a user uncouples at once is logged as a job that has ended."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from django.utils import timezone

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.plan import MappingPlan
from coupling.plans import plan_for
from coupling.rules import COMPANY_FIELD, clear_company
from coupling.selectors.records import record_keys, record_names
from coupling.services.coupling import couplings_delete
from records import db
from records.actor import current
from records.filters import to_sql
from records.ids import uuid7
from records.schema import schema
from sync import waiting
from sync.jobs.results import COUNTERS, Done, count
from sync.models import Chunk, Failure, Job, OutcomeRow

#: Collects what a job removes, children included; None outside jobs.
_removed: ContextVar[list[Coupling] | None] = ContextVar("removed_by_job", default=None)


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Remove the couplings of the chunk, with those that cannot stand without them."""
    if chunk.spec["take"] == "option_mappings":
        return _take_codes_off(job, chunk)
    if chunk.spec["take"] == "left_behind":
        clear_left_behind(plan_for(job.mapping))
        return Done()
    found = list(Coupling.objects.select_for_update().filter(pk__in=chunk.spec["ids"]).order_by("pk"))
    removed: list[Coupling] = []
    token = _removed.set(removed)
    try:
        couplings_delete(couplings=found)
    finally:
        _removed.reset(token)
    rows = outcomes(job, removed, chunk.pk)
    OutcomeRow.objects.bulk_create(rows, batch_size=2000)
    return Done({"": count(rows)}, len(chunk.spec["ids"]))


def _take_codes_off(job: Job, chunk: Chunk) -> Done:
    """The same for codes of an option set: the options stay."""
    found = list(OptionMapping.objects.select_for_update().filter(pk__in=chunk.spec["ids"]).order_by("label"))
    mapping = IntegrationTableMapping.objects.get(name=job.mapping)
    codes = record_keys(mapping.erp_table, [row.erp_id for row in found])
    rows = [
        OutcomeRow(
            id=uuid7(),
            job=job,
            chunk_id=chunk.pk,
            mapping=job.mapping,
            erp_id=row.erp_id,
            erp_key=codes.get(str(row.erp_id), "")[:250],
            crm_name=row.label[:250],
            action="uncouple",
            reason="forced",
            params={"option_value": row.option_value},
        )
        for row in found
    ]
    OptionMapping.objects.filter(pk__in=[row.pk for row in found]).delete()
    OutcomeRow.objects.bulk_create(rows, batch_size=2000)
    return Done({"": count(rows)}, len(chunk.spec["ids"]))


def clear_left_behind(plan: MappingPlan) -> None:
    """CRM rows inside the filter that carry our company id and are coupled with nothing lose it."""
    crm = schema(plan.crm_table)
    company = plan.context["company_id"]
    if COMPANY_FIELD not in crm or not company:
        return
    inside, params = to_sql(plan.crm_filter, crm.model, "t") if plan.crm_filter else ("TRUE", [])
    rows = db.rows(
        f'SELECT t."{crm.pk_column}" FROM "{crm.table}" t WHERE {inside} AND {crm[COMPANY_FIELD].sql("t")} = %s::uuid '
        f'AND NOT EXISTS (SELECT 1 FROM "{Coupling._meta.db_table}" k WHERE k.crm_id = t."{crm.pk_column}")',
        [*params, company],
    )
    clear_company(plan, [key for (key,) in rows])


def outcomes(job: Job, couplings: Sequence[Coupling], chunk_id: int = 0) -> list[OutcomeRow]:
    """One row for each coupling, with what its records are called."""
    rows: list[OutcomeRow] = []
    by_pair: dict[str, list[Coupling]] = {}
    for coupling in couplings:
        by_pair.setdefault(coupling.pair, []).append(coupling)
    for pair, group in by_pair.items():
        mapping = IntegrationTableMapping.objects.filter(name=pair).first()
        erp = record_keys(mapping.erp_table, [c.erp_id for c in group]) if mapping else {}
        crm = record_names(mapping.crm_table, [c.crm_id for c in group]) if mapping else {}
        rows += [
            OutcomeRow(
                id=uuid7(),
                job=job,
                chunk_id=chunk_id,
                mapping=pair,
                erp_id=c.erp_id,
                crm_id=c.crm_id,
                erp_key=erp.get(str(c.erp_id), "")[:250],
                crm_name=crm.get(str(c.crm_id), "")[:250],
                action="uncouple",
                reason="forced",
            )
            for c in group
        ]
    return rows


# Receivers of coupling's signals


def on_couplings_removed(*, pair: str, couplings: Sequence[Coupling], **_: Any) -> None:
    """A user uncoupled at once: the log shows it like any other job."""
    collecting = _removed.get()
    if collecting is not None:
        collecting += couplings
        return
    if not couplings:
        return
    now = timezone.now()
    job = Job(
        kind="uncoupling",
        mapping=pair,
        state="finished",
        by_user=True,
        requested_by=current().user_name,
        requested_at=now,
        run_at=now,
        started_at=now,
        finished_at=now,
        total=len(couplings),
        processed=len(couplings),
        counters={"": {**dict.fromkeys(COUNTERS, 0), "uncoupled": len(couplings)}},
    )
    job.run_id = job.pk
    job.save(force_insert=True)
    OutcomeRow.objects.bulk_create(outcomes(job, couplings), batch_size=2000)


def on_couplings_made(*, pair: str, couplings: Sequence[Coupling], waits: bool = True, **_: Any) -> None:
    """A record that is coupled is no failed uncoupled record any more; what waits is looked at by the next run."""
    from sync.worklist.actions import enqueue

    if waits:
        sides = [("erp", c.erp_id) for c in couplings] + [("crm", c.crm_id) for c in couplings]
        enqueue([(pair, side, str(key)) for side, key in sides])
    for side in ("erp", "crm"):
        keys = [getattr(c, f"{side}_id") for c in couplings]
        Failure.objects.filter(mapping=pair, side=side, record__in=keys).delete()
    waiting.wake(
        pair,
        plan_for(pair).context.get("dependents", ()),
        erp_ids=[str(c.erp_id) for c in couplings],
        crm_ids=[str(c.crm_id) for c in couplings],
    )
