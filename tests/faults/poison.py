"""An app of the workers of one test: records that harm whoever works on them, as broken native code would.

`FAULT_POISON`: `name=harm,...`. Harms: `exit` (the process ends), `memory` (it takes 2 GB), `loop` (it never comes to an
end).
"""

from __future__ import annotations

import os
from typing import Any

from django.apps import AppConfig


class Poison(AppConfig):
    """Puts itself in front of the engine, in workers and in the processes beside them."""

    name = "tests.faults"
    label = "poison"

    def ready(self) -> None:
        from sync.jobs.executors import EXECUTORS

        EXECUTORS["modified"] = run_or_harm


def run_or_harm(job: Any, chunk: Any) -> Any:
    """As usual, unless a poisonous customer is among the records."""
    from records.schema import model_of
    from sync.jobs import poison
    from sync.run import run_chunk

    harms = dict(part.split("=") for part in os.environ["FAULT_POISON"].split(","))
    if chunk.spec.get("side") == "erp":
        found = model_of("erp.Customer").objects.filter(pk__in=poison.keys_of(job, chunk), name__in=harms)
        for name in found.order_by("name").values_list("name", flat=True):
            HARMS[harms[name]]()
    return run_chunk(job, chunk)


def leave() -> None:
    """As a crash in a library would."""
    os._exit(9)


def eat() -> None:
    """Two gigabytes, piece by piece."""
    assert len([b"x" * (64 << 20) for _piece in range(32)]) == 32


def spin() -> None:
    """For ever."""
    while True:
        pass


HARMS = {"exit": leave, "memory": eat, "loop": spin}
