"""The broker away, deaf, or saying everything five times: work is late at worst, and done once."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.watchdog import DEAF
from tests.conftest import free_port, start_redis
from tests.faults.test_kills import assert_same
from tests.faults.yard import Keeper, Yard

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

SILENCE = 5  # seconds; 30 outside tests
START_SECONDS = 45


class Broker:
    """A Redis server, and what may happen to it."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.processes.append(start_redis(self.port, self.folder))

    def stop(self) -> None:
        self.processes[-1].terminate()
        self.processes[-1].wait()

    def freeze(self) -> None:
        self.processes[-1].send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.processes[-1].send_signal(signal.SIGCONT)

    def pause(self) -> None:
        """All commands of all clients wait, and are answered then."""
        self.tell("CLIENT", "PAUSE", str((SILENCE + 3) * 1000))

    def drop_clients(self) -> None:
        self.tell("CLIENT", "KILL", "TYPE", "normal")
        self.tell("CLIENT", "KILL", "TYPE", "pubsub")

    def tell(self, *command: str) -> None:
        subprocess.run(["redis-cli", "-p", str(self.port), *command], check=True, capture_output=True)


@pytest.fixture
def broker(yard: Yard, tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(free_port(), tmp_path)
    yard.environment["REDIS_URL"] = f"redis://127.0.0.1:{broker.port}/0"
    yield broker
    for process in broker.processes:
        process.kill()
        process.wait()


@pytest.mark.redis
def test_jobs_asked_for_without_a_broker_run_once_when_it_is_back(yard: Yard, broker: Broker) -> None:
    assert yard.drive("ask", "20") == "asked"  # nobody is told of an error

    broker.start()
    yard.beat()
    yard.worker()
    yard.worker()
    yard.wait(yard.ended)

    found = yard.state()
    assert [job[:2] for job in found["jobs"] if job[0] == "single"] == [["single", "finished"]] * 20
    assert yard.one("SELECT max(fence) FROM sync_chunk") == 1
    assert found["violations"] == []


@pytest.fixture
def kept(yard: Yard) -> Iterator[Keeper]:
    yard.environment["BROKER_SILENCE_SECONDS"] = str(SILENCE)
    keeper = Keeper(yard)
    yield keeper
    keeper.stop()


@pytest.mark.redis
def test_a_deaf_worker_ends_and_the_next_one_hears(yard: Yard, broker: Broker, kept: Keeper) -> None:
    """Stopped, frozen, paused, and all clients dropped: each time a new job starts soon after the broker is back."""
    broker.start()
    yard.beat()
    kept.start()
    kept.until(yard.ended)
    harms: list[tuple[Callable[[], None], Callable[[], None]]] = [
        (broker.stop, broker.start),
        (broker.freeze, broker.thaw),
        (broker.pause, lambda: None),
    ]
    for number, (harm, heal) in enumerate(harms, 1):
        harm()
        kept.until(lambda: kept.ends(DEAF) >= number)  # noqa: B023
        heal()
        assert starts_a_new_job(yard, kept) < START_SECONDS, (kept.said, yard.logs())

    broker.drop_clients()
    assert starts_a_new_job(yard, kept) < START_SECONDS
    assert yard.state()["violations"] == []


def starts_a_new_job(yard: Yard, kept: Keeper) -> float:
    """Seconds until a job that is asked for now has ended."""
    began = time.monotonic()
    yard.drive("ask", "1")
    kept.until(yard.ended)
    return time.monotonic() - began


def test_many_bells_for_one_job_run_it_once(yard: Yard, undisturbed: Any) -> None:
    yard.drive("ring", "20")
    messages = list((yard.data / "broker" / "messages").iterdir())
    random.Random(1).shuffle(messages)
    for number, message in enumerate(messages):  # the filesystem broker hands them out by name
        message.rename(message.with_name(f"{number:04}_{message.name.split('_', 1)[-1]}"))

    yard.worker()
    yard.worker()
    yard.beat()
    yard.wait(yard.ended)

    assert len(messages) >= 20
    assert yard.one("SELECT max(fence) FROM sync_chunk") == 1
    assert_same(yard, undisturbed)
