"""Records that wait for others: what is coupled lets those through that could not go without it.

Two kinds of records wait. Some went through with a look-up left blank (*Clear Value on Failed Sync*): they are compared
once more. Others failed because a record they refer to had no partner: they are tried once more. Both stand in
`pending` with the reason `dependency`; the end of a job gives them to a job of their own (`followups.second_pass`),
whatever the order in which the mappings ran.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coupling.models import Coupling
from coupling.plan import Key
from records import db
from sync import failures
from sync.models import Failure, Job, Pending

DEPENDENCY = "dependency"
#: The failure that a new coupling may heal; its parameters `needs` (a mapping) and `key` say which one.
UNMET = "dependency_not_coupled"


def wake(
    pair: str, dependents: Sequence[Any], *, erp_ids: Sequence[Key], crm_ids: Sequence[Key], forgive: bool = False
) -> None:
    """These records of the mapping `pair` have a partner now. `dependents`: see `MappingPlan.context`.

    `forgive`: their own failures are forgotten, in the same round trip.
    """
    if erp_ids or crm_ids:
        _compare_again(dependents, erp_ids, crm_ids)
        _try_again(pair, erp_ids, crm_ids, forgive=forgive)


def _compare_again(dependents: Sequence[Any], erp_ids: Sequence[Key], crm_ids: Sequence[Key]) -> None:
    """Coupled records of other mappings that point to one of these from either side; a pair is named once."""
    for name, *sides in dependents:
        for side, (table, pk_column, column), keys in zip(("erp", "crm"), sides, (erp_ids, crm_ids), strict=True):
            db.execute(
                f"INSERT INTO {Pending._meta.db_table} AS p (mapping, side, record, reason) "
                f'SELECT k.pair, %s, t."{pk_column}", %s FROM "{table}" t '
                f'JOIN {Coupling._meta.db_table} k ON k.{side}_id = t."{pk_column}" AND k.pair = %s '
                f'WHERE t."{column}" = ANY(%s::uuid[]) AND NOT EXISTS (SELECT 1 FROM {Pending._meta.db_table} q '
                "WHERE q.mapping = k.pair AND q.side = 'erp' AND q.record = k.erp_id AND q.reason = %s) ORDER BY 3 "
                "ON CONFLICT (mapping, side, record) DO UPDATE SET reason = excluded.reason WHERE p.reason = ''",
                [side, DEPENDENCY, name, list(keys), DEPENDENCY],
            )


def _try_again(pair: str, erp_ids: Sequence[Key], crm_ids: Sequence[Key], *, forgive: bool) -> None:
    """Records that failed for want of one of these partners."""
    pending, keys = Pending._meta.db_table, [*erp_ids, *crm_ids]
    sql = f"SELECT DISTINCT mapping FROM {pending} WHERE reason = %s"
    params: list[Any] = [UNMET]
    if forgive:
        clearing = failures.to_clear(pair, erp_ids, crm_ids)
        sql, params = f"{clearing.text}; {sql}", [*clearing.params, *params]
    waiting = [name for (name,) in db.rows(sql, params)]
    if not waiting:
        return
    error = "->> 'code' = %(unmet)s AND k.{0} -> 'params' ->> 'needs' = %(pair)s AND k.{0} -> 'params' ->> 'key' = ANY(%(keys)s)"
    found = " UNION ALL ".join(
        f"SELECT k.pair, '{side}', k.{side}_id FROM {Coupling._meta.db_table} k WHERE k.pair = ANY(%(waiting)s) "
        f"AND (k.error_to_crm IS NOT NULL OR k.error_from_crm IS NOT NULL) AND NOT k.skipped AND k.{column} "
        f"{error.format(column)}"
        for side, column in (("erp", "error_to_crm"), ("crm", "error_from_crm"))
    )
    db.execute(
        f"UPDATE {pending} p SET reason = %(dependency)s, params = '{{}}', not_before = NULL "
        f"FROM (SELECT f.mapping, f.side, f.record FROM {Failure._meta.db_table} f WHERE f.mapping = ANY(%(waiting)s) "
        "AND f.code = %(unmet)s AND f.params ->> 'needs' = %(pair)s AND f.params ->> 'key' = ANY(%(keys)s) "
        f"UNION ALL {found}) AS n(mapping, side, record) "
        "WHERE p.mapping = n.mapping AND p.side = n.side AND p.record = n.record AND p.reason = %(unmet)s",
        {"dependency": DEPENDENCY, "unmet": UNMET, "pair": pair, "keys": keys, "waiting": waiting},
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Woken records that one job can look at. `creates`: the job they failed in was allowed to create records."""

    mapping: str
    side: str
    creates: bool


def woken() -> dict[Waiting, list[Key]]:
    """The woken records that no job was made for yet, locked until commit; those that another transaction has are its.

    What a job has put back already waits for the next run: asked again here, it would never end.
    """
    found = db.rows(
        f"SELECT p.mapping, p.side, p.record, coalesce(j.create_new, false) FROM {Pending._meta.db_table} p "
        f"LEFT JOIN {Failure._meta.db_table} f ON f.mapping = p.mapping AND f.side = p.side AND f.record = p.record "
        f"LEFT JOIN {Job._meta.db_table} j ON j.id = f.job_id "
        "WHERE p.reason = %s AND NOT p.params ?| ARRAY['job', 'follower'] "
        "ORDER BY p.mapping, p.side, p.record FOR UPDATE OF p SKIP LOCKED",
        [DEPENDENCY],
    )
    groups: dict[Waiting, list[Key]] = defaultdict(list)
    for mapping, side, record, creates in found:
        groups[Waiting(mapping, side, creates)].append(record)
    return groups


def give(group: Waiting, keys: Sequence[Key], job_id: str) -> None:
    """Note that this job looks at them, so that no other end of a job asks for them again."""
    db.execute(
        f"UPDATE {Pending._meta.db_table} SET params = jsonb_build_object('follower', %s::text) "
        "WHERE mapping = %s AND side = %s AND record = ANY(%s::uuid[])",
        [job_id, group.mapping, group.side, list(keys)],
    )
