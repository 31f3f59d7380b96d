"""Records that a mapping would carry but that nobody has looked at: let in by a wider filter or a changed flag.

What changed while it was outside the filter was consumed from the queue; what was never coupled was consumed under
*Synch. Only Coupled Records*. Both are found by their state, whatever brought it about: coupled records whose version
is not the one of the last synchronization, and, where the mapping creates, uncoupled ones.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from coupling.models import IntegrationTableMapping
from coupling.plan import MappingPlan
from coupling.plans import plan_for
from coupling.soundness import fault_of
from people.models import User
from records import db
from records.filters import to_sql
from records.schema import schema
from sync.services.mapping import mapping_run
from sync.services.started import Started
from sync.tables import coupling_table, table

_DIRECTIONS = {"erp": "to_crm", "crm": "from_crm"}


def count(mapping: IntegrationTableMapping) -> int:
    """How many such records both sides of a mapping have; 0 for an option mapping or one that cannot run."""
    if mapping.is_option or fault_of(mapping) is not None:
        return 0
    plan, total = plan_for(mapping), 0
    for side in _sides(mapping):
        sql, params = _select(plan, mapping, side)
        row = db.one(f"SELECT count(*) FROM ({sql}) found", params)
        total += int(row[0]) if row else 0
    return total


@transaction.atomic
def let_in(*, user: User, mapping: IntegrationTableMapping) -> tuple[int, Started]:
    """Put these records into the queue and start a run for what was modified; how many they were, and the run.

    Raises PermissionDenied, Refused (`connection_disabled`).
    """
    started = mapping_run(user=user, mapping=mapping, mode="modified")
    if mapping.is_option:
        return 0, started
    plan, total = plan_for(mapping), 0
    for side in _sides(mapping):
        sql, params = _select(plan, mapping, side)
        total += db.execute(
            f"INSERT INTO {table('Pending')} (mapping, side, record) SELECT %s, %s, found.record FROM ({sql}) found "
            "ORDER BY found.record ON CONFLICT (mapping, side, record) DO NOTHING",
            [mapping.name, side, *params],
        )
    return total, started


def _sides(mapping: IntegrationTableMapping) -> list[str]:
    return [side for side, direction in _DIRECTIONS.items() if mapping.allows(direction)]


def _select(plan: MappingPlan, mapping: IntegrationTableMapping, side: str) -> tuple[str, list[Any]]:
    """The keys of such records of one side."""
    label = mapping.erp_table if side == "erp" else mapping.crm_table
    checked = plan.erp_filter if side == "erp" else plan.crm_filter
    described = schema(label)
    where, params = to_sql(checked, described.model, "t") if checked else ("TRUE", [])
    new = "FALSE" if mapping.only_coupled else "c.id IS NULL"
    sql = (
        f'SELECT t."{described.pk_column}" AS record FROM "{described.table}" t '
        f'LEFT JOIN {coupling_table()} c ON c.{side}_id = t."{described.pk_column}" AND c.pair = %s '
        f"WHERE ({where}) AND ({new} OR (NOT c.skipped AND c.{side}_version IS DISTINCT FROM t.row_version)) "
        f"AND NOT EXISTS (SELECT 1 FROM {table('Pending')} p "
        f'WHERE p.mapping = %s AND p.side = %s AND p.record = t."{described.pk_column}")'
    )
    return sql, [mapping.name, *params, mapping.name, side]
