"""Failures of records that have no coupling to remember them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from coupling.plan import Key, Problem
from records import db
from sync.tables import table

#: Side, key, problem.
Failed = tuple[str, Key, Problem]


def keep(mapping: str, job: Any, failed: Sequence[Failed]) -> None:
    """Remember the last failure of each record."""
    if not failed:
        return
    rows = [(side, key, problem.stored()) for side, key, problem in failed]
    db.execute(
        f"INSERT INTO {table('Failure')} AS f (mapping, side, record, code, params, failed_at, job_id) "
        "SELECT %s, side, record, code, params::jsonb, now(), %s::uuid "
        "FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::text[]) AS n(side, record, code, params) "
        "ON CONFLICT (mapping, side, record) DO UPDATE SET code = excluded.code, params = excluded.params, "
        "failed_at = excluded.failed_at, job_id = excluded.job_id",
        [
            mapping, str(job), [side for side, _key, _stored in rows], [key for _side, key, _stored in rows],
            [stored["code"] for _side, _key, stored in rows],
            [json.dumps(stored["params"]) for _side, _key, stored in rows],
        ],
    )  # fmt: skip


def clear(mapping: str, erp_ids: Sequence[Key | None], crm_ids: Sequence[Key | None]) -> None:
    """Forget the failures of records that have gone through."""
    if erp_ids or crm_ids:
        clearing = to_clear(mapping, erp_ids, crm_ids)
        db.execute(clearing.text, clearing.params)


def to_clear(mapping: str, erp_ids: Sequence[Key | None], crm_ids: Sequence[Key | None]) -> db.Sql:
    """The statement of `clear`, for those who send it with another one."""
    return db.Sql(
        f"DELETE FROM {table('Failure')} WHERE mapping = %s "
        "AND (side = 'erp' AND record = ANY(%s::uuid[]) OR side = 'crm' AND record = ANY(%s::uuid[]))",
        [mapping, list(erp_ids), list(crm_ids)],
    )
