"""Decisions become writes: hooks of the pair, then one batch per side, ERP first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coupling.gateways.base import Record, Write, WriteContext, WriteResult
from coupling.plan import Direction, HookBatch, Hooks, Item, Key, Problem, Template, canon, jsonable
from records.ids import uuid7
from sync.engine.transfer import Transfer, compile_transfer
from sync.engine.types import FROM, TO, Action, Decision, Step

if TYPE_CHECKING:
    from sync.run import Run

WRITES = (Action.INSERT, Action.MODIFY)


class Job:
    """A decision in one direction on its way to the destination, beside its hook item."""

    __slots__ = ("decision", "direction", "item", "result_changed", "result_values", "version")

    def __init__(self, decision: Decision, direction: Direction, item: Item) -> None:
        self.decision, self.direction, self.item = decision, direction, item
        self.result_changed: set[str] = set()
        self.result_values: dict[str, Any] = {}
        self.version: int | None = None


def write(run: Run, decisions: list[Decision]) -> list[Decision]:
    """Carry out what was decided; steps that fail on the way turn into failures of their pair.

    A pair that is written on both sides is written on the ERP side first; the CRM side follows only if that went well.
    """
    _creations(run, decisions)
    _uncouple(run, decisions)
    for direction in [d for d in (FROM, TO) if d in run.request.directions]:
        jobs = _prepared(run, decisions, direction)
        _write_side(run, direction, [j for j in jobs if j.item.is_new], insert=True)
        _write_side(run, direction, [j for j in jobs if not j.item.is_new], insert=False)
        done = [j.item for j in jobs if j.version is not None]
        if done:
            run.plan.hooks.after_write(HookBatch(run.plan, direction, done))
            _follow_hooks(jobs)
    return decisions


def _follow_hooks(jobs: list[Job]) -> None:
    """Couplings remember the records as hooks left them (`Item.touched`): what a hook wrote is no change to come."""
    for job in jobs:
        for side, (version, values) in job.item.touched.items():
            record = getattr(job.decision.pair, side)
            if record is not None:
                setattr(job.decision.pair, side, Record(record.key, version, {**record.values, **values}))


def _creations(run: Run, decisions: list[Decision]) -> None:
    """Give each record without a partner its insert step (or the partner that belongs to it by nature)."""
    for direction in [d for d in (TO, FROM) if d in run.request.directions]:
        fresh = [d for d in decisions if _wants_creation(d, direction)]
        if not fresh:
            continue
        transfer = compile_transfer(run.plan, direction)
        columns = transfer.run([_source(d, direction).values for d in fresh])
        for index, decision in enumerate(fresh):
            template = run.plan.template_for(direction, _source(decision, direction).values)
            _insert_step(decision, direction, transfer, [column[index] for column in columns], template)
        _natural_partners(run, direction, fresh)


def _wants_creation(decision: Decision, direction: Direction) -> bool:
    pair, step = decision.pair, decision.steps.get(direction)
    if step is not None:
        return step.action is Action.INSERT
    source = pair.erp if direction is TO else pair.crm
    return pair.link is None and source is not None and decision.close_erp and not decision.steps


def _source(decision: Decision, direction: Direction) -> Record:
    record = decision.pair.erp if direction is TO else decision.pair.crm
    assert record is not None
    return record


def _insert_step(
    decision: Decision, direction: Direction, transfer: Transfer, values: list[Any], template: Template | None
) -> None:
    """What a new record gets: the values of the lines, over them those of its template."""
    given = template.values if template else {}
    lines = zip(transfer.lines, values, strict=True)
    values = [given[name] if (name := transfer.destination(line)) in given else value for line, value in lines]
    problem = next((v for v in values if isinstance(v, Problem)), template.problem if template else None)
    if problem is not None:
        decision.steps[direction] = Step(Action.FAIL, problem.code, problem=problem, params=problem.params)
        return
    reason = decision.steps[direction].reason if direction in decision.steps else "created"
    pairs = zip(transfer.lines, values, strict=True)
    written = {transfer.destination(line): v for line, v in pairs if not (line.not_null and v is None)}
    params = {"template": template.name} if template else {}
    decision.steps[direction] = Step(Action.INSERT, reason, {**written, **given}, params=params)


def _natural_partners(run: Run, direction: Direction, fresh: list[Decision]) -> None:
    """Couple instead of creating where the pair's rules know the partner (a currency by its ISO code)."""
    if type(run.plan.hooks).find is Hooks.find:
        return
    items = {
        _source(d, direction).key: (d, _item(d, direction))
        for d in fresh
        if direction in d.steps and d.problem is None and d.pair.link is None
    }
    found = run.plan.hooks.find(HookBatch(run.plan, direction, [item for _d, item in items.values()])) if items else {}
    if not found:
        return
    gate = run.crm if direction is TO else run.erp
    table = run.plan.crm_table if direction is TO else run.plan.erp_table
    fields = {line.crm if direction is TO else line.erp for line in run.plan.fields} - {None}
    reads = run.plan.hooks.reads_crm if direction is TO else run.plan.hooks.reads_erp
    records = gate.read_many(table, list(found.values()), {*(f for f in fields if f), *reads})
    for source, partner in found.items():
        decision = items[source][0]
        if partner in records:
            record = records[partner]
            if direction is TO:
                decision.pair.crm = record
            else:
                decision.pair.erp = record
            step = decision.steps[direction]
            changed = {k: v for k, v in step.values.items() if canon(record.values.get(k)) != v and k in record.values}
            decision.steps[direction] = Step(Action.COUPLE, "changed", changed)


