"""What became of a request: jobs, and the records that were left out with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sync.models import Job


@dataclass(frozen=True, slots=True)
class Left:
    """A record that is not part of the work: its id as named, a code and its parameters."""

    id: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Started:
    """`scheduled`: records (or mappings) that the jobs will look at."""

    jobs: list[Job] = field(default_factory=list)
    scheduled: int = 0
    skipped: list[Left] = field(default_factory=list)
    failed: list[Left] = field(default_factory=list)
