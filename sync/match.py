"""The coupling job: ERP records find their CRM rows by the mapping's match lines, chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from coupling.matching import Candidate, Criterion, Group, Verdict, groups, match
from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import FieldPlan, Key, MappingPlan, Problem
from coupling.plans import plan_for
from coupling.selectors.records import record_keys, record_names
from coupling.sides import gateway
from records import db
from records.filters import to_sql
from records.ids import uuid7
from records.schema import schema
from sync import waiting
from sync.engine.transfer import convert
from sync.jobs.errors import StoppedError
from sync.jobs.results import COUNTERS, Done
from sync.jobs.start import Refusal
from sync.jobs.submit import submit
from sync.models import Chunk, Failure, Job, OutcomeRow
from sync.requests import record_request

_SHOWN_CANDIDATES = 10


@dataclass(slots=True)
class _Work:
    """What the steps of one chunk share."""

    job: Job
    chunk: Chunk
    plan: MappingPlan
    alternatives: list[Group]


class _Undone(Exception):
    """Ends a preview: its couplings are rolled back, its outcome rows are kept."""


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Couple the uncoupled records of the chunk that match; report the others."""
    criteria = criteria_of(job.mapping)
    if not criteria:
        raise StoppedError(Refusal("no_criteria", {"mapping": job.mapping}))
    work = _Work(job, chunk, plan_for(job.mapping), groups(criteria))
    if not job.preview:
        rows, looked_at = _couple(work)
    else:
        kept: list[tuple[list[OutcomeRow], int]] = []
        try:
            with transaction.atomic():
                kept.append(_couple(work))
                raise _Undone
        except _Undone:
            ((rows, looked_at),) = kept
    OutcomeRow.objects.bulk_create(rows, batch_size=2000)
    return Done({"": count(rows)}, looked_at)


def count(rows: Sequence[OutcomeRow]) -> dict[str, int]:
    """Counters of outcome rows."""
    from sync.models.outcome import COUNTER_OF

    counters = dict.fromkeys(COUNTERS, 0)
    for row in rows:
        counters[COUNTER_OF[row.action]] += 1
    return counters


def criteria_of(mapping: str) -> list[Criterion]:
    """The lines of a mapping that are used for matching."""
    stored = IntegrationTableMapping.objects.get(name=mapping)
    lines = stored.lines.filter(match=True, enabled=True).exclude(erp_field="").exclude(crm_field="")
    return [
        Criterion(line.key, line.crm_field, line.match_case_sensitive, line.match_priority)
        for line in lines.order_by("no")
    ]


def _couple(work: _Work) -> tuple[list[OutcomeRow], int]:
    keys = _uncoupled_keys(work)
    records = _values(work, keys)
    verdicts = match(records, work.alternatives, partial(_candidates, work))
    made = _insert(work, {key: v.partner.key for key, v in verdicts.items() if v.partner is not None})
    names = record_keys(work.plan.erp_table, verdicts)
    partners = [v.partner.key for v in verdicts.values() if v.partner is not None]
    titles = record_names(work.plan.crm_table, partners)
    rows = [_row(work, key, verdict, key in made, names, titles) for key, verdict in verdicts.items()]
    return rows, len(keys)


def _uncoupled_keys(work: _Work) -> list[Key]:
    spec, plan = work.chunk.spec, work.plan
    if spec["take"] == "ids":
        keys = list(spec["ids"])
    else:
        keys = gateway("erp").select(
            plan.erp_table, plan.erp_filter, after=spec.get("from"), upto=spec.get("to"), limit=1_000_000
        )
    coupled = Coupling.objects.filter(pair=plan.name, erp_id__in=keys).values_list("erp_id", flat=True)
    known = {str(key) for key in coupled}
    return [key for key in keys if key not in known]


def _values(work: _Work, keys: list[Key]) -> dict[Key, dict[str, Any]]:
    """The matching values of ERP records inside the filter, converted to what the CRM side would hold."""
    plan = work.plan
    lines = {line.key: line for line in plan.fields}
    wanted = [lines[c.key] for group in work.alternatives for c in group if c.key in lines]
    fields = {line.erp for line in wanted if line.erp} | set(plan.erp_filter_fields)
    records = gateway("erp").read_many(plan.erp_table, keys, fields)
    inside = [k for k in keys if k in records and (plan.erp_matches is None or plan.erp_matches(records[k].values))]
    columns = {line.key: _converted(line, [records[k].values.get(line.erp or "") for k in inside]) for line in wanted}
    return {key: {name: column[i] for name, column in columns.items()} for i, key in enumerate(inside)}


def _converted(line: FieldPlan, values: list[Any]) -> list[Any]:
    passed = convert([None if v == "" else v for v in values], line.to_crm, line.crm or "")
    return [None if isinstance(value, Problem) else value for value in passed]


