"""Making and removing couplings: one ERP record and one CRM record, each at most once per mapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from django.db import IntegrityError, transaction

from coupling import registry
from coupling.models import Connection, Coupling, IntegrationTableMapping
from coupling.plan import Key, MappingPlan
from coupling.plans import plan_for
from coupling.selectors.records import record_titles
from coupling.sides import gateway
from coupling.signals import couplings_made, couplings_removed
from people.audit import audit
from records.errors import FieldError, Refused, Rejected

#: What a new or re-pointed coupling forgets.
FRESH = {
    "erp_version": 0,
    "crm_version": 0,
    "base": None,
    "base_version": 0,
    "last_synced_at": None,
    "last_result_to_crm": "",
    "last_result_from_crm": "",
    "last_job_to_crm": None,
    "last_job_from_crm": None,
    "skipped": False,
    "skipped_at": None,
    "error_to_crm": None,
    "error_from_crm": None,
    "broken": False,
}


@dataclass(frozen=True, slots=True)
class Side:
    """One end of the pair to be: its key, its table and how the API names it."""

    name: str
    table: str
    key: Key

    @property
    def field(self) -> str:
        """`erp_id` or `crm_id`."""
        return f"{self.name}_id"

    @property
    def title(self) -> str:
        """What people call the record."""
        return record_titles(self.table, [self.key]).get(self.key, self.key)


def require_connection() -> None:
    """Raises Refused unless the connection is enabled."""
    if not Connection.load().enabled:
        raise Refused("connection_disabled")


def mapping_of(name: str) -> IntegrationTableMapping:
    """The mapping of records with this name; raises Rejected or Refused."""
    mapping = IntegrationTableMapping.objects.filter(name=str(name).upper()).first()
    if mapping is None:
        raise Rejected([FieldError("mapping", "mapping_missing", {"mapping": str(name)[:50]})])
    if mapping.is_option:
        raise Refused("option_mapping_only", {"mapping": mapping.name})
    return mapping


@transaction.atomic
def coupling_create(
    *, mapping: IntegrationTableMapping, erp_id: Key, crm_id: Key, replace: bool = False, waits: bool = True
) -> Coupling:
    """Couple two existing records. With `replace` a coupling of the ERP record is pointed to the new partner.

    `waits`: the next run of the mapping is to look at the pair; False where the caller synchronizes it at once.
    Raises Rejected (no such record) and Refused: `connection_disabled`, `outside_filter`, `already_coupled`.
    """
    require_connection()
    plan = plan_for(mapping)
    erp, crm = Side("erp", mapping.erp_table, erp_id), Side("crm", mapping.crm_table, crm_id)
    check_record(plan, erp)
    check_record(plan, crm)
    own = _living(mapping, erp, crm)
    if own is not None and not replace:
        _refuse_coupled(erp, crm, own.crm_id)
    other = _living(mapping, crm, erp)
    if other is not None and (own is None or other.pk != own.pk):
        _refuse_coupled(crm, erp, other.erp_id)
    coupling = _insert(mapping, erp, crm) if own is None else _repoint(plan, own, crm_id)
    audit("coupling_create", target=f"{mapping.name} {erp.title}", new={"erp_id": erp_id, "crm_id": crm_id})
    couplings_made.send(Coupling, pair=mapping.name, couplings=[coupling], waits=waits)
    return coupling


@transaction.atomic
def couplings_delete(*, couplings: Iterable[Coupling]) -> int:
    """Delete Coupling: the records stay, CRM rows lose our company id, coupled people of an account go with it.

    Returns the number of couplings asked for that are removed.
    """
    removed = 0
    by_pair: dict[str, list[Coupling]] = {}
    for coupling in couplings:
        by_pair.setdefault(coupling.pair, []).append(coupling)
    for name, group in by_pair.items():
        removed += _delete(name, group)
    return removed


def coupling_delete(*, coupling: Coupling) -> int:
    """Delete one coupling, at once; see `couplings_delete`."""
    require_connection()
    return couplings_delete(couplings=[coupling])


def coupling_clear_errors(*, couplings: Sequence[Coupling]) -> None:
    """Forget the remembered errors of both directions and the *skipped* mark (Retry, re-coupling)."""
    cleared = {"skipped": False, "skipped_at": None, "error_to_crm": None, "error_from_crm": None}
    Coupling.objects.filter(pk__in=[c.pk for c in couplings]).update(**cleared)


def check_record(plan: MappingPlan, side: Side) -> None:
    """The record exists and is inside the mapping's filter. Raises Rejected or Refused."""
    fields = plan.erp_filter_fields if side.name == "erp" else plan.crm_filter_fields
    matches = plan.erp_matches if side.name == "erp" else plan.crm_matches
    record = gateway(side.name).read_many(side.table, [side.key], fields).get(side.key)
    if record is None:
        raise Rejected([FieldError(side.field, "record_missing")])
    if matches is not None and not matches(record.values):
        raise Refused("outside_filter", {"record": side.title, "mapping": plan.name})


