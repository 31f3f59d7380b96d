"""What couplings keep of a chunk: versions, base, results, errors, skipped mark; and failures of uncoupled records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError

from coupling.gateways.errors import Transient
from coupling.plan import Direction
from records import db
from records.stage import Column, copy_into, staged
from sync import failures, waiting
from sync.engine import base
from sync.engine.types import FROM, TO, Action, Decision, Step
from sync.tables import coupling_table

if TYPE_CHECKING:
    from sync.run import Run

_NEVER_SKIPPED = ("update_conflict", "unavailable", "locked", "version_conflict")
_INSERTED = ("pair", "erp_id", "crm_id", "erp_version", "crm_version", "base", "base_version", "last_synced_at",
             "last_result_to_crm", "last_result_from_crm", "last_job_to_crm", "last_job_from_crm")  # fmt: skip
_UPDATED = (
    Column("id", "uuid"), Column("old_erp", "bigint"), Column("old_crm", "bigint"), Column("erp_id", "uuid"),
    Column("crm_id", "uuid"), Column("erp_version", "bigint"), Column("crm_version", "bigint"), Column("base", "jsonb"),
    Column("result_to", "text"), Column("result_from", "text"), Column("error_to", "jsonb"), Column("error_from", "jsonb"),
    Column("skipped", "boolean"), Column("broken", "boolean"), Column("synced", "boolean"),
)  # fmt: skip


def remember(run: Run, decisions: list[Decision]) -> None:
    """Store what the decisions mean for the couplings."""
    for decision in decisions:
        _skip_rule(decision)
    _delete(decisions)
    _insert(run, [d for d in decisions if d.pair.link is None and _partnered(d)])
    _update(run, [row for d in decisions if d.pair.link is not None and not d.remove_link and (row := _row(run, d))])
    _failures(run, decisions)


def _skip_rule(decision: Decision) -> None:
    """The same permanent error twice running in one direction: the coupling is skipped, no new error is written."""
    link = decision.pair.link
    if link is None or link.skipped:
        return
    for direction, step in decision.steps.items():
        problem = step.problem
        if step.action is not Action.FAIL or problem is None or problem.transient or problem.code in _NEVER_SKIPPED:
            continue
        if problem.same_as(link.error(direction)):
            step.action = Action.SKIP


def _partnered(decision: Decision) -> bool:
    return decision.problem is None and any(s.action in (Action.INSERT, Action.COUPLE) for s in decision.steps.values())


def _delete(decisions: list[Decision]) -> None:
    gone = [d.pair.link.id for d in decisions if d.remove_link and d.pair.link is not None]
    if gone:
        db.execute(f"DELETE FROM {coupling_table()} WHERE id = ANY(%s::uuid[])", [gone])


def _insert(run: Run, decisions: list[Decision]) -> None:
    if not decisions:
        return
    rows = []
    for decision in decisions:
        pair = decision.pair
        assert pair.erp is not None
        assert pair.crm is not None
        (direction,) = [d for d, s in decision.steps.items() if s.action in (Action.INSERT, Action.COUPLE)]
        to = direction is TO
        rows.append([
            run.plan.name, pair.erp.key, pair.crm.key, pair.erp.version, pair.crm.version,
            base.build(run.plan, pair.erp.values, pair.crm.values), run.plan.version, "now",
            "success" if to else "", "" if to else "success", run.job.pk if to else None, None if to else run.job.pk,
        ])  # fmt: skip
    try:
        copy_into(coupling_table(), _INSERTED, rows)
    except IntegrityError as error:  # somebody coupled one of them meanwhile: look again
        raise Transient(str(error)) from error
    waiting.wake(
        run.plan.name,
        run.plan.context.get("dependents", ()),
        erp_ids=[d.pair.erp.key for d in decisions if d.pair.erp],
        crm_ids=[d.pair.crm.key for d in decisions if d.pair.crm],
        forgive=True,
    )


def _row(run: Run, decision: Decision) -> list[Any] | None:
    """The staged row of an existing coupling; None where nothing about it changes."""
    link, pair = decision.pair.link, decision.pair
    assert link is not None
    results = {d: _result(decision.steps.get(d)) for d in (TO, FROM)}
    errors = {d: _error(decision.steps.get(d), link.error(d)) for d in (TO, FROM)}
    erp_version = pair.erp.version if pair.erp and decision.close_erp else link.erp_version
    crm_version = pair.crm.version if pair.crm and decision.close_crm else link.crm_version
    skipped = link.skipped or any(s.action is Action.SKIP and _is_second(s) for s in decision.steps.values())
    moved = (erp_version, crm_version) != (link.erp_version, link.crm_version)
    wrote = any(s.action in (Action.MODIFY, Action.INSERT) for s in decision.steps.values())
    same_errors = errors[TO] == link.error_to_crm and errors[FROM] == link.error_from_crm
    broken = decision.broken and not wrote
    if not (moved or wrote or not same_errors or skipped != link.skipped or broken != link.broken):
        return None
    return [
        link.id, link.erp_version, link.crm_version, pair.erp.key if pair.erp else link.erp_id,
        pair.crm.key if pair.crm else link.crm_id, erp_version, crm_version, _base(run, decision, moved or wrote),
        results[TO], results[FROM], errors[TO], errors[FROM], skipped, broken,
        (moved or wrote) and decision.problem is None,
    ]  # fmt: skip


def _is_second(step: Step) -> bool:
    problem = step.problem
    return problem is not None and not problem.transient and problem.code not in (
        "skipped_coupling", "outside_filter", "blocked_or_inactive", *_NEVER_SKIPPED,
    )  # fmt: skip


def _result(step: Step | None) -> str | None:
    if step is None or (step.action is Action.SKIP and not _is_second(step)):
        return None
    return "failure" if step.problem is not None else "success"


def _error(step: Step | None, known: Any) -> Any:
    if step is None or (step.action is Action.SKIP and not _is_second(step)):
        return known
    return step.problem.stored() if step.problem is not None else None


def _base(run: Run, decision: Decision, moved: bool) -> list[Any] | None:
    """The new base array; None keeps the stored one."""
    pair = decision.pair
    if not moved or pair.erp is None or pair.crm is None or pair.link is None:
        return None
    if decision.close_erp and decision.close_crm and decision.problem is None:
        return base.build(run.plan, pair.erp.values, pair.crm.values)
    carried = _carried(run, decision)
    if not carried or not pair.link.base:  # nothing is known yet: what was not carried must stay unknown
        return None
    known = base.by_key(run.plan, pair.link.base, pair.link.base_version)
    return base.merge(run.plan, known, pair.erp.values, pair.crm.values, carried)


def _carried(run: Run, decision: Decision) -> set[str]:
    keys: set[str] = set()
    for direction, step in decision.steps.items():
        if step.action is Action.MODIFY:
            keys |= {f.key for f in run.plan.fields if (f.crm if direction is TO else f.erp) in step.values}
    return keys


def _update(run: Run, rows: list[list[Any]]) -> None:
    if not rows:
        return
    sql = (
        f"UPDATE {coupling_table()} k SET erp_id = s.erp_id, crm_id = s.crm_id, erp_version = s.erp_version, "
        "crm_version = s.crm_version, base = coalesce(s.base, k.base), "
        "base_version = CASE WHEN s.base IS NULL THEN k.base_version ELSE %s END, "
        "last_synced_at = CASE WHEN s.synced THEN now() ELSE k.last_synced_at END, "
        "last_result_to_crm = coalesce(s.result_to, k.last_result_to_crm), "
        "last_job_to_crm = CASE WHEN s.result_to IS NULL THEN k.last_job_to_crm ELSE %s::uuid END, "
        "last_result_from_crm = coalesce(s.result_from, k.last_result_from_crm), "
        "last_job_from_crm = CASE WHEN s.result_from IS NULL THEN k.last_job_from_crm ELSE %s::uuid END, "
        "error_to_crm = s.error_to, error_from_crm = s.error_from, "
        "skipped_at = CASE WHEN s.skipped AND NOT k.skipped THEN now() ELSE k.skipped_at END, "
        "skipped = s.skipped, broken = s.broken, row_version = k.row_version + 1 FROM {relation} s "
        "WHERE k.id = s.id AND k.erp_version = s.old_erp AND k.crm_version = s.old_crm"
    )
    with staged(_UPDATED, rows) as (relation, params):
        job = str(run.job.pk)
        done = db.execute(sql.replace("{relation}", relation), [run.plan.version, job, job, *params])
    if done != len(rows):
        raise Transient("a coupling was changed by another job")


def _failures(run: Run, decisions: list[Decision]) -> None:
    """Remember failures of records that have no coupling to remember them."""
    failed: list[failures.Failed] = []
    for decision in decisions:
        for direction, step in decision.steps.items():
            key = decision.pair.erp_id if direction is TO else decision.pair.crm_id
            if decision.pair.link is None and step.action is Action.FAIL and step.problem is not None and key:
                failed.append((_side(direction), key, step.problem))
    failures.keep(run.plan.name, run.job.pk, failed)


def _side(direction: Direction) -> str:
    return "erp" if direction is TO else "crm"