def _uncouple(run: Run, decisions: list[Decision]) -> None:
    pairs = [d.pair.link for d in decisions if d.remove_link and d.pair.link is not None]
    if pairs:
        run.plan.hooks.before_uncouple(run.plan, [(link.erp_id, link.crm_id) for link in pairs])


def _item(decision: Decision, direction: Direction) -> Item:
    pair = decision.pair
    source, dest = (pair.erp, pair.crm) if direction is TO else (pair.crm, pair.erp)
    step = decision.steps.get(direction)
    is_new = step is not None and step.action is Action.INSERT
    values = dict(step.values) if step is not None else {}
    return Item(
        pair.erp_id,
        pair.crm_id,
        source.values if source else {},
        dest.values if dest and not is_new else {},
        values,
        is_new=is_new,
    )


def _prepared(run: Run, decisions: list[Decision], direction: Direction) -> list[Job]:
    """Items of one direction after the pair's hooks; what has nothing to write drops out as unchanged."""
    jobs = [Job(d, direction, _item(d, direction)) for d in decisions if _concerns(run, d, direction)]
    if not jobs:
        return []
    run.plan.hooks.prepare(HookBatch(run.plan, direction, [j.item for j in jobs]))
    kept = []
    for job in jobs:
        step = job.decision.steps.get(direction)
        if job.item.problem is not None:
            _fail(job.decision, direction, job.item.problem)
        elif job.item.values or job.item.is_new:
            if step is None or step.action is Action.UNCHANGED:
                step = job.decision.steps[direction] = Step(Action.MODIFY, "changed")
            step.values = job.item.values
            kept.append(job)
    return kept


def _concerns(run: Run, decision: Decision, direction: Direction) -> bool:
    """Writes, and looked-at pairs without a difference (hooks may still have something to say)."""
    if direction not in run.request.directions or decision.remove_link or decision.problem is not None:
        return False
    step = decision.steps.get(direction)
    if step is not None and step.action in (*WRITES, Action.COUPLE):
        return True
    pair = decision.pair
    source_changed = (
        pair.link is not None
        and pair.erp is not None
        and pair.crm is not None
        and (
            pair.erp.version != pair.link.erp_version if direction is TO else pair.crm.version != pair.link.crm_version
        )
    )
    return (source_changed or pair.wake) and step is not None and step.action is Action.UNCHANGED


