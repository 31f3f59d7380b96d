"""Work on a whole mapping: run, match, uncouple."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from coupling.models import IntegrationTableMapping
from coupling.plan import Key
from coupling.services.coupling import require_connection
from people.models import User
from records.errors import FieldError, Refused, Rejected
from records.ids import uuid7
from sync import order
from sync.jobs.submit import Request, submit
from sync.models import Job
from sync.preview import several
from sync.services.rights import require
from sync.services.started import Started
from sync.services.sync_now import record_keys

KIND_OF_MODE = {"modified": "modified", "full": "full", "full_unconditional": "full_unconditional"}
_DIRECTIONS = ("bidirectional", "to_crm", "from_crm")


@transaction.atomic
def mapping_run(
    *,
    user: User,
    mapping: IntegrationTableMapping,
    mode: str,
    direction: str = "",
    create_new: bool = False,
    preview: bool = False,
    after: Sequence[str] = (),
    run_id: str | None = None,
    category: str = "",
) -> Started:
    """Synchronize Modified Records, Run Full Synchronization, Run Unconditional Full Synchronization.

    Without `direction` the mapping's own. `after`: jobs that must have ended first. `category`: one
    job of a category runs at a time. Raises PermissionDenied, Rejected,
    Refused (`connection_disabled`, `direction_not_allowed`).
    """
    require(user, "use")
    request = _run(user, mapping, mode, direction=direction, create_new=create_new, preview=preview, after=after)
    require_connection()
    return Started([submit(replace(request, run_id=run_id, category=category))], 1)


def _run(user: User, mapping: IntegrationTableMapping, mode: str, *, direction: str = "", **more: Any) -> Request:
    """What is asked of one mapping. Raises Rejected and Refused."""
    if mode not in KIND_OF_MODE:
        code = "invalid_option" if mode else "required"
        raise Rejected([FieldError("mode", code, {"value": str(mode)[:50], "caption": "mode"})])
    return Request(
        kind=KIND_OF_MODE[mode],
        user_name=user.get_username(),
        mapping=mapping.name,
        direction=_direction(mapping, direction),
        whole=True,
        **more,
    )


@transaction.atomic
def mappings_run(
    *, user: User, mappings: Sequence[IntegrationTableMapping], mode: str, preview: bool = False, **options: Any
) -> Started:
    """One run over several mappings, each after those it depends on. `options` and errors as in `mapping_run`.

    A preview of several is one job, whose children see what those before them would have done.
    """
    require(user, "use")
    require_connection()
    named, depends_on = {m.name: m for m in mappings}, order.stored_dependencies()
    names, jobs = order.in_order(named, depends_on), dict[str, Job]()
    together = several.parent(user_name=user.get_username(), names=names) if preview and len(names) > 1 else None
    run_id = str(together.run_id) if together else uuid7()
    for name in names:
        first = order.dependencies_among(name, jobs, depends_on)
        after = [str(jobs[f].pk) for f in first]
        request = replace(_run(user, named[name], mode, after=after, preview=preview, **options), run_id=run_id)
        jobs[name] = several.child(together, request) if together else submit(request)
    return Started([together] if together else list(jobs.values()), len(jobs))


def _direction(mapping: IntegrationTableMapping, direction: str) -> str:
    if not direction:
        return str(mapping.direction)
    if direction not in _DIRECTIONS:
        raise Rejected([FieldError("direction", "invalid_option", {"value": str(direction)[:50]})])
    if mapping.direction not in ("bidirectional", direction):
        raise Refused("direction_not_allowed", {"mapping": mapping.name, "direction": direction})
    return direction


@transaction.atomic
def sync_modified_all(*, user: User) -> Started:
    """Synchronize Modified Records of all mappings, each after those it depends on."""
    return mappings_run(user=user, mappings=list(IntegrationTableMapping.objects.all()), mode="modified")


@transaction.atomic
def mapping_match(
    *,
    user: User,
    mapping: IntegrationTableMapping,
    erp_ids: Sequence[Key] | None = None,
    crm_ids: Sequence[Key] | None = None,
    create_new: bool | None = None,
    synchronize_after: bool | None = None,
    preview: bool = False,
) -> Started:
    """Match-Based Coupling of the named records of one side, or of all inside the filter.

    What is not said is taken from the mapping. Records of the Sales side without a match are created in the ERP.
    Raises PermissionDenied, Rejected, Refused.
    """
    require(user, "use")
    keys, rows = record_keys("erp_ids", erp_ids), record_keys("crm_ids", crm_ids)
    if rows and keys:
        raise Rejected([FieldError("crm_ids", "one_side_only")])
    if rows and mapping.is_option:
        raise Rejected([FieldError("crm_ids", "invalid_value", {"value": rows[0]})])
    require_connection()
    way = "from_crm" if rows else "to_crm"
    create = mapping.create_new_in_case_of_no_match if create_new is None else create_new
    if create_new and not mapping.allows(way):
        raise Refused("direction_not_allowed", {"mapping": mapping.name, "direction": way})
    after = mapping.synch_after_bulk_coupling if synchronize_after is None else synchronize_after
    params: dict[str, Any] = {"synchronize_after": after}
    if keys or rows:
        params |= {"erp_ids": keys} if keys else {"crm_ids": rows}
    request = Request(
        kind="coupling",
        user_name=user.get_username(),
        mapping=mapping.name,
        whole=not (keys or rows),
        create_new=create and mapping.allows(way),
        preview=preview,
        params=params,
    )
    return Started([submit(request)], len(keys) or len(rows) or 1)


@transaction.atomic
def mapping_uncouple(
    *, user: User, mapping: IntegrationTableMapping, erp_ids: Sequence[Key] | None = None, preview: bool = False
) -> Started:
    """Delete the couplings of the named ERP records, or all of the mapping, in the background.

    Raises PermissionDenied, Rejected, Refused.
    """
    require(user, "use")
    keys = record_keys("erp_ids", erp_ids)
    if erp_ids is not None and not keys:
        raise Rejected([FieldError("erp_ids", "no_records_chosen")])
    require_connection()
    request = Request(
        kind="uncoupling",
        user_name=user.get_username(),
        mapping=mapping.name,
        whole=not keys,
        preview=preview,
        params={"erp_ids": keys} if keys else {},
    )
    return Started([submit(request)], len(keys) or 1)