def _living(mapping: IntegrationTableMapping, side: Side, other: Side) -> Coupling | None:
    """The coupling of one record whose partner still exists; one whose partner is gone is removed on the way."""
    found = Coupling.objects.select_for_update().filter(pair=mapping.name, **{side.field: side.key}).first()
    if found is None:
        return None
    partner = str(getattr(found, other.field))
    if gateway(other.name).read_many(other.table, [partner], ()):
        return found
    found.delete()
    return None


def _insert(mapping: IntegrationTableMapping, erp: Side, crm: Side) -> Coupling:
    try:
        with transaction.atomic():
            return Coupling.objects.create(pair=mapping.name, erp_id=erp.key, crm_id=crm.key)
    except IntegrityError:
        coupling = Coupling.objects.filter(pair=mapping.name, erp_id=erp.key).first()
        if coupling is not None:
            _refuse_coupled(erp, crm, coupling.crm_id)
        winner = Coupling.objects.get(pair=mapping.name, crm_id=crm.key)
        _refuse_coupled(crm, erp, winner.erp_id)


def _repoint(plan: MappingPlan, own: Coupling, crm_id: Key) -> Coupling:
    if str(own.crm_id) != crm_id:
        plan.hooks.before_uncouple(plan, [(str(own.erp_id), str(own.crm_id))])
    Coupling.objects.filter(pk=own.pk).update(crm_id=crm_id, **FRESH)
    return Coupling.objects.get(pk=own.pk)


def _refuse_coupled(side: Side, other: Side, partner: object) -> NoReturn:
    names = record_titles(other.table, [partner])
    name = names.get(str(partner), str(partner))
    params = {"record": side.title, "partner": name, "field": side.field, f"{other.name}_id": str(partner)}
    raise Refused("already_coupled", params)


def _delete(name: str, group: list[Coupling]) -> int:
    mapping = IntegrationTableMapping.objects.filter(name=name).first()
    pairs = [(str(c.erp_id), str(c.crm_id)) for c in group]
    if mapping is not None:
        plan = plan_for(mapping)
        plan.hooks.before_uncouple(plan, pairs)
    couplings_removed.send(Coupling, pair=name, couplings=group)
    Coupling.objects.filter(pk__in=[c.pk for c in group]).delete()
    audit("coupling_delete", target=name, old={"count": len(pairs), "pairs": pairs[:100]})
    return len(group)


def delete_with_erp_record(*, label: str, keys: Sequence[Key], **_options: object) -> None:
    """Receiver of `records_deleted`: couplings of salespeople go with the salesperson (R12)."""
    for mapping in IntegrationTableMapping.objects.filter(erp_table=label):
        if registry.goes_with_erp(registry.tables_of(mapping)):
            couplings_delete(couplings=Coupling.objects.filter(pair=mapping.name, erp_id__in=keys))
