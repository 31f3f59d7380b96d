"""What planners share: the size of chunks, and the cut of a known list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from coupling.gateways.base import Gateway
from coupling.plan import Key
from sync import conf
from sync.models import Job

Spec = dict[str, Any]


@dataclass(slots=True)
class Planned:
    """The specs of a job's chunks (each with its `stage`) and the number of records in them, where it is known."""

    specs: list[Spec] = field(default_factory=list)
    total: int | None = None


Planner = Callable[[Job], Planned]


def chunk_size(records: int) -> int:
    """Records per chunk: small jobs in enough chunks to show progress, large ones in the largest that are allowed."""
    wanted = records // int(conf.value("SYNC_CHUNKS_SHOWN"))
    return max(int(conf.value("SYNC_CHUNK_LEAST")), min(wanted, int(conf.value("SYNC_CHUNK_SIZE"))))


def key_ranges(gate: Gateway, table: str, filter_: Any) -> list[tuple[Key | None, Key, int]]:
    """(after, up to, number of records) of the chunks over a table, with one look at it.

    The table is read in the smallest ranges, which are then put together to the size that suits their number.
    """
    least = int(conf.value("SYNC_CHUNK_LEAST"))
    small = gate.ranges(table, filter_, size=least)
    step = max(1, chunk_size(sum(n for _key, n in small)) // least)
    found: list[tuple[Key | None, Key, int]] = []
    low: Key | None = None
    for start in range(0, len(small), step):
        part = small[start : start + step]
        high = part[-1][0]
        found.append((low, high, sum(n for _key, n in part)))
        low = high
    return found


def slices(keys: Sequence[str]) -> Iterator[list[str]]:
    """The keys in lists of one chunk each."""
    size = chunk_size(len(keys))
    for start in range(0, len(keys), size):
        yield list(keys[start : start + size])