def _fail(decision: Decision, direction: Direction, problem: Problem) -> None:
    """One failure fails the pair in this direction; nothing more of it is written. A passing one only postpones it."""
    action = Action.SKIP if problem.transient else Action.FAIL
    decision.steps[direction] = Step(action, problem.code, problem=problem, params=problem.params)
    decision.close_erp = decision.close_crm = False


def _write_side(run: Run, direction: Direction, jobs: list[Job], *, insert: bool) -> None:
    jobs = [j for j in jobs if j.decision.problem is None]
    if not jobs:
        return
    gate, table = (run.crm, run.plan.crm_table) if direction is TO else (run.erp, run.plan.erp_table)
    by_key = {_assign_key(job, direction, insert): job for job in jobs}
    writes = [_write(key, job, direction, insert) for key, job in by_key.items()]
    context = _context(run, direction, insert=insert)
    result = gate.insert_many(table, writes, context) if insert else gate.update_many(table, writes, context)
    _absorb(result, by_key, direction)


def _assign_key(job: Job, direction: Direction, insert: bool) -> Key:
    if insert:
        key = uuid7()
        if direction is TO:
            job.item.crm_id = key
        else:
            job.item.erp_id = key
        return key
    key_ = job.item.crm_id if direction is TO else job.item.erp_id
    assert key_ is not None
    return key_


def _write(key: Key, job: Job, direction: Direction, insert: bool) -> Write:
    record = job.decision.pair.crm if direction is TO else job.decision.pair.erp
    if insert or record is None:
        return Write(key, dict(job.item.values))
    return Write(key, dict(job.item.values), record.version, record.values)


def _context(run: Run, direction: Direction, *, insert: bool) -> WriteContext:
    """Field rules run where lines say so, and for what constants and templates give to the ERP."""
    plan = run.plan
    if direction is TO:
        validate = {f.crm for f in plan.fields if f.crm and f.validate_crm}
    else:
        validate = {f.erp for f in plan.fields if f.erp and (f.validate_erp or f.is_constant)}
        if insert:
            validate |= {name for template in plan.templates.get(FROM, ()) for name in template.values}
    return WriteContext(
        frozenset(validate), run.actor, f"sync:{plan.name}", bool(plan.context.get(f"quiet_{direction}"))
    )


def _absorb(result: WriteResult, by_key: dict[Key, Job], direction: Direction) -> None:
    for key, job in by_key.items():
        if key in result.versions:
            job.version = result.versions[key]
            _remember_write(job, direction, key, result)
        elif key in result.rejected:
            _fail(job.decision, direction, result.rejected[key])
        else:
            _fail(job.decision, direction, Problem("version_conflict", transient=True))


def _remember_write(job: Job, direction: Direction, key: Key, result: WriteResult) -> None:
    """The destination record as it is now; the step's values become what was really written, before and after."""
    pair = job.decision.pair
    before = (pair.crm if direction is TO else pair.erp) if not job.item.is_new else None
    after = result.values.get(key, job.item.values)
    step = job.decision.steps[direction]
    changed = result.changed.get(key) or set(job.item.values)
    step.params = {**step.params, "changes": _changes(changed, before.values if before else None, after)}
    record = Record(key, result.versions[key], after)
    if direction is TO:
        pair.crm = record
    else:
        pair.erp = record


def _changes(names: set[str], before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, list[Any]]:
    """{field: [before, after]} of what was really written, as outcome rows keep it."""
    if before is None:
        found = ((n, after.get(n)) for n in names)
        return {n: [None, v if v.__class__ is str else jsonable(v)] for n, v in found if v is not None and v != ""}
    pairs = ((n, before.get(n), after.get(n)) for n in names)
    return {n: [jsonable(old), jsonable(new)] for n, old, new in pairs if old != new and canon(old) != canon(new)}
