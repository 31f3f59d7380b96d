"""One outcome row for every pair and direction that was not unchanged: what was done, why, and the values before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coupling.gateways.base import Record
from coupling.plan import Direction, Key
from records.stage import copy_into
from sync.engine.types import FROM, TO, Action, Decision, Step
from sync.tables import table

if TYPE_CHECKING:
    from sync.run import Run

_COLUMNS = ("job_id", "chunk_id", "mapping", "direction", "erp_id", "crm_id", "erp_key", "crm_name", "action",
            "reason", "params", "changes", "at")  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """One row of the log, as plain data. `changes`: {side: {field: [before, after]}} of the side it wrote."""

    mapping: str
    direction: str
    action: Action
    reason: str
    erp_id: Key | None = None
    crm_id: Key | None = None
    erp_key: str = ""
    crm_name: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)


def outcomes_of(run: Run, decisions: list[Decision]) -> list[Outcome]:
    """The rows of a chunk, to CRM first."""
    return [
        _outcome(run, decision, direction, step)
        for direction in (TO, FROM)
        for decision in decisions
        if (step := decision.steps.get(direction)) is not None and step.action is not Action.UNCHANGED
    ]


def _outcome(run: Run, decision: Decision, direction: Direction, step: Step) -> Outcome:
    pair = decision.pair
    changes: dict[str, Any] = {}
    params = dict(step.params)
    written = params.pop("changes", None)
    if written:
        side = "crm" if direction is TO else "erp"
        changes = {side: written}
    if step.problem is not None:
        params = step.problem.stored()["params"]
    return Outcome(
        run.plan.name, direction.value, step.action, step.reason,
        pair.erp.key if pair.erp else pair.erp_id, pair.crm.key if pair.crm else pair.crm_id,
        _title(pair.erp, run.plan.erp_title[:1]), _title(pair.crm, run.plan.crm_title[-1:]), params, changes,
    )  # fmt: skip


def _title(record: Record | None, names: tuple[str, ...]) -> str:
    return str(record.values.get(names[0]) or "")[:250] if record is not None and names else ""


def store_outcomes(run: Run, outcomes: list[Outcome]) -> None:
    """Write the rows with one COPY."""
    if not outcomes:
        return
    head = (str(run.job.pk), run.chunk.pk)
    rows = [
        [*head, o.mapping, o.direction, o.erp_id, o.crm_id, o.erp_key, o.crm_name, o.action.value, o.reason,
         o.params, o.changes, "now"]
        for o in outcomes
    ]  # fmt: skip
    copy_into(table("OutcomeRow"), _COLUMNS, rows)
