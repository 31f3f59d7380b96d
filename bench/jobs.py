"""The product's own jobs, run by the worker processes of a benchmark from the request to the end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bench.workers import Workers

#: The size that larger tables and other tools are compared at.
SMALL = 10_000


@dataclass(frozen=True, slots=True)
class Ran:
    """A job that has ended well: its seconds, its counters towards the Sales side, and what each worker tells."""

    seconds: float
    counters: dict[str, int]
    told: list[dict[str, Any]]


def run(workers: Workers, kind: str, *, direction: str = "to_crm", create_new: bool = False) -> Ran:
    """Run CUSTOMER over the whole table, timed from the moment it was asked for. Raises RuntimeError."""
    from sync.jobs.submit import submit
    from sync.models import Job

    workers.wake()
    Job.objects.exists()
    began = time.perf_counter()
    job = submit(request(kind, direction=direction, create_new=create_new))
    told = workers.run()
    seconds = time.perf_counter() - began
    job = Job.objects.get(pk=job.pk)
    if job.state != "finished":
        raise RuntimeError(f"{kind}: {job.state} {job.message_code} {job.message_params}")
    return Ran(seconds, job.counters["to_crm"], told)


def request(kind: str, *, direction: str = "to_crm", create_new: bool = False) -> Any:
    """What an administrator asks for who runs the whole mapping."""
    from sync.jobs.submit import Request

    return Request(
        kind=kind, user_name="admin", mapping="CUSTOMER", direction=direction, whole=True, create_new=create_new
    )
