"""Set Up Coupling: couple two records, or make the missing one; afterwards synchronize as asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import Key, MappingPlan
from coupling.plans import plan_for
from coupling.selectors.records import record_titles
from coupling.services.coupling import (
    Side,
    check_record,
    coupling_create,
    couplings_delete,
    require_connection,
)
from coupling.sides import gateway
from coupling.work import work
from records.errors import FieldError, Refused, Rejected

DIRECTION_OF = {"use_erp": "to_crm", "use_crm": "from_crm"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user wants: one pair, or records of one side that get new partners (`create_new`).

    `starts_at`: the side whose present coupling is given up where a pair is to `replace` it.
    """

    mapping: IntegrationTableMapping
    erp_ids: Sequence[Key] = ()
    crm_ids: Sequence[Key] = ()
    is_selection: bool = False
    starts_at: str = "erp"
    create_new: bool = False
    replace: bool = False
    synchronize: str = "no"
    user_name: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A record of a selection that was left out, and why."""

    key: Key
    code: str
    params: dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """What came of it: the coupling (of one pair), the jobs that were started, what was left out."""

    coupling: Coupling | None = None
    jobs: list[Any] = field(default_factory=list)
    scheduled: int = 0
    skipped: list[Left] = field(default_factory=list)
    failed: list[Left] = field(default_factory=list)
    starts_work: bool = False


@transaction.atomic
def coupling_set_up(asked: Asked) -> Outcome:
    """Do what is asked; see `coupling_create` for what is refused, and `direction_not_allowed`."""
    require_connection()
    if asked.is_selection:
        return _many(asked)
    if asked.create_new:
        return _create_partner(asked)
    if not (asked.erp_ids and asked.crm_ids):
        cell = "crm_id" if asked.erp_ids else "erp_id"
        raise Rejected([FieldError(cell, "partner_missing")])
    direction = DIRECTION_OF.get(asked.synchronize, "")
    _allow(asked.mapping, direction)
    if asked.replace and asked.starts_at == "crm":
        present = _partners(plan_for(asked.mapping), "crm", asked.crm_ids).values()
        couplings_delete(couplings=[c for c in present if str(c.erp_id) != asked.erp_ids[0]])
    coupling = coupling_create(
        mapping=asked.mapping,
        erp_id=asked.erp_ids[0],
        crm_id=asked.crm_ids[0],
        replace=asked.replace,
        waits=not direction,
    )
    outcome = Outcome(coupling=coupling)
    if direction:
        outcome.jobs = work().synchronize(
            mapping=asked.mapping.name, direction=direction, erp_ids=asked.erp_ids, user_name=asked.user_name
        )
        outcome.scheduled, outcome.starts_work = 1, True
    return outcome


def _create_partner(asked: Asked) -> Outcome:
    """A new record on the other side, made and coupled by a job."""
    if bool(asked.erp_ids) == bool(asked.crm_ids):
        code = "partner_both" if asked.erp_ids else "partner_missing"
        raise Rejected([FieldError("crm_id" if asked.erp_ids else "erp_id", code)])
    direction = "to_crm" if asked.erp_ids else "from_crm"
    _allow(asked.mapping, direction)
    plan = plan_for(asked.mapping)
    own = _side(asked, plan)
    check_record(plan, own)
    present = _partners(plan, own.name, [own.key]).get(own.key)
    if present is not None and not asked.replace:
        raise Refused("already_coupled", _named(plan, own, present))
    if present is not None:
        couplings_delete(couplings=[present])
    return _start(asked, direction, [own.key], Outcome())


def _many(asked: Asked) -> Outcome:
    """New partners for a selection; records outside the filter or coupled already are left out and named."""
    if not asked.create_new:
        raise Rejected([FieldError("create_new", "partner_missing")])
    if bool(asked.erp_ids) == bool(asked.crm_ids):
        raise Rejected([FieldError("erp_ids", "partner_both" if asked.erp_ids else "partner_missing")])
    direction = "to_crm" if asked.erp_ids else "from_crm"
    _allow(asked.mapping, direction)
    plan = plan_for(asked.mapping)
    side = _side(asked, plan)
    keys = list(asked.erp_ids or asked.crm_ids)
    outcome = Outcome(starts_work=True)
    coupled = _partners(plan, side.name, keys)
    fields, matches = _filter_of(plan, side.name)
    records = gateway(side.name).read_many(side.table, keys, fields)
    titles = record_titles(side.table, keys)
    free = []
    for key in keys:
        if key not in records:
            outcome.failed.append(Left(key, "record_missing", {}))
        elif key in coupled:
            outcome.skipped.append(Left(key, "already_coupled", {"record": titles.get(key, key), "partner": ""}))
        elif matches is not None and not matches(records[key].values):
            params = {"record": titles.get(key, key), "mapping": plan.name}
            outcome.failed.append(Left(key, "outside_filter", params))
        else:
            free.append(key)
    return _start(asked, direction, free, outcome) if free else outcome


def _start(asked: Asked, direction: str, keys: list[Key], outcome: Outcome) -> Outcome:
    ids: dict[str, Any] = {"erp_ids": keys} if direction == "to_crm" else {"crm_ids": keys}
    outcome.jobs = work().synchronize(
        mapping=asked.mapping.name, direction=direction, create_new=True, user_name=asked.user_name, **ids
    )
    outcome.scheduled, outcome.starts_work = len(keys), True
    return outcome


def _allow(mapping: IntegrationTableMapping, direction: str) -> None:
    if direction and not mapping.allows(direction):
        raise Refused("direction_not_allowed", {"mapping": mapping.name, "direction": direction})


def _side(asked: Asked, plan: MappingPlan) -> Side:
    """The side that the records of a request are on, with the first of them."""
    if asked.erp_ids:
        return Side("erp", plan.erp_table, asked.erp_ids[0])
    return Side("crm", plan.crm_table, asked.crm_ids[0])


def _filter_of(plan: MappingPlan, side: str) -> tuple[Sequence[str], Any]:
    if side == "erp":
        return plan.erp_filter_fields, plan.erp_matches
    return plan.crm_filter_fields, plan.crm_matches


def _partners(plan: MappingPlan, side: str, keys: Sequence[Key]) -> dict[Key, Coupling]:
    """The couplings of these records whose partners still exist; others are removed on the way."""
    own, other = ("erp_id", "crm_id") if side == "erp" else ("crm_id", "erp_id")
    found = list(Coupling.objects.filter(pair=plan.name, **{f"{own}__in": keys}))
    table, name = (plan.crm_table, "crm") if side == "erp" else (plan.erp_table, "erp")
    living = gateway(name).read_many(table, [str(getattr(c, other)) for c in found], ())
    dead = [c for c in found if str(getattr(c, other)) not in living]
    Coupling.objects.filter(pk__in=[c.pk for c in dead]).delete()
    return {str(getattr(c, own)): c for c in found if c not in dead}


def _named(plan: MappingPlan, own: Side, present: Coupling) -> dict[str, Any]:
    table, key = (plan.crm_table, present.crm_id) if own.name == "erp" else (plan.erp_table, present.erp_id)
    partner = record_titles(table, [key]).get(str(key), str(key))
    return {"record": own.title, "partner": partner, "field": own.field}
