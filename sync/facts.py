"""What a page tells about synchronization: coupling, last results, what differs now, when the next run is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.plan import Key
from coupling.plans import plan_for
from coupling.selectors.records import record_titles
from records.messages import text
from sync.examine import Examined, examine
from sync.models import Failure, Pending, Schedule
from sync.readable import Readable, captions


@dataclass(frozen=True, slots=True)
class Difference:
    """One field whose values differ now."""

    caption: str
    erp: str
    crm: str
    is_clash: bool


@dataclass(slots=True)
class Facts:
    """One mapping of the record's table. `state`: coupled, not_coupled, skipped, broken, conflict or failed."""

    mapping: IntegrationTableMapping
    side: str
    key: Key
    state: str
    partner_table: str = ""
    partner_key: Key = ""
    partner_title: str = ""
    last_synced_at: Any = None
    result_to_crm: str = ""
    result_from_crm: str = ""
    error: str = ""
    differences: list[Difference] = field(default_factory=list)
    is_compared: bool = False
    is_waiting: bool = False
    next_run_at: Any = None
    schedule_state: str = ""


def facts_of(label: str, key: Key) -> list[Facts]:
    """For every mapping of the table. An uncoupled record has one row, under the first mapping."""
    side = "erp" if label.startswith("erp.") else "crm"
    mappings = list(IntegrationTableMapping.objects.filter(**{f"{side}_table": label}).order_by("name"))
    found = [facts for m in mappings if (facts := _facts(m, side, key)) is not None]
    coupled = [facts for facts in found if facts.state not in ("not_coupled", "failed_uncoupled")]
    return coupled or found[:1]


def _facts(mapping: IntegrationTableMapping, side: str, key: Key) -> Facts | None:
    if mapping.is_option:
        return _option_facts(mapping, side, key)
    coupling = Coupling.objects.filter(pair=mapping.name, **{f"{side}_id": key}).first()
    facts = _uncoupled(mapping, side, key) if coupling is None else _coupled(mapping, side, key, coupling)
    _schedule(facts)
    return facts


def _option_facts(mapping: IntegrationTableMapping, side: str, key: Key) -> Facts | None:
    if side == "crm":
        return None
    option = OptionMapping.objects.filter(mapping=mapping, erp_id=key).first()
    facts = Facts(mapping, side, key, "not_coupled" if option is None else "skipped" if option.skipped else "coupled")
    if option is not None:
        facts.partner_title = f"{option.label} ({option.option_value})"
        facts.last_synced_at, result = option.last_synced_at, option.last_result_to_crm
        setattr(facts, "result_to_crm" if mapping.allows("to_crm") else "result_from_crm", result)
        error = option.error_to_crm
        facts.error = text(error["code"], error.get("params", {})) if error else ""
    _schedule(facts)
    return facts


def _uncoupled(mapping: IntegrationTableMapping, side: str, key: Key) -> Facts:
    failure = Failure.objects.filter(mapping=mapping.name, side=side, record=key).first()
    facts = Facts(mapping, side, key, "failed_uncoupled" if failure else "not_coupled")
    if failure:
        facts.error = text(failure.code, failure.params)
    return facts


def _coupled(mapping: IntegrationTableMapping, side: str, key: Key, coupling: Coupling) -> Facts:
    plan = plan_for(mapping)
    (found,) = examine(plan, [coupling])
    other = "crm" if side == "erp" else "erp"
    table = mapping.crm_table if other == "crm" else mapping.erp_table
    partner = str(getattr(coupling, f"{other}_id"))
    error = (coupling.error_to_crm or coupling.error_from_crm) or {}
    return Facts(
        mapping,
        side,
        key,
        _state(coupling, found, error),
        partner_table=table,
        partner_key=partner,
        partner_title=record_titles(table, [partner]).get(partner, ""),
        last_synced_at=coupling.last_synced_at,
        result_to_crm=coupling.last_result_to_crm,
        result_from_crm=coupling.last_result_from_crm,
        error=text(error["code"], error.get("params", {})) if error else "",
        differences=differences(plan, found),
        is_compared=found.is_whole,
        is_waiting=Pending.objects.filter(mapping=mapping.name, record__in=[coupling.erp_id, coupling.crm_id]).exists(),
    )


def _state(coupling: Coupling, found: Examined, error: dict[str, Any]) -> str:
    if not found.is_whole or coupling.broken:
        return "broken"
    if coupling.skipped:
        return "skipped"
    if found.clashes or error.get("code") == "update_conflict":
        return "conflict"
    return "failed" if error else "coupled"


def differences(plan: Any, found: Examined) -> list[Difference]:
    """The fields that differ now, as people read them; clashes first."""
    texts = Readable()
    for state in found.fields:
        texts.want(plan.erp_table, state.line.erp or "", state.erp)
        texts.want(plan.crm_table, state.line.crm or "", state.crm)
    clashing = {state.key for state in found.clashes}
    rows = []
    for state in found.fields:
        table, name = (plan.erp_table, state.line.erp) if state.line.erp else (plan.crm_table, state.line.crm)
        rows.append(
            Difference(
                caption=captions(table, [name or ""])[name or ""],
                erp=texts.text(plan.erp_table, state.line.erp or "", state.erp),
                crm=texts.text(plan.crm_table, state.line.crm or "", state.crm),
                is_clash=state.key in clashing,
            )
        )
    return sorted(rows, key=lambda row: not row.is_clash)


def _schedule(facts: Facts) -> None:
    entry = Schedule.objects.filter(mapping=facts.mapping.name).first()
    if entry is not None:
        facts.next_run_at, facts.schedule_state = entry.next_run_at, entry.state
