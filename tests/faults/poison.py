"""Imported by the workers of one test: a record that ends the process which works on it, as broken native code would."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

from sync.jobs import poison
from sync.jobs.executors import EXECUTORS
from sync.run import run_chunk

POISON = os.environ["FAULT_POISON"]


def run_or_die(job: Any, chunk: Any) -> Any:
    """As usual, unless the poisonous customer is among the records."""
    from records.schema import model_of

    key = str(model_of("erp.Customer").objects.get(name=POISON).pk)
    if chunk.spec.get("side") == "erp" and key in poison.keys_of(job, chunk):
        os._exit(9)
    return run_chunk(job, chunk)


if settings.FAILPOINTS:
    EXECUTORS["modified"] = run_or_die
