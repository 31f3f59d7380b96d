"""`script/faults --minutes N [--seed S]`: random faults while users edit both sides and runs go on; then the reckoning.

The seed decides which faults come when. At the end everything is let run dry, and three numbers are printed: faults
survived, records lost, couplings doubled. The exit code is 1 when the last two are not 0 or an invariant is violated.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.cluster import Cluster
from tests.faults.storm import WRITERS, Writer, crash_and_restart, lost, runs_again_and_again, settle, stop_all
from tests.faults.yard import Yard, create_database, server

WORKERS = 2
LEASE_SECONDS = 3


@dataclass
class Report:
    """What came of it."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    edits: int = 0
    jobs: int = 0
    lost: list[Any] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """True when nothing was lost, doubled or violated."""
        return not (self.lost or self.doubled or self.violations)

    def __str__(self) -> str:
        kinds = ", ".join(f"{number} x {name}" for name, number in sorted(self.faults.items()))
        lines = [
            f"seed {self.seed}: {self.edits} edits, {self.jobs} jobs; {kinds}",
            f"faults survived: {self.faults.total()}",
            f"records lost: {len(self.lost)} {self.lost[:5] or ''}",
            f"couplings doubled: {len(self.doubled)} {self.doubled[:5] or ''}",
            f"invariants violated: {len(self.violations)} {self.violations[:5] or ''}",
        ]
        return "\n".join(line.rstrip() for line in lines)


class Nemesis:
    """Does harm to one installation."""

    def __init__(self, yard: Yard, cluster: Cluster, data: Path, seed: int) -> None:
        """Take the installation; nothing has happened yet."""
        self.yard, self.cluster, self.data = yard, cluster, data
        self.chance = random.Random(seed)
        self.workers = [yard.worker() for _ in range(WORKERS)]
        self.beat = yard.beat()
        self.faults: tuple[tuple[int, str, Callable[[], None]], ...] = (
            (50, "worker killed", self.kill_one),
            (15, "all workers killed", self.kill_all),
            (15, "sessions ended", self.end_sessions),
            (8, "worker frozen", self.freeze),
            (6, "messages lost", self.lose_messages),
            (6, "database killed", self.crash),
            (3, "scheduler killed", self.kill_beat),
        )

    def strike(self) -> str:
        """One fault; its name."""
        weights = [weight for weight, _name, _act in self.faults]
        ((_weight, name, act),) = self.chance.choices(self.faults, weights)
        act()
        return name

    def kill_one(self) -> None:
        """A worker ends in the middle of whatever it does; the supervisor starts another."""
        self._replace(self.chance.randrange(WORKERS))

    def kill_all(self) -> None:
        """All of them."""
        for number in range(WORKERS):
            self.workers[number].kill()
        for number in range(WORKERS):
            self._replace(number)

    def _replace(self, number: int) -> None:
        self.workers[number].kill()
        self.workers[number].wait()
        self.workers[number] = self.yard.worker()

    def kill_beat(self) -> None:
        """The scheduler ends and is started again."""
        self.beat.kill()
        self.beat.wait()
        self.beat = self.yard.beat()

    def freeze(self) -> None:
        """A worker stands still for two leases, and wakes up believing that it still owns its work."""
        worker = self.chance.choice(self.workers)
        worker.send_signal(signal.SIGSTOP)
        time.sleep(2 * LEASE_SECONDS)
        worker.send_signal(signal.SIGCONT)

    def end_sessions(self) -> None:
        """The server ends all sessions but this one."""
        self.yard.one(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def lose_messages(self) -> None:
        """The broker forgets everything."""
        for message in (self.yard.data / "broker" / "messages").glob("*"):
            message.unlink(missing_ok=True)

    def crash(self) -> None:
        """The database dies and recovers."""
        crash_and_restart(self.cluster, self.data)


def run(minutes: float, seed: int, data: Path) -> Report:
    """Faults for so long on an installation of its own in this folder."""
    report = Report(seed)
    with server(data / "server") as cluster:
        create_database(cluster, "faults")
        yard = Yard(cluster, "faults", data)
        try:
            yard.run("manage.py", "migrate", "-v", "0", "--skip-checks")
            yard.drive("build")
            _storm(yard, Nemesis(yard, cluster, data / "server", seed), minutes, report)
        finally:
            yard.stop()
    return report


def _storm(yard: Yard, nemesis: Nemesis, minutes: float, report: Report) -> None:
    writers, stop = [Writer(yard, *what, number) for number, what in enumerate(WRITERS)], threading.Event()
    asking = runs_again_and_again(yard, stop)
    for writer in writers:
        writer.start()
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        time.sleep(nemesis.chance.uniform(0.2, 2.5))
        report.faults[nemesis.strike()] += 1
    stop_all(writers, stop, asking)
    found = settle(yard)
    report.edits, report.jobs = sum(writer.edits for writer in writers), len(found["jobs"])
    report.lost = lost(yard, writers)
    report.doubled = [text for text in found["violations"] if text.startswith("I1 ")]
    report.violations = [text for text in found["violations"] if not text.startswith("I1 ")]


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="script/faults", description="Random faults, and what they cost.")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    print(f"{given.minutes:g} minutes of faults, seed {seed} ...", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="tandem-faults-"))
    os.chmod(folder, 0o755)
    try:
        report = run(given.minutes, seed, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
