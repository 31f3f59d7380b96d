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

    workers.wake(before=glance)
    Job.objects.exists()
    began = time.perf_counter()
    job = submit(request(kind, direction=direction, create_new=create_new))
    told = workers.run()
    seconds = time.perf_counter() - began
    job = Job.objects.get(pk=job.pk)
    if job.state != "finished":
        raise RuntimeError(f"{kind}: {job.state} {job.message_code} {job.message_params}")
    return Ran(seconds, job.counters["to_crm"], told)


def glance() -> None:
    """Ask for a preview of one record that waits: a worker in service has worked before, and its connection, too."""
    from sync.jobs.submit import submit
    from sync.models import ChangeLog
    from sync.requests import record_request

    changed = ChangeLog.objects.filter(label="erp.Customer").values_list("record", flat=True).first()
    if changed is not None:
        submit(
            record_request(
                mapping="CUSTOMER", direction="to_crm", side="erp", ids=[str(changed)], user_name="admin", preview=True
            )
        )


def request(kind: str, *, direction: str = "to_crm", create_new: bool = False) -> Any:
    """What an administrator asks for who runs the whole mapping."""
    from sync.jobs.submit import Request

    return Request(
        kind=kind, user_name="admin", mapping="CUSTOMER", direction=direction, whole=True, create_new=create_new
    )
