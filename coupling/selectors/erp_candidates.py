"""What Set Up Coupling offers for a CRM row: ERP records inside the filter that are not coupled, best match first."""

from __future__ import annotations

from typing import Any

from coupling.models import IntegrationTableMapping
from coupling.plan import Key, MappingPlan
from coupling.plans import plan_for
from coupling.selectors.candidates import GOOD, NAME_SCORE, START_SCORE, Candidate, Candidates, name_order
from coupling.selectors.records import record_names, title_fields
from records import db
from records.filters import to_sql
from records.schema import Schema, schema
from records.text import fold, like_escape

#: Fields that tell records of the same name apart.
_DETAILS = ("address", "post_code", "city")


def erp_candidates(*, mapping: IntegrationTableMapping, crm_id: Key, q: str = "", limit: int = 20) -> Candidates:
    """Uncoupled ERP records inside the mapping's filter whose searched fields contain `q`. Three queries.

    The `crm_id` of an offer is the key of the ERP record.
    """
    plan = plan_for(mapping)
    erp = schema(plan.erp_table)
    where, params = _where(plan, erp, q)
    count = db.one(f'SELECT count(*) FROM "{erp.table}" t WHERE {where}', params)
    name = title_fields(erp)[-1]
    score, score_params = _score(name_order(erp, name), record_names(plan.crm_table, [crm_id]).get(crm_id, ""))
    shown = [erp[field].sql("t") for field in title_fields(erp)]
    details = [erp[field].sql("t") for field in _DETAILS if field in erp]
    sql = (
        f"SELECT t.\"{erp.pk_column}\", concat_ws(' ', {', '.join(shown)}), {score} AS score, "
        f"concat_ws(' · ', {', '.join(f'nullif({d}::text, {_BLANK})' for d in details) or _BLANK}) "
        f'FROM "{erp.table}" t WHERE {where} ORDER BY score DESC, {name_order(erp, name)}, t."{erp.pk_column}" LIMIT %s'
    )
    rows = db.rows(sql, [*score_params, *params, limit])
    found = [Candidate(key, title, detail, points >= GOOD) for key, title, points, detail in rows]
    return Candidates(int(count[0]) if count else 0, found)


_BLANK = "''"


def _where(plan: MappingPlan, erp: Schema, q: str) -> tuple[str, list[Any]]:
    inside, params = to_sql(plan.erp_filter, erp.model, "t") if plan.erp_filter else ("TRUE", [])
    free = (
        "NOT EXISTS (SELECT 1 FROM coupling_coupling k WHERE k.pair = %s "
        f'AND k.erp_id = t."{erp.pk_column}" AND NOT k.broken)'
    )
    parts, values = [inside, free], [*params, plan.name]
    for word in fold(q).split():
        parts.append("t.search_fold LIKE %s")
        values.append(f"%{like_escape(word)}%")
    return " AND ".join(f"({part})" for part in parts), values


def _score(subject: str, name: str) -> tuple[str, list[Any]]:
    """Points for the same name, and for the same first word."""
    folded = fold(name)
    if not folded:
        return "0", []
    subject = subject if subject.startswith('t."sort_') else f"fold({subject})"
    sql = f"CASE WHEN {subject} = %s THEN {NAME_SCORE} WHEN {subject} LIKE %s THEN {START_SCORE} ELSE 0 END"
    return sql, [folded, like_escape(folded.split()[0]) + "%"]
