"""A worker of the benchmark: waits for `go`, works until nothing is left, and tells what it took."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any


def main() -> None:
    """Answer each `go` on standard input with one line of JSON: seconds, cpu, statements, chunks, peak memory (MB).

    `wake` connects and looks for work, as a worker does every few seconds, and answers `ready`.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db import connection

    from records import stage
    from sync.jobs import work

    counted = Counter()
    connection.execute_wrappers.append(counted)
    original = stage.copy_file
    stage.copy_file = counted.copying(original)  # COPY does not pass Django's wrappers
    work.drain()
    connection.close()  # the floor copies the database, which nobody may be connected to
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "wake":
            work.drain()
            print("ready", flush=True)
            continue
        if line.strip() != "go":
            break
        began_with = counted.statements
        began, cpu = time.perf_counter(), time.process_time()
        chunks = work_to_the_end(counted)
        connection.close()
        print(
            json.dumps({
                "seconds": time.perf_counter() - began,
                "cpu": time.process_time() - cpu,
                "statements": counted.statements - began_with,
                "chunks": chunks,
                "peak_mb": peak_memory(),
            }),
            flush=True,
        )  # fmt: skip


def work_to_the_end(counted: Counter) -> int:
    """Work until every job has ended: while another worker plans or finishes there is nothing to claim; the chunks.

    Looking again and again is the benchmark's own doing (a bell calls real workers): it is not counted.
    """
    from sync.jobs import work
    from sync.models import Job

    chunks = work.drain()
    while True:
        before = counted.statements
        if not Job.objects.filter(finished_at=None).exists():
            return chunks
        time.sleep(0.005)
        done = work.drain()
        counted.statements = before if not done else counted.statements
        chunks += done


class Counter:
    """Counts the statements of this process."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """Count one statement and let it through (a wrapper of Django)."""
        self.statements += 1
        return execute(*args)

    def copying(self, copy: Callable[..., Any]) -> Callable[..., Any]:
        """The same for COPY."""

        def counted(*args: Any, **options: Any) -> Any:
            self.statements += 1
            return copy(*args, **options)

        return counted


def peak_memory() -> float:
    """The largest resident size of this process so far, in MB (Linux; 0 elsewhere)."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
    except OSError:
        return 0.0
    return round(int(line.split()[1]) / 1024, 1)


if __name__ == "__main__":
    main()
