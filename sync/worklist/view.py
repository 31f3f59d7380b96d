"""Database views behind lists: made after migrations, taken away before them so that they may alter tables."""

from __future__ import annotations

from typing import Any

from django.db import connections

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from sync.models import Failure, Job, Pending, PendingItem, WorkItem

_VIEW = """
CREATE OR REPLACE VIEW "{view}" AS
SELECT k.id, k.row_version, k.pair AS mapping, 'coupling'::varchar AS kind,
  CASE WHEN k.broken THEN 'broken' WHEN k.skipped THEN 'skipped'
    WHEN coalesce(k.error_to_crm, k.error_from_crm) ->> 'code' = 'update_conflict' THEN 'conflict'
    ELSE 'failed' END::varchar AS state,
  k.erp_id, k.crm_id, NULL::integer AS option_value, ''::varchar AS crm_label,
  coalesce(k.error_to_crm ->> 'code', k.error_from_crm ->> 'code',
    CASE WHEN k.broken THEN 'destination_deleted' ELSE 'skipped_coupling' END)::varchar AS reason,
  coalesce(k.error_to_crm -> 'params', k.error_from_crm -> 'params', '{{}}'::jsonb) AS params,
  coalesce(k.skipped_at, j.finished_at, j.started_at) AS failed_at, j.id AS job_id
FROM "{coupling}" k LEFT JOIN "{job}" j
  ON j.id = CASE WHEN k.error_to_crm IS NULL THEN k.last_job_from_crm ELSE k.last_job_to_crm END
WHERE k.skipped OR k.broken OR k.error_to_crm IS NOT NULL OR k.error_from_crm IS NOT NULL
UNION ALL
SELECT o.id, o.row_version, m.name, 'option', CASE WHEN o.skipped THEN 'skipped' ELSE 'failed' END,
  o.erp_id, NULL, o.option_value, o.label, coalesce(o.error_to_crm ->> 'code', 'skipped_coupling'),
  coalesce(o.error_to_crm -> 'params', '{{}}'::jsonb), o.last_synced_at, NULL
FROM "{option}" o JOIN "{mapping}" m ON m.id = o.mapping_id
WHERE o.skipped OR o.error_to_crm IS NOT NULL
UNION ALL
SELECT f.id, f.row_version, f.mapping, 'failure', 'uncoupled_failed',
  CASE WHEN f.side = 'erp' THEN f.record END, CASE WHEN f.side = 'crm' THEN f.record END, NULL, '',
  f.code, f.params, f.failed_at, f.job_id
FROM "{failure}" f
"""

_PENDING = """
CREATE OR REPLACE VIEW "{view}" AS
SELECT md5(p.mapping || p.side || p.record::text)::uuid AS id, 1::bigint AS row_version, p.mapping, p.side, p.record,
  p.reason, p.not_before, p.queued_at
FROM "{pending}" p
"""


def install(using: str = "default", **_: Any) -> None:
    """Make the views where all their tables are there; connected to `post_migrate` of this app."""
    tables = {"coupling": Coupling, "option": OptionMapping, "mapping": IntegrationTableMapping, "failure": Failure}
    names = {key: model._meta.db_table for key, model in {**tables, "job": Job}.items()}
    with connections[using].cursor() as cursor:
        existing = set(connections[using].introspection.table_names(cursor))
        if set(names.values()) <= existing:
            cursor.execute(_VIEW.format(view=WorkItem._meta.db_table, **names))
            cursor.execute(_PENDING.format(view=PendingItem._meta.db_table, pending=Pending._meta.db_table))


def remove(using: str = "default", **_: Any) -> None:
    """Take the views away; connected to `pre_migrate` of this app."""
    with connections[using].cursor() as cursor:
        for model in (WorkItem, PendingItem):
            cursor.execute(f'DROP VIEW IF EXISTS "{model._meta.db_table}"')
