"""What a coupling job found, for people: numbers, and pages of pairs, several matches, and leftovers on both sides.

Everything about ERP records is read from the job's outcome rows. CRM rows that are left over are those inside the
filter that are neither coupled nor part of a pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from coupling.matching import AMBIGUOUS, COUPLED, NONE
from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.plan import MappingPlan
from coupling.selectors.records import record_names, record_titles, title_fields
from coupling.services.option_mapping import option_rows
from records import db
from records.filters import to_sql
from records.schema import schema
from sync.models import Job, OutcomeRow

PAIRS, SEVERAL, TAKEN, ERP_LEFT, CRM_LEFT = "pairs", "several", "taken", "erp_left", "crm_left"
_WHICH = {
    PAIRS: Q(action="couple"),
    SEVERAL: Q(action="fail", reason=AMBIGUOUS),
    TAKEN: Q(action="fail", reason=COUPLED),
    ERP_LEFT: Q(reason=NONE, erp_id__isnull=False),
}
#: CRM rows that were named and that no ERP record equals.
_ROWS_LEFT = Q(reason=NONE, erp_id__isnull=True)


@dataclass(frozen=True, slots=True)
class Found:
    """One line: the ERP record and CRM rows as (key, title); who has the row already; the priority that decided."""

    erp: tuple[str, str] | None = None
    crm: Sequence[tuple[str, str]] = ()
    more: int = 0
    partner: str = ""
    priority: int | None = None


@dataclass(slots=True)
class Report:
    """Numbers of a job by section, and how many records were left out because they are coupled or outside."""

    counts: dict[str, int] = field(default_factory=dict)
    coupled: int = 0
    outside: int = 0


def report(job: Job, plan: MappingPlan) -> Report:
    """The numbers. Leftovers of the CRM side are told only where the job looked at the whole mapping."""
    rows = OutcomeRow.objects.filter(job=job)
    counts = rows.aggregate(**{name: Count("id", filter=which) for name, which in _WHICH.items()})
    found = Report({name: int(n) for name, n in counts.items()})
    named, named_rows = job.param("erp_ids"), job.param("crm_ids")
    couplings = _couplings(plan)
    if named:
        found.coupled = couplings.filter(erp_id__in=named).count()
        found.outside = max(0, len(set(named)) - found.coupled - rows.count())
    elif named_rows:
        del found.counts[ERP_LEFT]
        found.counts[CRM_LEFT] = rows.filter(_ROWS_LEFT).count()
        held = set(couplings.filter(crm_id__in=named_rows).values_list("crm_id", flat=True))
        inside = set(_inside(plan, named_rows))
        found.coupled = len(held)
        found.outside = len(set(named_rows) - {str(key) for key in held} - inside)
    else:
        found.coupled = couplings.count()
        found.counts[CRM_LEFT] = _count_left(job, plan)
    return found


def lines(job: Job, plan: MappingPlan, section: str, *, offset: int, limit: int) -> list[Found]:
    """A page of one section, ERP records in the order of their numbers, CRM rows by name."""
    if section == CRM_LEFT and job.param("crm_ids"):
        left = OutcomeRow.objects.filter(_ROWS_LEFT, job=job).order_by("crm_name", "id")[offset : offset + limit]
        return [Found(crm=[(str(row.crm_id), row.crm_name)]) for row in left]
    if section == CRM_LEFT:
        return [Found(crm=[row]) for row in _left(job, plan, offset, limit)]
    rows = list(OutcomeRow.objects.filter(_WHICH[section], job=job).order_by("id")[offset : offset + limit])
    titles = record_titles(plan.erp_table, [row.erp_id for row in rows])
    names = _crm_names(plan, [row.crm_id for row in rows if row.crm_id])
    return [_found(row, titles, names) for row in rows]


def _found(row: OutcomeRow, titles: dict[str, str], names: dict[str, str]) -> Found:
    erp = (str(row.erp_id), titles.get(str(row.erp_id), row.erp_key))
    if row.crm_id:
        partner = (str(row.crm_id), names.get(str(row.crm_id), row.crm_name))
        return Found(erp, [partner], priority=row.params.get("priority"))
    crm = [(c["crm_id"], c["name"]) for c in row.params.get("candidates", [])]
    return Found(erp, crm, more=max(0, row.params.get("count", 0) - len(crm)), partner=row.params.get("partner", ""))


def _inside(plan: MappingPlan, keys: Sequence[str]) -> list[str]:
    """Those of these CRM rows that are there and inside the filter."""
    crm = schema(plan.crm_table)
    inside, params = to_sql(plan.crm_filter, crm.model, "t") if plan.crm_filter else ("TRUE", [])
    key = f't."{crm.pk_column}"'
    sql = f'SELECT {key} FROM "{crm.table}" t WHERE {key} = ANY(%s::uuid[]) AND ({inside})'
    return [found for (found,) in db.rows(sql, [list(keys), *params])]


def _crm_names(plan: MappingPlan, keys: Sequence[Any]) -> dict[str, str]:
    return {} if plan.option is not None else record_names(plan.crm_table, keys)


def _couplings(plan: MappingPlan) -> QuerySet[Any]:
    if plan.option is not None:
        return OptionMapping.objects.filter(mapping__name=plan.name)
    return Coupling.objects.filter(pair=plan.name)


# CRM rows that are left over


def _count_left(job: Job, plan: MappingPlan) -> int:
    if plan.option is not None:
        return int(_options_left(job, plan).count())
    where, params = _left_where(job, plan)
    row = db.one(f'SELECT count(*) FROM "{schema(plan.crm_table).table}" t WHERE {where}', params)
    return int(row[0]) if row else 0


def _left(job: Job, plan: MappingPlan, offset: int, limit: int) -> list[tuple[str, str]]:
    if plan.option is not None:
        found = _options_left(job, plan).order_by("label", "value")[offset : offset + limit]
        return [(str(option.pk), option.label) for option in found]
    crm = schema(plan.crm_table)
    where, params = _left_where(job, plan)
    name = crm[title_fields(crm)[-1]].sql("t")
    return db.rows(
        f'SELECT t."{crm.pk_column}", {name}::text FROM "{crm.table}" t WHERE {where} '
        f'ORDER BY {name}, t."{crm.pk_column}" LIMIT %s OFFSET %s',
        [*params, limit, offset],
    )


def _left_where(job: Job, plan: MappingPlan) -> tuple[str, list[Any]]:
    crm = schema(plan.crm_table)
    inside, params = to_sql(plan.crm_filter, crm.model, "t") if plan.crm_filter else ("TRUE", [])
    key = f't."{crm.pk_column}"'
    where = (
        f'({inside}) AND NOT EXISTS (SELECT 1 FROM "{Coupling._meta.db_table}" k WHERE k.pair = %s AND k.crm_id = {key}) '
        f'AND NOT EXISTS (SELECT 1 FROM "{OutcomeRow._meta.db_table}" o WHERE o.job_id = %s AND o.crm_id = {key} '
        "AND o.action = 'couple')"
    )
    return where, [*params, plan.name, str(job.pk)]


def _options_left(job: Job, plan: MappingPlan) -> QuerySet[Any]:
    mapping = IntegrationTableMapping.objects.get(pk=plan.id)
    taken = OptionMapping.objects.filter(mapping=mapping).values("option_value")
    paired = OutcomeRow.objects.filter(job=job, action="couple").values("crm_id")
    found: QuerySet[Any] = option_rows(mapping).exclude(value__in=taken).exclude(pk__in=paired)
    return found
