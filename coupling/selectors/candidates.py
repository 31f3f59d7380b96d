"""What Set Up Coupling offers for an ERP record: CRM rows inside the filter that are not coupled, best match first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coupling.models import IntegrationTableMapping, OptionMapping
from coupling.plan import Conversion, FieldPlan, Key, MappingPlan, Problem, canon
from coupling.plans import plan_for
from coupling.rules import PairHooks
from coupling.selectors.offers import FIELD_SCORE, GOOD, Candidate, Candidates, name_order, name_score, offered
from coupling.selectors.records import title_fields
from coupling.services.option_mapping import option_rows
from coupling.sides import gateway
from records import db
from records.schema import Schema, schema

_FIELDS_COMPARED = 6


def candidates(
    *, mapping: IntegrationTableMapping, erp_id: Key | None = None, q: str = "", limit: int = 20, offset: int = 0
) -> Candidates:
    """Uncoupled CRM rows inside the mapping's filter whose searched fields contain `q`. Three queries."""
    if mapping.is_option:
        return _options(mapping, q, limit, offset)
    plan = plan_for(mapping)
    crm = schema(plan.crm_table)
    where, params = offered(crm, side="crm", pair=plan.name, filter=plan.crm_filter, q=q)
    count = db.one(f'SELECT count(*) FROM "{crm.table}" t WHERE {where}', params)
    score, score_params = _score(plan, crm, erp_id)
    details = _details(plan, crm)
    columns = "".join(f", {crm[name].sql('t')}" for name in details)
    name = title_fields(crm)[-1]
    sql = (
        f'SELECT t."{crm.pk_column}", {crm[name].sql("t")}, {score} AS score{columns} '
        f'FROM "{crm.table}" t WHERE {where} ORDER BY score DESC, {name_order(crm, name)}, t."{crm.pk_column}" '
        "LIMIT %s OFFSET %s"
    )
    rows = db.rows(sql, [*score_params, *params, limit, offset])
    found = [
        Candidate(key, str(title or ""), " · ".join(str(d) for d in rest if d not in (None, "")), points >= GOOD)
        for key, title, points, *rest in rows
    ]
    return Candidates(int(count[0]) if count else 0, found)


def _score(plan: MappingPlan, crm: Schema, erp_id: Key | None) -> tuple[str, list[Any]]:
    """Points for the same name, the same beginning of the name, and each mapped text that is equal."""
    record = gateway("erp").read_many(plan.erp_table, [erp_id], _sources(plan)).get(erp_id) if erp_id else None
    if record is None:
        return "0", []
    name = str(record.values.get(title_fields(schema(plan.erp_table))[-1]) or "")
    score, params = name_score(crm, title_fields(crm)[-1], name)
    parts = [score]
    for line in _compared(plan, crm):
        value = canon(record.values.get(line.erp or ""))
        if value is not None:
            parts.append(f"CASE WHEN {crm[line.crm or ''].sql('t')} = %s THEN {FIELD_SCORE} ELSE 0 END")
            params.append(_plain(value, line.to_crm))
    return " + ".join(parts), params


def _compared(plan: MappingPlan, crm: Schema) -> list[FieldPlan]:
    plain = [f for f in plan.fields if f.crm and f.erp and not (f.to_crm and f.to_crm.lookup)]
    texts = [f for f in plain if crm[f.crm or ""].kind == "text" and f.crm != title_fields(crm)[-1]]
    return texts[:_FIELDS_COMPARED] + [f for f in texts[_FIELDS_COMPARED:] if "mail" in str(f.crm)]


def _sources(plan: MappingPlan) -> set[str]:
    return {*plan.erp_title, *(f.erp for f in plan.fields if f.erp)}


def _plain(value: Any, conversion: Conversion | None) -> Any:
    if conversion is None or conversion.convert is None:
        return value
    converted = conversion.convert(value)
    return None if isinstance(converted, Problem) else converted


def _details(plan: MappingPlan, crm: Schema) -> Sequence[str]:
    """The CRM fields behind a candidate's name: what the pair declares, else the mapped texts that come first."""
    declared = plan.hooks.detail if isinstance(plan.hooks, PairHooks) else ()
    return [name for name in declared if name in crm] or [str(f.crm) for f in _compared(plan, crm)[:2]]


def _options(mapping: IntegrationTableMapping, q: str, limit: int, offset: int) -> Candidates:
    """For an option mapping: the options that stand for nothing yet; `crm_id` is the option value."""
    taken = OptionMapping.objects.filter(mapping=mapping).values("option_value")
    rows = option_rows(mapping).exclude(value__in=taken)
    if q:
        rows = rows.filter(label__icontains=q)
    page = rows.order_by("label")[offset : offset + limit]
    return Candidates(rows.count(), [Candidate(str(row.value), row.label, str(row.value)) for row in page])
