"""The ribbon action of the Sales side, named after the ERP product: open the ERP record, make it first where allowed.

1. coupled: nothing is written;
2. uncoupled: a job creates and couples, if the mapping creates records (*Synch. Only Coupled Records* is off) and its
   direction is Bidirectional or From Integration Table;
3. otherwise: refused, naming the flag or the direction.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import Key
from coupling.plans import plan_for
from coupling.selectors.records import record_titles
from coupling.services.coupling import Side, check_record, require_connection
from coupling.sides import gateway
from people.models import User
from records.errors import Refused
from sync.inline import run_now
from sync.jobs.submit import submit
from sync.models import Job, OutcomeRow
from sync.requests import record_request
from sync.services.rights import require


@dataclass(frozen=True, slots=True)
class Opened:
    """The ERP record behind a Sales record. `job`: what made it, None where it was there."""

    erp_table: str
    erp_id: Key
    mapping: str
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a job was started for; `finish` tells what came of it."""

    mapping: IntegrationTableMapping
    crm_id: Key
    job: Job


@transaction.atomic
def ask(*, user: User, crm_table: str, crm_id: Key) -> Opened | Asked:
    """Open the ERP record, or start making it. Raises PermissionDenied, LookupError and Refused."""
    require(user, "view")
    require_connection()
    if not gateway("crm").read_many(crm_table, [crm_id], ()):
        raise LookupError(crm_id)
    mappings = [m for m in IntegrationTableMapping.objects.filter(crm_table=crm_table) if not m.is_option]
    if not mappings:
        raise Refused("no_mapping", {"table": f"@{crm_table}"})
    partner = _partner(mappings, crm_id)
    if partner is not None:
        return partner
    mapping = _mapping_for(mappings, crm_table, crm_id)
    may_create(mapping, crm_id)
    require(user, "use")
    check_record(plan_for(mapping), Side("crm", crm_table, crm_id))
    Coupling.objects.filter(pair=mapping.name, crm_id=crm_id).delete()  # its ERP record is gone: no partner
    request = record_request(
        mapping=mapping.name,
        direction="from_crm",
        side="crm",
        ids=[crm_id],
        user_name=user.get_username(),
        create_new=True,
    )
    return Asked(mapping, crm_id, submit(request))


def finish(asked: Asked) -> Opened:
    """Do the job now, outside its transaction. Raises Refused with the reason where no ERP record came of it."""
    (job,) = run_now([asked.job])
    found = Coupling.objects.filter(pair=asked.mapping.name, crm_id=asked.crm_id).first()
    if found is not None:
        return Opened(asked.mapping.erp_table, str(found.erp_id), asked.mapping.name, job)
    outcome = OutcomeRow.objects.filter(job=job).exclude(reason="").first()
    if outcome is not None:
        raise Refused(outcome.reason, {**outcome.params, "mapping": asked.mapping.name})
    if not job.is_ended:
        raise Refused("still_working", {"job": str(job.pk)})
    raise Refused(job.message_code or "internal_error", {"error": "", **job.message_params})


def may_create(mapping: IntegrationTableMapping, crm_id: Key) -> None:
    """The truth table of flag and direction: two of six cells create. Raises Refused."""
    if mapping.only_coupled:
        title = record_titles(mapping.crm_table, [crm_id]).get(crm_id, "")
        raise Refused("only_coupled", {"mapping": mapping.name, "record": title})
    if not mapping.allows("from_crm"):
        raise Refused("direction_not_allowed", {"mapping": mapping.name, "direction": "from_crm"})


def _partner(mappings: list[IntegrationTableMapping], crm_id: Key) -> Opened | None:
    """The ERP record that this one is coupled with, if it still exists."""
    by_name = {m.name: m for m in mappings}
    for coupling in Coupling.objects.filter(crm_id=crm_id, pair__in=list(by_name)).order_by("pair"):
        mapping, erp_id = by_name[coupling.pair], str(coupling.erp_id)
        if gateway("erp").read_many(mapping.erp_table, [erp_id], ()):
            return Opened(mapping.erp_table, erp_id, mapping.name)
    return None


def _mapping_for(mappings: list[IntegrationTableMapping], crm_table: str, crm_id: Key) -> IntegrationTableMapping:
    """The mapping whose filter the record is inside (an account may be a customer or a vendor); else the first."""
    for mapping in mappings:
        plan = plan_for(mapping)
        record = gateway("crm").read_many(crm_table, [crm_id], plan.crm_filter_fields).get(crm_id)
        if record is not None and (plan.crm_matches is None or plan.crm_matches(record.values)):
            return mapping
    return mappings[0]
