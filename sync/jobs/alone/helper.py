"""The process beside a worker that works on single records: started, asked, and ended when it takes too long."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import asdict
from typing import IO

from django.conf import settings

from coupling.gateways.errors import Transient
from coupling.plan import Key
from sync.jobs.alone.child import Answer
from sync.jobs.claim import Claim

START_SECONDS = 60.0


class Helper:
    """One such process; after it has died the next question starts another."""

    def __init__(self, found: Claim, seconds: float) -> None:
        """`found`: the claim it works under. `seconds`: the longest it may take for a record."""
        self.found, self.seconds = found, seconds
        self.process: subprocess.Popen[bytes] | None = None
        self.answers: IO[bytes] | None = None

    @property
    def patience(self) -> float:
        """Seconds that the next answer may take; longer where the process has to be started first."""
        return self.seconds + (START_SECONDS if self.process is None else 0.0)

    def ask(self, key: Key) -> Answer:
        """Let it work on a record; `failed` also where it dies of it or does not come to an end."""
        if self.process is None:
            self.start()
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{key}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has died since the last record; the silence says so
        answer = self._listen(self.seconds)
        if answer is not None:
            return answer
        is_late = self.process.poll() is None
        code = self.close(kill=True)
        if is_late:
            return "failed", f"it took longer than {self.seconds:g} s"
        return "failed", f"the process that worked on it ended (code {code})"

    def start(self) -> None:
        """Start it and wait until it is ready. Raises Transient."""
        reading, writing = os.pipe()
        claim = json.dumps(asdict(self.found))
        command = [sys.executable, "-m", "django", "work_alone", claim, str(writing)]
        place = {
            "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, pass_fds=(writing,), env={**os.environ, **place}
            )
        except OSError as error:
            os.close(reading)
            raise Transient(f"no process could be started: {error}") from error
        finally:
            os.close(writing)
        self.answers = os.fdopen(reading, "rb", buffering=0)
        if self._listen(START_SECONDS) != ("ready", ""):
            raise Transient(f"the process for single records did not start (code {self.close(kill=True)})")

    def _listen(self, seconds: float) -> Answer | None:
        """The next answer; None when it does not come in time, or the process has ended."""
        assert self.answers is not None
        until, line = time.monotonic() + seconds, b""
        while not line.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
                return None
            more = self.answers.read(4096)
            if not more:
                self._reap()
                return None
            line += more
        word, text = json.loads(line)
        return word, text

    def _reap(self) -> None:
        """Its pipe is closed: it ends this moment."""
        if self.process is not None:
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                return

    def close(self, *, kill: bool = False) -> int:
        """End it; its exit code."""
        process, self.process = self.process, None
        if process is None:
            return 0
        if kill:
            process.kill()
        if process.stdin is not None:
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass
        if self.answers is not None:
            self.answers.close()
        return process.wait()
