"""Synchronize Now: named records of one mapping, in one direction, or one record merged.

1. what is asked must be possible: connection, mapping, direction;
2. each record is looked at once, set-based: missing, skipped, uncoupled, outside the filter, changed at the destination;
3. what remains becomes one job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.plan import Key, MappingPlan
from coupling.plans import plan_for
from coupling.services.coupling import require_connection
from coupling.services.option_mapping import option_rows
from coupling.sides import gateway
from people.models import User
from records.errors import FieldError, Refused, Rejected
from sync.jobs.submit import submit
from sync.requests import record_request
from sync.services.rights import require
from sync.services.started import Left, Started

DIRECTIONS = ("to_crm", "from_crm", "merge")


@dataclass(slots=True)
class _Named:
    """The named records of one side with what is known of them."""

    plan: MappingPlan
    side: str
    direction: str
    ids: list[Key]
    create_new: bool
    expected: Mapping[Key, int] | None
    couplings: dict[Key, Coupling] = field(default_factory=dict)

    @property
    def other(self) -> str:
        return "crm" if self.side == "erp" else "erp"

    @property
    def source(self) -> str:
        """The side whose values go over."""
        return "crm" if self.direction == "from_crm" else "erp"

    @property
    def destination(self) -> str:
        return "erp" if self.source == "crm" else "crm"

    def table(self, side: str) -> str:
        return self.plan.table_of(side)


@transaction.atomic
def sync_now(
    *,
    user: User,
    mapping: str,
    direction: str = "",
    erp_ids: Sequence[Key] | None = None,
    crm_ids: Sequence[Key] | None = None,
    expected_versions: Mapping[Key, int] | None = None,
    create_new: bool = False,
    preview: bool = False,
) -> Started:
    """Start a job for these records, which are all of one side.

    In a selection, records whose destination changed since the last sync are left out unless `expected_versions` names
    the version that the user has seen. Raises PermissionDenied, Rejected, Refused (`connection_disabled`, `direction_not_allowed`).
    """
    require(user, "use")
    found = mapping_named(mapping)
    side, ids = named_records(erp_ids, crm_ids)
    way = direction_of(found, direction, len(ids))
    require_connection()
    named = _Named(plan_for(found), side, way, ids, create_new, expected_versions)
    started = Started()
    expected = _options(found, named, started) if found.is_option else _sort_out(named, started)
    keep = [key for key in ids if key not in {left.id for left in (*started.skipped, *started.failed)}]
    if keep:
        guarded = len(ids) > 1 or expected_versions is not None
        params = {"expected_versions": expected, "guard_destination": True} if guarded and way != "merge" else {}
        request = record_request(
            mapping=found.name,
            direction=way,
            side=side,
            ids=keep,
            user_name=user.get_username(),
            create_new=create_new,
            preview=preview,
            params=params,
        )
        started.jobs, started.scheduled = [submit(request)], len(keep)
    return started


def mapping_named(name: str) -> IntegrationTableMapping:
    """The mapping of this name; raises Rejected."""
    found = IntegrationTableMapping.objects.filter(name=str(name or "").strip().upper()).first()
    if found is None:
        raise Rejected([FieldError("mapping", "mapping_missing", {"mapping": str(name or "")[:50]})])
    return found


def named_records(erp_ids: Any, crm_ids: Any) -> tuple[str, list[Key]]:
    """(side, keys without doubles) of a request that names records of one side. Raises Rejected."""
    if erp_ids and crm_ids:
        raise Rejected([FieldError("crm_ids", "one_side_only")])
    side = "crm" if crm_ids else "erp"
    keys = record_keys(f"{side}_ids", crm_ids or erp_ids)
    if not keys:
        raise Rejected([FieldError("erp_ids", "no_records_chosen")])
    return side, keys


def record_keys(name: str, values: Any) -> list[Key]:
    """A list of identifiers, each once, in the order given. Raises Rejected at the field."""
    if values is None:
        return []
    if not isinstance(values, list | tuple):
        raise Rejected([FieldError(name, "invalid_value", {"value": str(values)[:50]})])
    found: dict[Key, None] = {}
    for value in values:
        try:
            found[str(UUID(str(value)))] = None
        except ValueError:
            raise Rejected([FieldError(name, "invalid_value", {"value": str(value)[:50]})]) from None
    return list(found)


def direction_of(mapping: IntegrationTableMapping, direction: str, records: int) -> str:
    """The direction asked for, by default that of a one-way mapping. Raises Rejected and Refused."""
    if not direction and mapping.direction != "bidirectional":
        return mapping.direction
    if direction not in DIRECTIONS:
        code = "invalid_option" if direction else "required"
        raise Rejected(
            [FieldError("direction", code, {"value": str(direction)[:50], "caption": "@sync.Job.direction"})]
        )
    if direction == "merge" and records > 1:
        raise Rejected([FieldError("direction", "merge_one_record")])
    allowed = mapping.direction == "bidirectional" if direction == "merge" else mapping.allows(direction)
    if not allowed:
        raise Refused("direction_not_allowed", {"mapping": mapping.name, "direction": direction})
    return direction


def _sort_out(named: _Named, started: Started) -> dict[Key, int]:
    """Fill `skipped` and `failed`; the versions of changed destinations that may be overwritten, by their key."""
    named.couplings = _couplings(named)
    own = _versions(named, named.side, named.ids)
    partners = _versions(named, named.other, [_key(c, named.other) for c in named.couplings.values()])
    allowed: dict[Key, int] = {}
    for key in named.ids:
        coupling = named.couplings.get(key)
        if key not in own:
            started.failed.append(Left(key, "record_missing"))
        elif coupling is None:
            _uncoupled(named, key, own[key], started)
        else:
            _coupled(named, key, coupling, own[key], partners.get(_key(coupling, named.other)), started, allowed)
    return allowed


def _uncoupled(named: _Named, key: Key, record: tuple[int, bool], started: Started) -> None:
    """Uncoupled records are created on the other side where that was asked for."""
    creates = named.create_new and named.source == named.side and named.direction != "merge"
    if not creates:
        started.skipped.append(Left(key, "not_coupled"))
    elif not record[1]:
        started.skipped.append(Left(key, "outside_filter", _record_params(named, key)))
    elif _is_stale(named, key, None, record[0], None):
        started.skipped.append(Left(key, "version_conflict"))


def _coupled(
    named: _Named,
    key: Key,
    coupling: Coupling,
    own: tuple[int, bool],
    partner: tuple[int, bool] | None,
    started: Started,
    allowed: dict[Key, int],
) -> None:
    if coupling.skipped:
        started.skipped.append(Left(key, "skipped_coupling"))
        return
    source = own if named.source == named.side else partner
    if source is not None and not source[1] and named.direction != "merge":
        started.skipped.append(Left(key, "outside_filter", _record_params(named, key)))
        return
    partner_key = _key(coupling, named.other)
    if _is_stale(named, key, partner_key, own[0], partner[0] if partner else None):
        started.skipped.append(Left(key, "version_conflict"))
        return
    destination = own if named.destination == named.side else partner
    if destination is None or destination[0] == getattr(coupling, f"{named.destination}_version"):
        return
    seen = named.expected is not None and bool({key, partner_key} & set(named.expected))
    if len(named.ids) > 1 and coupling.last_synced_at is not None and not seen:
        started.skipped.append(Left(key, "destination_changed"))
        return
    allowed[_key(coupling, named.destination)] = destination[0]


def _is_stale(named: _Named, key: Key, partner_key: Key | None, own: int, partner: int | None) -> bool:
    """True when the request names a version of one of the two records, and it is not (any more) one of them."""
    expected = named.expected or {}
    if key in expected and expected[key] not in (own, partner):
        return True
    return partner_key is not None and partner_key in expected and expected[partner_key] != partner


def _record_params(named: _Named, key: Key) -> dict[str, Any]:
    from coupling.selectors.records import record_titles

    return {"record": record_titles(named.table(named.side), [key]).get(key, key), "mapping": named.plan.name}


def _couplings(named: _Named) -> dict[Key, Coupling]:
    column = f"{named.side}_id"
    found = Coupling.objects.filter(pair=named.plan.name, **{f"{column}__in": named.ids})
    return {str(getattr(c, column)): c for c in found}


def _key(coupling: Coupling, side: str) -> Key:
    return str(coupling.erp_id if side == "erp" else coupling.crm_id)


def _versions(named: _Named, side: str, keys: Sequence[Key]) -> dict[Key, tuple[int, bool]]:
    """{key: (version, inside the filter)} of the records that exist."""
    plan = named.plan
    fields = plan.erp_filter_fields if side == "erp" else plan.crm_filter_fields
    matches = plan.erp_matches if side == "erp" else plan.crm_matches
    records = gateway(side).read_many(named.table(side), list(keys), fields) if keys else {}
    return {key: (r.version, matches is None or matches(r.values)) for key, r in records.items()}


def _options(mapping: IntegrationTableMapping, named: _Named, started: Started) -> dict[Key, int]:
    """Codes and option values have no couplings: what is mapped, or may be created, goes."""
    own, mapped = _own_options(mapping, named)
    for key in named.ids:
        if key not in own:
            started.failed.append(Left(key, "record_missing"))
        elif key not in mapped and not (named.create_new and named.source == named.side):
            started.skipped.append(Left(key, "not_coupled"))
        elif key in mapped and mapped[key].skipped:
            started.skipped.append(Left(key, "skipped_coupling"))
    return {}


def _own_options(mapping: IntegrationTableMapping, named: _Named) -> tuple[set[Key], dict[Key, OptionMapping]]:
    """The named records that there are, and the option mappings of those that have one."""
    rows = OptionMapping.objects.filter(mapping=mapping)
    if named.side == "erp":
        found = rows.filter(erp_id__in=named.ids)
        return set(_versions(named, "erp", named.ids)), {str(row.erp_id): row for row in found}
    values = {
        value: str(key) for key, value in option_rows(mapping).filter(pk__in=named.ids).values_list("pk", "value")
    }
    return set(values.values()), {values[row.option_value]: row for row in rows.filter(option_value__in=values)}
