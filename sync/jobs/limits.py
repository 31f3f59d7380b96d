"""What a worker may use for a chunk: memory, and time in which it asks nothing of the database.

A worker over its limits ends. Its chunk is taken up by another one, and after two such losses it is worked off record by
record (`alone`). Only processes that are nothing but workers are limited: they call `begin`.
"""

from __future__ import annotations

import faulthandler
import logging
import math
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.db import connection

from sync import conf
from sync.models import Chunk, Job

OVER = os.EX_SOFTWARE
#: Chunks that do the work of whole jobs: previews of one mapping and of several.
LONG = ("preview", "several")
MEGABYTE = 1024 * 1024

log = logging.getLogger(__name__)


class Watch(threading.Thread):
    """Counts ticks while a chunk runs: a process that is stopped and goes on has not been silent meanwhile."""

    def __init__(self, silent: float, longest: float) -> None:
        """`silent`: seconds without a statement. `longest`: seconds of a chunk altogether."""
        super().__init__(name="chunk watch", daemon=True)
        self.silent, self.longest, self.tick = silent, longest, min(silent / 5, 1.0)
        self.is_open = self.is_asking = False
        self.quiet = self.whole = 0.0

    def run(self) -> None:
        """Tick for ever."""
        while True:
            time.sleep(self.tick)
            if self.is_open and (why := self.count()):
                leave(why)

    def count(self) -> str:
        """One tick more; why the worker has to end, or an empty text."""
        self.whole += self.tick
        self.quiet = 0.0 if self.is_asking else self.quiet + self.tick
        if self.quiet > self.silent:
            return f"a chunk has asked nothing of the database for {self.silent:g} s"
        return f"a chunk takes longer than {self.longest:g} s" if self.whole > self.longest else ""

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Wrap a statement: it has a time limit of its own in the database."""
        self.is_asking = True
        try:
            return execute(sql, params, many, context)
        finally:
            self.is_asking, self.quiet = False, 0.0

    @contextmanager
    def over(self, *, is_long: bool) -> Iterator[None]:
        """Watch over the block. Where not even threads run any more, the C library ends the process.

        `is_long`: it may take the time that it takes, as long as it goes on.
        """
        self.quiet, self.whole = 0.0, -math.inf if is_long else 0.0
        self.is_open = True
        if not is_long:
            faulthandler.dump_traceback_later(self.longest + self.silent, exit=True, file=sys.__stderr__ or sys.stderr)
        try:
            with connection.execute_wrapper(self.statement):
                yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            self.is_open = False


class _Process:
    """The watch of this process, where it is a worker."""

    watch: Watch | None = None


def begin(memory: int) -> None:
    """This process is a worker: at most so many megabytes (0: any), and a watch over its chunks."""
    restrict_memory(memory)
    _Process.watch = Watch(float(conf.value("SYNC_SILENT_SECONDS")), float(conf.value("SYNC_CHUNK_SECONDS")))
    _Process.watch.start()


@contextmanager
def watched(job: Job, chunk: Chunk) -> Iterator[None]:
    """Watch over a chunk. Imports are not watched; a preview of a whole job may take long."""
    if _Process.watch is None or job.kind == "import":
        yield
        return
    with _Process.watch.over(is_long=chunk.spec.get("take") in LONG):
        yield


def restrict_memory(megabytes: int) -> None:
    """Let this process have at most so much memory of its own; 0 for no limit. Linux keeps to it."""
    if megabytes:
        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = megabytes * MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))


def out_of_memory() -> None:
    """End a worker that has no memory left: whatever it did next would fail for want of memory, too."""
    if _Process.watch is not None:
        leave("no memory is left")


def leave(why: str) -> NoReturn:
    """End this process at once; its log says where it was."""
    log.critical("%s: this worker ends, and is started anew", why)
    faulthandler.dump_traceback(file=sys.__stderr__ or sys.stderr)
    os._exit(OVER)
