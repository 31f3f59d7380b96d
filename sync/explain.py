"""Why does this record not synchronize? Every gate that it has to pass, in the order in which it meets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from coupling.models import Connection, Coupling, IntegrationTableMapping
from coupling.plan import Key, MappingPlan
from coupling.plans import plan_for
from coupling.selectors.records import record_titles
from sync.examine import inside, problems, read
from sync.models import Failure, Job, Pending, Schedule
from sync.partners import needs_partners
from sync.waiting import UNMET

#: Problems of single values that mean: something this record refers to has no partner.
DEPENDENCY_CODES = frozenset({"dependency_not_coupled", "owner_is_team", "company_not_coupled"})
INACTIVE_FIELD = "statecode"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition. `setting`: the address of the page where it can be changed, '' where there is none."""

    gate: str
    passed: bool
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    setting: str = ""


@dataclass(slots=True)
class Situation:
    """What the gates look at, read once."""

    mapping: IntegrationTableMapping
    plan: MappingPlan
    side: str
    key: Key
    coupling: Coupling | None
    own: Any
    partner: Any
    connection: Connection

    @property
    def direction(self) -> str:
        """The direction that carries this record's changes."""
        return "to_crm" if self.side == "erp" else "from_crm"

    @property
    def other(self) -> str:
        """The other side."""
        return "crm" if self.side == "erp" else "erp"

    @property
    def table(self) -> str:
        """The table of the record."""
        return self.plan.table_of(self.side)

    @property
    def mapping_page(self) -> str:
        """The mapping's card."""
        return mapping_page(self.mapping)


def mapping_page(mapping: IntegrationTableMapping) -> str:
    """The address of a mapping's card."""
    from records.values import address

    return address(IntegrationTableMapping, str(mapping.pk))


def explain(mapping: IntegrationTableMapping, side: str, key: Key) -> list[Gate]:
    """All gates for the record `key` of this side; LookupError where there is neither a record nor a coupling."""
    found = look(mapping, side, key)
    return [gate(found) for gate in GATES]


def blocking(gates: list[Gate]) -> str | None:
    """The first gate that does not let the record through."""
    return next((gate.gate for gate in gates if not gate.passed), None)


def look(mapping: IntegrationTableMapping, side: str, key: Key) -> Situation:
    """Read what the gates need. Raises LookupError."""
    plan = plan_for(mapping)
    coupling = Coupling.objects.filter(pair=mapping.name, **{f"{side}_id": key}).first()
    own = read(plan, side, [key]).get(key)
    if own is None and coupling is None:
        raise LookupError(key)
    other, partner = ("crm" if side == "erp" else "erp"), None
    if coupling is not None:
        partner_key = str(getattr(coupling, f"{other}_id"))
        partner = read(plan, other, [partner_key]).get(partner_key)
    return Situation(mapping, plan, side, key, coupling, own, partner, Connection.load())


def _closed(gate: str, reason: str, params: dict[str, Any] | None = None, setting: str = "") -> Gate:
    return Gate(gate, passed=False, reason=reason, params=params or {}, setting=setting)


# The gates


def connection(s: Situation) -> Gate:
    """The connection is enabled."""
    passed = s.connection.enabled
    return Gate("connection", passed, "" if passed else "connection_disabled", {}, "/connection-setup/")


def filter_(s: Situation) -> Gate:
    """Both records are inside the filters of the mapping."""
    for side, record in ((s.side, s.own), (s.other, s.partner)):
        if inside(s.plan, side, record):
            continue
        if side == "crm" and record.values.get(INACTIVE_FIELD) not in (None, 0):
            return _closed("filter", "blocked_or_inactive", _titled(s, side, record), s.mapping_page)
        params = {**_titled(s, side, record), "filter": _filter_text(s, side)}
        return _closed("filter", "outside_filter", params, s.mapping_page)
    return Gate("filter", passed=True, setting=s.mapping_page)


def direction(s: Situation) -> Gate:
    """The mapping carries changes of this record's side."""
    if s.mapping.allows(s.direction):
        return Gate("direction", passed=True, setting=s.mapping_page)
    params = {"mapping": s.mapping.name, "direction": s.mapping.direction}
    return _closed("direction", "direction_not_allowed", params, s.mapping_page)


def only_coupled(s: Situation) -> Gate:
    """An uncoupled record gets a partner only where the mapping also creates records."""
    if s.coupling is not None or not s.mapping.only_coupled:
        return Gate("only_coupled", passed=True, setting=s.mapping_page)
    return _closed("only_coupled", "only_coupled", {"mapping": s.mapping.name}, s.mapping_page)


