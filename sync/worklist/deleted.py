"""Find for Deleted: couplings that have lost a record are marked, those that have lost both are removed."""

from __future__ import annotations

from django.db import transaction

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.plan import Direction, MappingPlan
from coupling.plans import plan_for
from coupling.services.coupling import require_connection
from coupling.services.option_mapping import OPTION_VALUES
from records import db
from records.schema import schema
from sync.worklist.actions import Answer


@transaction.atomic
def find_deleted(*, mapping: str = "") -> Answer:
    """Look at every coupling (of a mapping); `done`: couplings that have lost a record, and those that were removed."""
    require_connection()
    found = IntegrationTableMapping.objects.all()
    answer = Answer()
    for each in found.filter(name=mapping) if mapping else found:
        plan = plan_for(each)
        answer.done += _options(plan) if each.is_option else _couplings(plan)
    return answer


def _couplings(plan: MappingPlan) -> int:
    erp, crm, table = schema(plan.erp_table), schema(plan.crm_table), Coupling._meta.db_table
    no_erp = f'NOT EXISTS (SELECT 1 FROM "{erp.table}" e WHERE e."{erp.pk_column}" = k.erp_id)'
    no_crm = f'NOT EXISTS (SELECT 1 FROM "{crm.table}" c WHERE c."{crm.pk_column}" = k.crm_id)'
    removed = db.execute(f'DELETE FROM "{table}" k WHERE k.pair = %s AND {no_erp} AND {no_crm}', [plan.name])
    db.execute(
        f'UPDATE "{table}" k SET broken = true, row_version = k.row_version + 1 '
        f"WHERE k.pair = %s AND NOT k.broken AND ({no_erp} OR {no_crm})",
        [plan.name],
    )
    db.execute(
        f'UPDATE "{table}" k SET broken = false, row_version = k.row_version + 1 '
        f"WHERE k.pair = %s AND k.broken AND NOT ({no_erp} OR {no_crm})",
        [plan.name],
    )
    return removed + Coupling.objects.filter(pair=plan.name, broken=True).count()


def _options(plan: MappingPlan) -> int:
    """Codes and option values that are gone; a row that has lost both goes."""
    assert plan.option is not None
    erp, table = schema(plan.erp_table), OptionMapping._meta.db_table
    options = schema(OPTION_VALUES).table
    no_erp = f'NOT EXISTS (SELECT 1 FROM "{erp.table}" e WHERE e."{erp.pk_column}" = o.erp_id)'
    no_crm = (
        f'NOT EXISTS (SELECT 1 FROM "{options}" v WHERE v.entityname = %s AND v.attributename = %s '
        "AND v.value = o.option_value)"
    )
    option = [plan.option.entity, plan.option.attribute]
    removed = db.execute(
        f'DELETE FROM "{table}" o WHERE o.mapping_id = %s AND {no_erp} AND {no_crm}', [plan.id, *option]
    )
    marked = 0
    gone_code, gone_option = ("source_deleted", "destination_deleted")
    if plan.allows(Direction.FROM_CRM):
        gone_code, gone_option = gone_option, gone_code
    for condition, params, code in ((no_erp, [], gone_code), (no_crm, option, gone_option)):
        marked += db.execute(
            f"UPDATE \"{table}\" o SET error_to_crm = jsonb_build_object('code', %s::text, 'params', '{{}}'::jsonb), "
            f"last_result_to_crm = 'failure', row_version = o.row_version + 1 "
            f"WHERE o.mapping_id = %s AND o.error_to_crm IS NULL AND {condition}",
            [code, plan.id, *params],
        )
    return removed + marked
