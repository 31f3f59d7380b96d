"""The router: moves logged changes to the mappings that read them, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from coupling.services.lost import couplings_mark_lost
from records import db
from sync import failpoints
from sync.changes.routes import Route, routes
from sync.models import ChangeLog, Pending

BATCH = 50_000

#: Hash join and sequential scan are wanted here, whatever the worker's session prefers for its chunks.
_PLANNER = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_seqscan = on; SET LOCAL enable_mergejoin = on"

_ROUTE = """
WITH taken AS (
  DELETE FROM {log} WHERE id = ANY(ARRAY(SELECT id FROM {log} ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
  RETURNING label, record, operation, origin),
sent AS (
  SELECT DISTINCT r.mapping, r.side, t.record
  FROM taken t JOIN unnest(%(labels)s::text[], %(mappings)s::text[], %(sides)s::text[], %(operations)s::text[])
    AS r(label, mapping, side, operations) ON r.label = t.label
  WHERE t.origin <> r.mapping AND position(t.operation IN r.operations) > 0),
queued AS (
  INSERT INTO {pending} AS p (mapping, side, record)
  SELECT mapping, side, record FROM sent ORDER BY mapping, side, record
  ON CONFLICT (mapping, side, record) DO UPDATE
    SET not_before = NULL, reason = CASE p.reason WHEN 'dependency' THEN p.reason ELSE '' END, params = '{{}}',
      attempts = 0, queued_at = now()
  RETURNING mapping)
SELECT (SELECT count(*) FROM taken),
  (SELECT array_agg(ARRAY[label, record::text]) FROM taken WHERE operation = 'D'), mapping, count(*) FROM (SELECT NULL AS mapping UNION ALL SELECT mapping FROM queued) q
GROUP BY mapping
"""


@dataclass(slots=True)
class Routed:
    """How many log rows were taken, and how many records each mapping was sent."""

    taken: int
    sent: dict[str, int]


def route(limit: int = BATCH, along: list[Route] | None = None) -> Routed:
    """Move up to `limit` visible log rows to `pending`; rows that another worker is moving are left to it.

    Couplings of deleted records are marked. The echo of a mapping's own writes is dropped. What is routed is a set of records, not their values: whoever takes
    them reads them afterwards, so the order of commits does not matter.
    """
    ways = routes() if along is None else along
    params = {
        "limit": limit,
        "labels": [w.label for w in ways],
        "mappings": [w.mapping for w in ways],
        "sides": [w.side for w in ways],
        "operations": [w.operations for w in ways],
    }
    sql = _ROUTE.format(log=ChangeLog._meta.db_table, pending=Pending._meta.db_table)
    with transaction.atomic():
        db.execute(_PLANNER)
        rows = db.rows(sql, params)
        failpoints.reach("mid_route")
        taken, deleted = rows[0][:2]
        if deleted:
            couplings_mark_lost([(w.mapping, w.side, key) for label, key in deleted for w in ways if w.label == label])
    return Routed(taken=taken, sent={mapping: n for _taken, _deleted, mapping, n in rows if mapping is not None})


def route_all() -> dict[str, int]:
    """Route until the log is empty; {mapping: number of records sent}."""
    ways = routes()
    total: dict[str, int] = {}
    while True:
        if not ChangeLog.objects.exists():
            return total
        routed = route(along=ways)
        for mapping, n in routed.sent.items():
            total[mapping] = total.get(mapping, 0) + n
        if routed.taken < BATCH:
            return total
