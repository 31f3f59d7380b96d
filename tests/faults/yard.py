"""A database server, workers and a scheduler of their own, to be killed by number and never by name."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2

from config import embedded
from config.cluster import Cluster
from config.folders import ROOT
from config.supervisor import Child, Supervisor

SECONDS = 180  # a busy machine; what is awaited comes within a few


class Yard:
    """One installation: a database on the server of the tests, a data folder, processes."""

    def __init__(self, cluster: Cluster, database: str, data: Path) -> None:
        """Use this database; nothing is started."""
        self.cluster, self.database, self.data = cluster, database, data
        self.processes: list[subprocess.Popen[bytes]] = []
        self.names: dict[int, str] = {}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TANDEM", "DJANGO", "COV", "DATABASE"))}
        self.environment = kept | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "FAULT_DATABASE": database,
            "FAULT_HOST": cluster.connection["host"],
            "TANDEM_DATA": str(data),
            "SECRET_KEY": "faults",
            "PYTHONPATH": str(ROOT),
        }

    # Processes

    def run(self, *command: str, **environment: str) -> str:
        """Run Python to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, *command],
            env=self.environment | environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def drive(self, *command: str) -> str:
        """Something inside the application; the last line it printed."""
        return (self.run("-m", "tests.faults.drive", *command).strip().splitlines() or [""])[-1]

    def state(self) -> dict[str, Any]:
        """Everything that must be the same after a fault."""
        found: dict[str, Any] = json.loads(self.drive("state"))
        return found

    def worker(self, failpoints: str = "") -> subprocess.Popen[bytes]:
        """A worker; `failpoints` as in `sync.failpoints`."""
        name = f"w{len(self.processes)}"
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        arguments = ("worker", "--pool", "solo", "--hostname", f"{name}@%h", "--loglevel", "INFO", *quiet)
        return self._start(name, *arguments, TANDEM_FAILPOINTS=failpoints)

    def beat(self) -> subprocess.Popen[bytes]:
        """The scheduler."""
        return self._start("beat", "beat", "--loglevel", "INFO", "--pidfile", "")

    def _start(self, name: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.data / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config.celery", *arguments],
                env=self.environment | environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        self.processes.append(process)
        self.names[process.pid] = name
        return process

    def stop(self) -> None:
        """End what was started."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.processes.clear()

    def said(self, process: subprocess.Popen[bytes], *words: str) -> bool:
        """True when a process has logged one of these, however much it has logged since."""
        text = (self.data / f"{self.names[process.pid]}.log").read_text()
        return any(word in text for word in words)

    def sweeps(self, process: subprocess.Popen[bytes]) -> int:
        """How many tasks a worker has ended."""
        return (self.data / f"{self.names[process.pid]}.log").read_text().count("succeeded in")

    def logs(self) -> str:
        """The last lines of all logs, for messages of failed tests."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-2000:]}" for path in sorted(self.data.glob("*.log")))

    def go_on(self, process: subprocess.Popen[bytes]) -> None:
        """Wake a process that a failpoint has stopped."""
        process.send_signal(signal.SIGCONT)

    # The database

    @contextlib.contextmanager
    def sql(self) -> Iterator[Any]:
        """A cursor outside the application, committing each statement."""
        connection = psycopg2.connect(**{**self.cluster.connection, "dbname": self.database})
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def one(self, statement: str, *params: Any) -> Any:
        """The first value of a query."""
        with self.sql() as cursor:
            cursor.execute(statement, params or None)
            return cursor.fetchone()[0]

    def ended(self) -> bool:
        """True when there are jobs, and all of them have ended."""
        return bool(self.one("SELECT count(*) > 0 AND bool_and(finished_at IS NOT NULL) FROM sync_job"))

    def wait(self, condition: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Wait for a condition, never for a time."""
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, self.logs()
            time.sleep(0.05)


class Keeper(Supervisor):
    """Workers under the supervisor of `script/server`; somebody has to wait with `until`."""

    def __init__(self, yard: Yard, workers: int = 1) -> None:
        self.yard = yard
        self.said: list[str] = []
        names = [f"kept{number}-{yard.database}" for number in range(workers)]
        super().__init__([Child("worker", name, yard.environment) for name in names], yard.data, lambda: None)

    def say(self, text: str) -> None:
        """Remember what the supervisor tells; young deaths are forgiven, as they are after ten seconds."""
        self.said.append(text)
        for child in self.children:
            child.failures = 0

    def ends(self, code: int) -> int:
        """How often a worker has ended with this code."""
        return sum(f"ended (code {code})" in text for text in self.said)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait as the supervisor does."""

        def turn() -> bool:
            self.tick()
            return condition()

        self.yard.wait(turn)


def is_stopped(process: subprocess.Popen[bytes]) -> bool:
    """True when the process is stopped by a signal."""
    with open(f"/proc/{process.pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "T"


@contextlib.contextmanager
def server(data: Path) -> Iterator[Cluster]:
    """A database server on a folder of its own."""
    cluster = embedded.ensure(data)
    try:
        yield cluster
    finally:
        embedded.release(data)


def create_database(cluster: Cluster, name: str, template: str = "template0") -> None:
    """An empty database, or a copy."""
    connection = psycopg2.connect(**{**cluster.connection, "dbname": "postgres"})
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    connection.close()
