"""Which records a run walks: those inside the filters; of an option mapping the codes and the values of its own set."""

from __future__ import annotations

from typing import Any

from coupling.models import OptionMapping
from coupling.plan import Key, MappingPlan
from coupling.services.option_mapping import OPTION_VALUES
from records import db
from records.filters import check
from records.schema import schema
from sync.models import Pending


def walked(plan: MappingPlan, side: str) -> tuple[str, Any]:
    """(table, filter) of one side of a mapping; for the Sales side of an option mapping its option values."""
    if side == "erp":
        return plan.erp_table, plan.erp_filter
    if plan.option is None:
        return plan.crm_table, plan.crm_filter
    own = f"entityname='{plan.option.entity}',attributename='{plan.option.attribute}'"
    return OPTION_VALUES, check(own, OPTION_VALUES)


def orphans(plan: MappingPlan, *, but_waiting: bool) -> list[Key]:
    """Codes whose option value is gone; `but_waiting`: without those that stand in `pending` themselves."""
    assert plan.option is not None
    waiting = f"AND NOT EXISTS (SELECT 1 FROM {Pending._meta.db_table} p WHERE p.mapping = %s AND p.side = 'erp' "
    waiting += "AND p.record = m.erp_id)"
    sql = (
        f"SELECT m.erp_id FROM {OptionMapping._meta.db_table} m WHERE m.mapping_id = %s::uuid AND NOT EXISTS "
        f'(SELECT 1 FROM "{schema(OPTION_VALUES).table}" o WHERE o.entityname = %s AND o.attributename = %s '
        f"AND o.value = m.option_value) {waiting if but_waiting else ''} ORDER BY m.erp_id"
    )
    params = [plan.id, plan.option.entity, plan.option.attribute, *([plan.name] if but_waiting else [])]
    return [key for (key,) in db.rows(sql, params)]
