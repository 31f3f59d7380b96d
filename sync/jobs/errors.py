"""What ends a chunk without a result."""

from __future__ import annotations

from sync.jobs.start import Refusal


class LostLeaseError(Exception):
    """Another worker has taken the chunk (or it has ended): this one writes nothing."""


class StoppedError(Exception):
    """The job does not go on: it was cancelled, or something it needs is gone (`refusal`)."""

    def __init__(self, refusal: Refusal | None = None) -> None:
        super().__init__(refusal)
        self.refusal = refusal
