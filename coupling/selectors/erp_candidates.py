"""What Set Up Coupling offers for a CRM row: ERP records inside the filter that are not coupled, best match first."""

from __future__ import annotations

from coupling.models import IntegrationTableMapping
from coupling.plan import Key
from coupling.plans import plan_for
from coupling.selectors.offers import GOOD, Candidate, Candidates, name_order, name_score, offered
from coupling.selectors.records import record_names, title_fields
from records import db
from records.schema import schema

#: Fields that tell records of the same name apart.
_DETAILS = ("address", "post_code", "city")
_BLANK = "''"


def erp_candidates(*, mapping: IntegrationTableMapping, crm_id: Key, q: str = "", limit: int = 20) -> Candidates:
    """Uncoupled ERP records inside the mapping's filter whose searched fields contain `q`. Three queries.

    The `crm_id` of an offer is the key of the ERP record.
    """
    plan = plan_for(mapping)
    erp = schema(plan.erp_table)
    where, params = offered(erp, side="erp", pair=plan.name, filter=plan.erp_filter, q=q)
    count = db.one(f'SELECT count(*) FROM "{erp.table}" t WHERE {where}', params)
    name = title_fields(erp)[-1]
    score, score_params = name_score(erp, name, record_names(plan.crm_table, [crm_id]).get(crm_id, ""))
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
