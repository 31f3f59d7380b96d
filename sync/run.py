"""One chunk of one mapping, from the pending rows to the outcome rows, inside the caller's transaction."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from coupling.gateways.base import Gateway
from coupling.plan import DeletionConflict, Direction, MappingPlan
from coupling.sides import gateway
from sync import failpoints
from sync.engine.decide import decide, triage
from sync.engine.types import COUNTER, Action, Decision, Mode, Pair, Request
from sync.load import load
from sync.options import append_missing, run_options
from sync.outcomes import Outcome, outcomes_of, store_outcomes
from sync.plans import plan_of
from sync.remember import remember
from sync.take import Taken, give_back, take
from sync.writing import write

COUNTERS = tuple(COUNTER.values())


@dataclass
class Run:
    """What the steps of one chunk share."""

    job: Any
    chunk: Any
    plan: MappingPlan
    request: Request
    erp: Gateway
    crm: Gateway
    actor: str = ""


@dataclass
class ChunkResult:
    """Counters per direction, the number of records looked at, the last key, and whether the source may hold more."""

    counters: dict[str, dict[str, int]] = field(default_factory=dict)
    processed: int = 0
    last: str | None = None
    more: bool = False


class _Undone(Exception):
    """Ends a preview: everything but its outcome rows is rolled back."""


def run_chunk(job: Any, chunk: Any) -> ChunkResult:
    """Synchronize the records of one chunk, in the caller's transaction.

    A lock that somebody holds raises `Transient`; a chunk with `avoid_locked` leaves the locked records to pending.
    """
    run = _open(job, chunk)
    with collector_paused():
        if job.preview:
            return _preview(run)
        return _attempt(run)[0]


@contextmanager
def collector_paused() -> Iterator[None]:
    """A chunk makes many small objects and no cycles: looking for cycles meanwhile costs a quarter of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _open(job: Any, chunk: Any) -> Run:
    plan = plan_of(job)
    if strategy := (job.params or {}).get("deletion_conflict"):  # a user answered for these records
        plan = replace(plan, deletion_conflict=DeletionConflict(strategy))
    return Run(job, chunk, plan, request_of(job, chunk.spec), gateway("erp"), gateway("crm"), job.requested_by_name)


def request_of(job: Any, spec: dict[str, Any]) -> Request:
    """The engine's request from a job and the spec of one of its chunks."""
    params = job.params or {}
    return Request(
        directions=frozenset(Direction(d) for d in spec["directions"]),
        mode=Mode(spec.get("mode", "modified")),
        create=bool(spec.get("create_new")),
        by_user=bool(job.by_user),
        choices=params.get("fields") or {},
        expected=params.get("expected_versions"),
        guard_destination=bool(params.get("guard_destination")),
        named=spec["take"] == "ids",
    )


def _preview(run: Run) -> ChunkResult:
    kept: list[tuple[ChunkResult, list[Outcome]]] = []
    try:
        with transaction.atomic():
            kept.append(_attempt(run))
            raise _Undone
    except _Undone:
        result, outcomes = kept[0]
    store_outcomes(run, outcomes)
    return result


def _attempt(run: Run) -> tuple[ChunkResult, list[Outcome]]:
    """The checklist: take, pair, compare, decide, write, remember."""
    taken = take(run)
    last = max(taken.keys, default=None)
    if run.plan.option is not None:
        looked_at = run_options(run, taken)
        outcomes = [o for o in looked_at if o.action is not Action.UNCHANGED]
        store_outcomes(run, outcomes)
        return _result(run, taken, last, looked_at, []), outcomes
    pairs = load(run, taken, avoid_locked=run.chunk.avoid_locked)
    append_missing(run, pairs)
    decisions = _decide(run, pairs)
    failpoints.reach("before_dest_write")
    written = write(run, decisions)
    failpoints.reach("after_dest_write")
    remember(run, written)
    outcomes = outcomes_of(run, written)
    failpoints.reach("after_coupling")
    give_back(run, taken, written)
    store_outcomes(run, outcomes)
    return _result(run, taken, last, outcomes, written), outcomes


def _result(run: Run, taken: Taken, last: str | None, outcomes: list[Outcome], written: list[Decision]) -> ChunkResult:
    processed = len(taken.keys) + len(taken.postponed[taken.side]) + taken.unchanged
    counters = count(outcomes, written, run.request)
    for direction in counters.values():
        direction["unchanged"] += taken.unchanged
    return ChunkResult(counters, processed, last, taken.more)


def _decide(run: Run, pairs: list[Pair]) -> list[Decision]:
    decisions: list[Decision] = []
    by_value: list[Pair] = []
    creations: list[Decision] = []
    for pair in pairs:
        decision = triage(run.plan, pair, run.request)
        if decision is not None:
            decisions.append(decision)
        elif pair.link is None:
            creations.append(Decision(pair, close_erp=True, close_crm=True))
        else:
            by_value.append(pair)
    return decisions + creations + decide(run.plan, by_value, run.request)


def count(outcomes: list[Outcome], written: list[Decision], request: Request) -> dict[str, dict[str, int]]:
    """Every counter but `unchanged` is the number of its outcome rows."""
    counters = {d.value: dict.fromkeys(COUNTERS, 0) for d in sorted(request.directions, reverse=True)}
    for outcome in outcomes:
        counters[outcome.direction][COUNTER[outcome.action]] += 1
    for decision in written:
        for direction, step in decision.steps.items():
            if step.action is Action.UNCHANGED:
                counters[direction.value]["unchanged"] += 1
    return counters
