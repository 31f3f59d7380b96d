"""Couplings that have lost one of their records are marked at once, so that the other side shows it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import Key
from records import db

#: Mapping, side and key of a record that is gone.
Gone = tuple[str, str, Key]

#: Index probes; a coupling that a job holds is that job's to decide.
_MARK = """
UPDATE {coupling} SET broken = true, row_version = row_version + 1 WHERE id IN (
  SELECT k.id FROM unnest(%s::text[], %s::uuid[]) AS n(pair, key)
  JOIN {coupling} k ON k.{side}_id = n.key AND k.pair = n.pair
  WHERE NOT k.broken FOR UPDATE OF k SKIP LOCKED)
"""
_PLANNER = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off"


@transaction.atomic
def couplings_mark_lost(gone: Sequence[Gone]) -> int:
    """Mark the couplings of these records; how many were. What becomes of them is decided by a job or a user."""
    marked = 0
    for side in ("erp", "crm"):
        own = [(mapping, key) for mapping, where, key in gone if where == side]
        if own:
            db.execute(_PLANNER)
            sql = _MARK.format(coupling=Coupling._meta.db_table, side=side)
            marked += db.execute(sql, [[m for m, _key in own], [key for _m, key in own]])
    return marked


def when_records_deleted(*, label: str, keys: Sequence[Key], **_options: object) -> None:
    """Receiver of `records_deleted`: when the deletion is committed, the other side shows it without waiting."""
    side = "erp" if label.startswith("erp.") else "crm" if label.startswith("crm.") else ""
    if not side:
        return
    names = [m.name for m in IntegrationTableMapping.objects.filter(**{f"{side}_table": label}) if not m.is_option]
    gone = [(name, side, key) for name in names for key in keys]
    if gone:
        transaction.on_commit(partial(couplings_mark_lost, gone), robust=True)