def coupling(s: Situation) -> Gate:
    """The record has a living partner, or will get one."""
    page = "/coupling/couplings/"
    if s.coupling is None:
        waits = not s.mapping.only_coupled and _pending(s).exists()
        return Gate("coupling", waits, "not_coupled", {"waiting": waits}, page)
    if s.own is None:
        return _closed("coupling", "source_deleted", {}, page)
    if s.partner is None:
        return _closed("coupling", "destination_deleted", {}, page)
    return Gate("coupling", passed=True, setting=page)


def dependency(s: Situation) -> Gate:
    """Everything that the record refers to has a partner of its own."""
    found = problems(s.plan, s.side, s.own) if s.own is not None else []
    other = [p for p in found if p.code in DEPENDENCY_CODES and p.code != UNMET]
    missing = [*needs_partners(s.plan, s.side, [s.key]), *other]
    if not missing:
        return Gate("dependency", passed=True)
    names = {line.key: line.depends_on for line in s.plan.fields if line.depends_on}
    params = {
        **missing[0].stored()["params"],
        "missing": [p.stored() for p in missing],
        "mappings": sorted(set(names.values())),
    }
    return _closed("dependency", missing[0].code, params, "/coupling/couplings/")


def skipped(s: Situation) -> Gate:
    """The coupling was not set aside after repeated errors."""
    if s.coupling is None or not s.coupling.skipped:
        return Gate("skipped", passed=True)
    error = s.coupling.error_to_crm or s.coupling.error_from_crm or {}
    since = s.coupling.skipped_at.isoformat() if s.coupling.skipped_at else None
    params = {"since": since, "code": error.get("code", ""), "error": error}
    return _closed("skipped", "skipped_coupling", params, _work_list(s))


def job(s: Situation) -> Gate:
    """Something will run: the mapping's job queue entry is neither on hold nor in error."""
    entry = Schedule.objects.filter(mapping=s.mapping.name).first()
    page = f"/sync/schedules/?filter=mapping='{s.mapping.name}'"
    if entry is None:
        return _closed("job", "schedule_missing", {"mapping": s.mapping.name}, page)
    if entry.state in ("on_hold", "error"):
        params = {"mapping": s.mapping.name, "state": entry.state}
        code = "schedule_on_hold" if entry.state == "on_hold" else "schedule_error"
        return _closed("job", code, params, page)
    running = Job.objects.filter(mapping=s.mapping.name, state="in_process").exists()
    next_run = entry.next_run_at.isoformat() if entry.next_run_at else None
    return Gate(
        "job", passed=True, params={"running": running, "state": entry.state, "next_run_at": next_run}, setting=page
    )


def last_result(s: Situation) -> Gate:
    """The last attempt went well."""
    job_id: Any
    if s.coupling is not None:
        error = _last_error(s)
        job_id = s.coupling.last_job_to_crm or s.coupling.last_job_from_crm
    else:
        failure = Failure.objects.filter(mapping=s.mapping.name, side=s.side, record=s.key).first()
        error = {"code": failure.code, "params": failure.params} if failure else None
        job_id = failure.job_id if failure else None
    if not error:
        return Gate("last_result", passed=True)
    params = {**error.get("params", {}), "job": str(job_id) if job_id else None}
    return _closed("last_result", error["code"], params, _work_list(s))


GATES: tuple[Callable[[Situation], Gate], ...] = (
    connection,
    filter_,
    direction,
    only_coupled,
    coupling,
    dependency,
    skipped,
    job,
    last_result,
)


def _last_error(s: Situation) -> dict[str, Any] | None:
    """The remembered error, of the record's own direction first."""
    assert s.coupling is not None
    errors = [s.coupling.error_to_crm, s.coupling.error_from_crm]
    return next((e for e in (errors if s.side == "erp" else errors[::-1]) if e), None)


def _pending(s: Situation) -> Any:
    return Pending.objects.filter(mapping=s.mapping.name, side=s.side, record=s.key)


def _titled(s: Situation, side: str, record: Any) -> dict[str, Any]:
    title = record_titles(s.plan.table_of(side), [record.key]).get(record.key, record.key)
    return {"record": title, "mapping": s.mapping.name, "side": side}


def _filter_text(s: Situation, side: str) -> str:
    return s.mapping.table_filter if side == "erp" else s.mapping.integration_table_filter


def _work_list(s: Situation) -> str:
    return f"/sync/errors/?filter=mapping='{s.mapping.name}'"
