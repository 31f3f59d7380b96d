"""Keeps the processes of `script/server` running: starts them, restarts what dies, ends all of them together."""

from __future__ import annotations

import logging
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.folders import ROOT

LOG_BYTES = 5_000_000
LOG_FILES = 5
TICK_SECONDS = 0.2
END_SECONDS = 4.0
SHORT_LIFE_SECONDS = 10
LONGEST_PAUSE_SECONDS = 30
KILLED = (-signal.SIGKILL, -signal.SIGTERM)


@dataclass
class Child:
    """One process: its role, its name in logs, its environment, and what became of it."""

    role: str
    name: str
    environment: dict[str, str]
    sockets: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    reader: threading.Thread | None = field(default=None, repr=False)

    @property
    def is_running(self) -> bool:
        """Say whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self, logs: Path) -> None:
        """Start the process in a group of its own, its output going to its log."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.roles", self.role],
            cwd=ROOT,
            env=os.environ | self.environment | {"TANDEM_PROCESS": self.name, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,  # never written: it closes when the supervisor is gone
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.sockets,
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        self.reader = threading.Thread(target=copy_output, args=(self.process, log_to(logs, self.name)), daemon=True)
        self.reader.start()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process and everything it has started."""
        if self.process is not None:
            signal_group(self.process, number)

    def has_ended_by(self, deadline: float) -> bool:
        """Wait for the end until `deadline` (of the monotonic clock); say whether it came."""
        try:
            if self.process is not None:
                self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        """Let go of an ended process."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        if self.reader is not None:
            self.reader.join(1)
        self.process = None

    def plan_restart(self) -> float:
        """Note a death; return the pause before the next start.

        None for a process that was killed or had lived a while; longer and longer for one that keeps failing young.
        """
        is_young = time.monotonic() - self.started_at < SHORT_LIFE_SECONDS
        was_killed = self.process is not None and self.process.returncode in KILLED
        self.failures = self.failures + 1 if is_young and not was_killed else 0
        pause = min(2.0**self.failures / 2, LONGEST_PAUSE_SECONDS) if self.failures else 0.0
        self.start_at = time.monotonic() + pause
        self.close()
        return pause


def log_to(folder: Path, name: str) -> logging.Logger:
    """Return a logger that writes bare lines to `<name>.log`, at most `LOG_FILES` + 1 files of `LOG_BYTES`."""
    logger = logging.getLogger(f"tandem.log.{name}")
    if not logger.handlers:
        handler = logging.handlers.RotatingFileHandler(
            folder / f"{name}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", errors="replace"
        )
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(logging.INFO)
    return logger


def copy_output(process: subprocess.Popen[bytes], logger: logging.Logger) -> None:
    """Write what the process says to its log, until it ends."""
    assert process.stdout is not None
    for line in process.stdout:
        logger.info("%s", line.decode("utf-8", errors="replace").rstrip("\n"))
    process.stdout.close()


class Supervisor:
    """Runs children until it is told to stop; `keep_database` is called each tick to keep the database there."""

    def __init__(self, children: list[Child], logs: Path, keep_database: Callable[[], None]) -> None:
        """Take what to run and where to log; start nothing yet."""
        self.children = children
        self.logs = logs
        self.keep_database = keep_database
        self.own_log = log_to(logs, "supervisor")

    def start(self) -> None:
        """Start all children."""
        for child in self.children:
            child.start(self.logs)

    def tick(self) -> None:
        """Restart what has died: the database first, then each child when its pause is over."""
        self.keep_database()
        for child in self.children:
            if child.process is not None and not child.is_running:
                code = child.process.returncode
                pause = child.plan_restart()
                when = f" in {pause:.0f} s; the reason is in {self.logs / child.name}.log" if pause else ""
                self.say(f"{child.name} ended (code {code}); starting it again{when}")
            if child.process is None and time.monotonic() >= child.start_at:
                child.start(self.logs)

    def stop(self) -> None:
        """End all children: ask, then insist after `END_SECONDS`."""
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + END_SECONDS
        for child in self.children:
            if not child.has_ended_by(deadline):
                self.say(f"{child.name} does not end; killing it")
            child.send(signal.SIGKILL)  # also whatever the process itself has started
            child.has_ended_by(time.monotonic() + 1)
            child.close()

    def say(self, text: str) -> None:
        """Tell on the terminal and in the log."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.own_log.info("%s %s", stamp, text)
        print(text, file=sys.stderr, flush=True)


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a child and everything it has started."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        pass
