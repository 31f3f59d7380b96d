"""What the executor of a chunk hands back, whatever the kind of job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sync.models import Chunk, OutcomeRow
from sync.models.outcome import COUNTER_OF

Counters = dict[str, dict[str, int]]
COUNTERS = ("inserted", "modified", "deleted", "unchanged", "skipped", "failed", "coupled", "uncoupled")


class Result(Protocol):
    """Counters per direction, records looked at; `more`: the source holds more after the key `last`."""

    counters: Counters
    processed: int
    last: str | None
    more: bool


class Done:
    """The plain result of a chunk."""

    def __init__(self, counters: Counters | None = None, processed: int = 0) -> None:
        self.counters: Counters = counters or {}
        self.processed = processed
        self.last: str | None = None
        self.more = False


def none(directions: list[str]) -> Counters:
    """All counters at zero for these passes; one pass without a direction where a job has none."""
    return {d: dict.fromkeys(COUNTERS, 0) for d in directions or [""]}


def add(total: Counters, more: Mapping[str, Mapping[str, Any]]) -> Counters:
    """Add counters in place."""
    for direction, counts in more.items():
        row = total.setdefault(direction, dict.fromkeys(COUNTERS, 0))
        for name, n in counts.items():
            row[name] = row.get(name, 0) + int(n)
    return total


def total_of(chunks: list[Chunk], directions: list[str]) -> Counters:
    """The sum over the chunks of a job."""
    total = none(directions)
    for chunk in chunks:
        add(total, chunk.counters)
    return total


def count(rows: Sequence[OutcomeRow]) -> dict[str, int]:
    """Counters of outcome rows."""
    counters = dict.fromkeys(COUNTERS, 0)
    for row in rows:
        counters[COUNTER_OF[row.action]] += 1
    return counters
