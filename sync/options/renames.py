"""Giving records of one side of an option mapping another name, as they were read and where nobody is at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coupling.gateways.base import Gateway, Write
from coupling.plan import Key, Problem
from sync.options.entries import context
from sync.take import LOCKED

if TYPE_CHECKING:
    from sync.run import Run

#: What to do when a value was changed by somebody else meanwhile: look again.
RACED = Problem("version_conflict", transient=True)


def rename(run: Run, gate: Gateway, label: str, writes: Sequence[Write]) -> dict[Key, int | Problem]:
    """The new version of each record of this table, or why it keeps its name."""
    held = gate.locked(label, [write.key for write in writes]) if run.chunk.avoid_locked else set()
    result = gate.update_many(label, [write for write in writes if write.key not in held], context(run))
    refused = {key: Problem(LOCKED, transient=True) for key in held} | result.rejected
    return {write.key: result.versions.get(write.key) or refused.get(write.key, RACED) for write in writes}
