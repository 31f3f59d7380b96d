"""What planners share: the size of chunks, and the cut of a known list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

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


def slices(keys: Sequence[str]) -> Iterator[list[str]]:
    """The keys in lists of one chunk each."""
    size = chunk_size(len(keys))
    for start in range(0, len(keys), size):
        yield list(keys[start : start + size])
