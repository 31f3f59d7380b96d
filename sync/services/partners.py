"""Couple these first: the missing partners of some records, mapping by mapping in dependency order, each in a job.

1. what is missing is found anew, whatever the user has seen;
2. each mapping gets one job, which begins when the one before it and what followed from it have ended;
3. records are coupled with their match; without one, a partner is made where the mapping allows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from coupling.plan import Key
from coupling.services.coupling import require_connection
from people.models import User
from records.errors import Refused
from records.ids import uuid7
from sync.jobs.submit import Request, submit
from sync.matching.follow import HOLDS_BACK
from sync.models import Job
from sync.partners import Missing, missing_partners
from sync.requests import record_request
from sync.services.rights import require
from sync.services.started import Left, Started
from sync.services.sync_now import mapping_named, named_records


@transaction.atomic
def partners_couple(
    *, user: User, mapping: str, erp_ids: Sequence[Key] | None = None, crm_ids: Sequence[Key] | None = None
) -> Started:
    """Couple what these records of one side need first; what cannot be coupled is named with its reason.

    Raises PermissionDenied, Rejected, Refused (`connection_disabled`, `no_missing_partners`).
    """
    require(user, "use")
    found = mapping_named(mapping)
    side, keys = named_records(erp_ids, crm_ids)
    require_connection()
    missing = missing_partners(found, side, keys)
    if not missing:
        raise Refused("no_missing_partners")
    left = [Left(one.key, one.obstacle.code, dict(one.obstacle.params)) for one in missing if one.obstacle]
    possible = [one for one in missing if one.is_possible]
    return Started(_chain(user.get_username(), possible), len(possible), failed=left)


def _chain(user_name: str, missing: list[Missing]) -> list[Job]:
    """One job for each mapping, in the order given; each waits for the one before it."""
    stages: dict[str, list[Missing]] = {}
    for one in missing:
        stages.setdefault(one.mapping, []).append(one)
    jobs: list[Job] = []
    run_id = uuid7()
    for stage in stages.values():
        before = jobs[-1:]
        common = {
            "user_name": user_name,
            "run_id": run_id,
            "after": [str(job.pk) for job in before],
            "caused_by": str(jobs[0].pk) if jobs else None,
        }
        jobs.append(submit(_request(stage, common)))
    return jobs


def _request(stage: list[Missing], common: dict[str, Any]) -> Request:
    """Match-based coupling, and creation of what has no match; only creation where nothing says what matches."""
    first, keys = stage[0], [one.key for one in stage]
    if first.matches:
        params = {f"{first.side}_ids": keys, HOLDS_BACK: True}
        return Request(
            kind="coupling", mapping=first.mapping, create_new=first.creates, total=len(keys), params=params, **common
        )
    return record_request(
        mapping=first.mapping,
        direction="to_crm" if first.side == "erp" else "from_crm",
        side=first.side,
        ids=keys,
        create_new=True,
        mode="modified",
        **common,
    )
