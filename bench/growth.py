"""What may not grow with the table: the same phases on a small and on a large one."""

from __future__ import annotations

from dataclasses import dataclass

from bench import data
from bench.figures import Figures
from bench.jobs import SMALL, run
from bench.workers import Workers

CHANGED = 1000


@dataclass(frozen=True, slots=True)
class Grown:
    """Milliseconds of two runs, and the peak memory (MB) of the worker that did a first run over the whole table."""

    nothing: float
    thousand: float
    peak_mb: float


def measure(records: int) -> Grown:
    """Couple a table of this size, then run with 1,000 changes and with none; medians of three."""
    data.fill(records)
    workers = Workers(1)
    try:
        run(workers, "full", create_new=True)
        peak = max(told["peak_mb"] for told in workers.told)
        data.settle()
        thousand, nothing = [], []
        for turn in range(3):
            data.touch(data.sample(records // CHANGED), f"varv {turn}")
            thousand.append(run(workers, "modified").seconds * 1000)
            nothing.append(run(workers, "modified").seconds * 1000)
        return Grown(sorted(nothing)[1], sorted(thousand)[1], peak)
    finally:
        workers.stop()


def growth(figures: Figures, records: int) -> None:
    """Add the figures that compare a table of `records` rows with one of 10,000."""
    small, large = measure(SMALL), measure(records)
    figures.other[f"nothing changed at {records:,}, ms"] = round(large.nothing, 1)
    figures.other["1,000 changed, large / small table"] = round(large.thousand / small.thousand, 2)
    figures.other["peak memory, large / small table"] = round(large.peak_mb / small.peak_mb, 2)
