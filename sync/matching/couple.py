"""A chunk of a coupling job: the pairs that were found are coupled, every record gets its outcome row.

Finding and coupling are two transactions. Whoever couples one of the records in between has won: the unique
constraints of couplings decide, the job reports the record as coupled already and goes on.
"""

from __future__ import annotations

from typing import Any

from coupling.models import Coupling
from coupling.plan import Key, MappingPlan
from coupling.selectors.records import title_fields
from records import db
from records.filters import to_sql
from records.schema import schema
from sync import waiting
from sync.jobs.results import COUNTERS, Done
from sync.matching import options
from sync.models import Chunk, Failure, Job, Match, OutcomeRow
from sync.models.outcome import COUNTER_OF
from sync.plans import plan_of

#: The pairs of the chunk whose records are still there, inside the filters and free.
_FREE = """
SELECT m.erp_id, m.crm_id FROM {match} m
JOIN "{erp}" e ON e."{erp_pk}" = m.erp_id AND {erp_inside}
JOIN "{crm}" c ON c."{crm_pk}" = m.crm_id AND {crm_inside}
WHERE m.job = %s::uuid AND m.no > %s AND m.no <= %s AND NOT EXISTS (
  SELECT 1 FROM {coupling} k WHERE k.pair = %s AND (k.erp_id = m.erp_id OR k.crm_id = m.crm_id))
ORDER BY m.erp_id
"""
_COUPLE = """
INSERT INTO {coupling} (id, pair, erp_id, crm_id, created_at)
SELECT uuidv7(), %s, n.erp, n.crm, now() FROM unnest(%s::uuid[], %s::uuid[]) AS n(erp, crm) ORDER BY n.erp
ON CONFLICT DO NOTHING RETURNING erp_id, crm_id
"""
_TELL = """
WITH looked AS (
  SELECT m.*, m.erp_id = ANY(%(made)s::uuid[]) AS made, e."{erp_pk}" AS erp_there, {erp_key} AS erp_key,
    {crm_name} AS crm_name, coalesce(h.holder, m.holder) AS now_holder
  FROM {match} m LEFT JOIN "{erp}" e ON e."{erp_pk}" = m.erp_id LEFT JOIN "{crm}" c ON c."{crm_pk}" = m.crm_id
  LEFT JOIN LATERAL (SELECT k.erp_id AS holder FROM {coupling} k WHERE k.pair = %(pair)s
    AND (k.erp_id = m.erp_id OR k.crm_id = coalesce(m.crm_id, m.candidates[1])) LIMIT 1) h
    ON m.crm_id IS NOT NULL OR m.reason = 'already_coupled'
  WHERE m.job = %(job)s::uuid AND m.no > %(low)s AND m.no <= %(high)s),
judged AS (
  SELECT l.*, CASE WHEN l.made THEN 'couple' WHEN l.reason = 'no_match' AND %(create)s THEN 'skip'
      ELSE 'fail' END AS action,
    CASE WHEN l.made OR l.crm_id IS NULL THEN l.reason WHEN l.now_holder IS NOT NULL THEN 'already_coupled'
      ELSE 'version_conflict' END AS outcome
  FROM looked l),
told AS (
  INSERT INTO {outcome} (id, job_id, chunk_id, mapping, direction, erp_id, crm_id, erp_key, crm_name, action, reason,
    params, changes, at)
  SELECT uuidv7(), %(job)s::uuid, %(chunk)s, %(pair)s, '', j.erp_id, CASE WHEN j.made THEN j.crm_id END,
    left(coalesce(j.erp_key, ''), 250), CASE WHEN j.made THEN left(coalesce(j.crm_name, ''), 250) ELSE '' END,
    j.action, j.outcome,
    CASE WHEN j.made THEN jsonb_build_object('priority', j.priority)
      ELSE jsonb_build_object('count', greatest(j.found, cardinality(shown.ids)), 'candidates', shown.list)
      || CASE WHEN j.outcome = 'already_coupled' THEN jsonb_build_object(
        'record', coalesce(shown.first, ''), 'partner', coalesce((SELECT {holder} FROM "{erp}" e
          WHERE e."{erp_pk}" = j.now_holder), '')) ELSE '{{}}'::jsonb END END,
    '{{}}'::jsonb, now()
  FROM judged j CROSS JOIN LATERAL (
    SELECT ids, coalesce(jsonb_agg(jsonb_build_object('crm_id', c."{crm_pk}", 'name', {crm_name})
      ORDER BY {crm_name}, c."{crm_pk}") FILTER (WHERE c."{crm_pk}" IS NOT NULL), '[]'::jsonb) AS list,
      min({crm_name}) AS first
    FROM (SELECT CASE WHEN j.made THEN '{{}}'::uuid[] WHEN j.crm_id IS NOT NULL THEN ARRAY[j.crm_id]
      ELSE j.candidates END AS ids) x LEFT JOIN "{crm}" c ON c."{crm_pk}" = ANY(x.ids) GROUP BY ids) shown
  ORDER BY j.no RETURNING action)
SELECT action, count(*) FROM told GROUP BY action
"""
_LEFT_OVER = """
INSERT INTO {outcome} (id, job_id, chunk_id, mapping, direction, crm_id, crm_name, action, reason, params, changes, at)
SELECT uuidv7(), %s::uuid, %s, %s, '', c."{crm_pk}", left(coalesce({crm_name}, ''), 250), %s, 'no_match',
  '{{"count": 0, "candidates": []}}'::jsonb, '{{}}'::jsonb, now()
FROM "{crm}" c WHERE c."{crm_pk}" = ANY(%s::uuid[]) AND NOT EXISTS (
  SELECT 1 FROM {coupling} k WHERE k.pair = %s AND k.crm_id = c."{crm_pk}") ORDER BY c."{crm_pk}"
"""


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Couple the pairs of the chunk and report every record of it."""
    plan = plan_of(job)
    if chunk.spec["take"] == "options":
        return options.run_chunk(job, chunk, plan)
    if chunk.spec["take"] == "left_over":
        return _left_over(plan, job, chunk)
    pairs = _free(plan, job, chunk)
    if not job.preview:
        pairs = _couple(plan, pairs)
    counts = _tell(plan, job, chunk, pairs)
    counters = {**dict.fromkeys(COUNTERS, 0), **{COUNTER_OF[action]: n for action, n in counts}}
    return Done({"": counters}, chunk.spec["to"] - chunk.spec["from"])


def _free(plan: MappingPlan, job: Job, chunk: Chunk) -> list[tuple[Key, Key]]:
    erp, crm = schema(plan.erp_table), schema(plan.crm_table)
    erp_inside, erp_params = to_sql(plan.erp_filter, erp.model, "e") if plan.erp_filter else ("TRUE", [])
    crm_inside, crm_params = to_sql(plan.crm_filter, crm.model, "c") if plan.crm_filter else ("TRUE", [])
    sql = _FREE.format(**_names(plan), erp_inside=erp_inside, crm_inside=crm_inside)
    rows = db.rows(sql, [*erp_params, *crm_params, str(job.pk), chunk.spec["from"], chunk.spec["to"], plan.name])
    return [(erp_id, crm_id) for erp_id, crm_id in rows]


def _couple(plan: MappingPlan, pairs: list[tuple[Key, Key]]) -> list[tuple[Key, Key]]:
    """Make the couplings; a record that somebody couples at this moment is left out. The pairs that were made."""
    if not pairs:
        return []
    sql = _COUPLE.format(**_names(plan))
    made = [(e, c) for e, c in db.rows(sql, [plan.name, [e for e, _c in pairs], [c for _e, c in pairs]])]
    erp_ids, crm_ids = [e for e, _c in made], [c for _e, c in made]
    for side, keys in (("erp", erp_ids), ("crm", crm_ids)):
        Failure.objects.filter(mapping=plan.name, side=side, record__in=keys).delete()
    waiting.wake(plan.name, plan.context.get("dependents", ()), erp_ids=erp_ids, crm_ids=crm_ids)
    return made


def _tell(plan: MappingPlan, job: Job, chunk: Chunk, made: list[tuple[Key, Key]]) -> list[tuple[str, int]]:
    """Write the outcome rows; the number of each action. What will be created afterwards is skipped, not failed."""
    params: dict[str, Any] = {
        "job": str(job.pk),
        "chunk": chunk.pk,
        "pair": plan.name,
        "low": chunk.spec["from"],
        "high": chunk.spec["to"],
        "made": [erp_id for erp_id, _crm_id in made],
        "create": job.create_new,
    }
    return [(action, n) for action, n in db.rows(_TELL.format(**_names(plan)), params)]


def _left_over(plan: MappingPlan, job: Job, chunk: Chunk) -> Done:
    """Named CRM rows that no ERP record equals: failed, or skipped where they are created afterwards."""
    action = "skip" if job.create_new else "fail"
    keys = chunk.spec["ids"]
    sql = _LEFT_OVER.format(**_names(plan))
    told = db.execute(sql, [str(job.pk), chunk.pk, plan.name, action, keys, plan.name])
    return Done({"": {**dict.fromkeys(COUNTERS, 0), COUNTER_OF[action]: told}}, len(keys))


def _names(plan: MappingPlan) -> dict[str, str]:
    """Tables, keys and what records are called, for the statements above: `e` is the ERP record, `c` the CRM row."""
    erp, crm = schema(plan.erp_table), schema(plan.crm_table)
    titles = ", ".join(f"nullif({erp[name].sql('e')}::text, '')" for name in title_fields(erp))
    return {
        "match": Match._meta.db_table,
        "coupling": Coupling._meta.db_table,
        "outcome": OutcomeRow._meta.db_table,
        "erp": erp.table,
        "erp_pk": erp.pk_column,
        "crm": crm.table,
        "crm_pk": crm.pk_column,
        "erp_key": f"{erp[erp.natural_key or title_fields(erp)[-1]].sql('e')}::text",
        "holder": f"concat_ws(' ', {titles})",
        "crm_name": f"{crm[title_fields(crm)[-1]].sql('c')}::text",
    }