def _candidates(work: _Work, group: Group, wanted: Mapping[Criterion, set[Any]]) -> list[Candidate]:
    """CRM rows inside the filter that have one of the values; `match` compares the rest of the group."""
    plan, crm = work.plan, schema(work.plan.crm_table)
    inside, params = to_sql(plan.crm_filter, crm.model, "t") if plan.crm_filter else ("TRUE", [])
    compared = " OR ".join(_equals(crm[c.crm_field].sql("t"), c) for c in wanted)
    columns = ", ".join(crm[c.crm_field].sql("t") for c in group)
    title = crm[plan.crm_title[-1]].sql("t") if plan.crm_title else "''"
    sql = (
        f'SELECT t."{crm.pk_column}", {title}::text, EXISTS (SELECT 1 FROM {Coupling._meta.db_table} k '
        f'WHERE k.crm_id = t."{crm.pk_column}" AND k.pair = %s AND NOT k.broken), {columns} '
        f'FROM "{crm.table}" t WHERE {inside} AND ({compared})'
    )
    values = [sorted(str(value) for value in found) for found in wanted.values()]
    return [
        Candidate(key, dict(zip([c.crm_field for c in group], rest, strict=True)), coupled, str(name or ""))
        for key, name, coupled, *rest in db.rows(sql, [plan.name, *params, *values])
    ]


def _equals(column: str, criterion: Criterion) -> str:
    text = f"btrim({column}::text)"
    return f"{text} = ANY(%s)" if criterion.case_sensitive else f"lower({text} COLLATE pg_c_utf8) = ANY(%s)"


def _insert(work: _Work, pairs: dict[Key, Key]) -> set[Key]:
    """Make the couplings; a record that somebody coupled meanwhile is left out. The ERP keys coupled."""
    if not pairs:
        return set()
    sql = (
        f"INSERT INTO {Coupling._meta.db_table} (id, pair, erp_id, crm_id, created_at) "
        "SELECT uuidv7(), %s, n.erp, n.crm, now() FROM unnest(%s::uuid[], %s::uuid[]) AS n(erp, crm) "
        "ORDER BY n.erp ON CONFLICT DO NOTHING RETURNING erp_id"
    )
    made = {key for (key,) in db.rows(sql, [work.plan.name, list(pairs), list(pairs.values())])}
    erp_ids, crm_ids = list(made), [pairs[key] for key in made]
    for side, keys in (("erp", erp_ids), ("crm", crm_ids)):
        Failure.objects.filter(mapping=work.plan.name, side=side, record__in=keys).delete()
    waiting.wake(work.plan.name, work.plan.context.get("dependents", ()), erp_ids=erp_ids, crm_ids=crm_ids)
    return made


def _row(
    work: _Work, key: Key, verdict: Verdict, is_made: bool, names: dict[Key, str], titles: dict[Key, str]
) -> OutcomeRow:
    """The outcome of one record. What will be created is skipped here, not failed."""
    partner = verdict.partner
    action, reason = "fail", verdict.reason
    if is_made:
        action = "couple"
    elif partner is not None:
        reason = "already_coupled"
    elif reason == "no_match" and work.job.create_new:
        action = "skip"
    shown = [{"crm_id": c.key, "name": c.name} for c in verdict.candidates[:_SHOWN_CANDIDATES]]
    return OutcomeRow(
        id=uuid7(),
        job=work.job,
        chunk_id=work.chunk.pk,
        mapping=work.plan.name,
        erp_id=key,
        **({"crm_id": partner.key} if partner is not None else {}),
        erp_key=names.get(key, "")[:250],
        crm_name=titles.get(partner.key, "")[:250] if partner is not None else "",
        action=action,
        reason=reason,
        params={} if is_made else {"candidates": shown, "count": len(verdict.candidates)},
    )


# Afterwards


def follow_up(job: Job) -> None:
    """When the job has ended: create what had no match, synchronize what was coupled, where that was asked for."""
    rows = OutcomeRow.objects.filter(job=job)
    if job.create_new:
        created = rows.filter(action="skip", reason="no_match").values_list("erp_id", flat=True)
        _follow(job, "to_crm", list(created), create_new=True)
    if job.param("synchronize_after"):
        coupled = rows.filter(action="couple").values_list("erp_id", flat=True)
        _follow(job, _direction_after(job.mapping), list(coupled))


def _direction_after(name: str) -> str:
    """Both ways by default; the strategy for update conflicts chooses one."""
    mapping = IntegrationTableMapping.objects.get(name=name)
    if mapping.direction != "bidirectional":
        return str(mapping.direction)
    return {"send": "to_crm", "get": "from_crm"}.get(mapping.update_conflict, "bidirectional")


def _follow(job: Job, direction: str, ids: list[Any], *, create_new: bool = False) -> None:
    if ids:
        submit(
            record_request(
                mapping=job.mapping,
                direction=direction,
                side="erp",
                ids=[str(key) for key in ids],
                user_name=job.requested_by,
                create_new=create_new,
                by_user=job.by_user,
                caused_by=str(job.pk),
                run_id=str(job.run_id),
                parent=str(job.parent) if job.parent else None,
            )
        )
