"""Users edit both sides while workers and the database are killed: no edit is lost, nothing happens twice."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from config import postmaster
from tests.faults.yard import Yard, create_database, server

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SECONDS = 12
#: Who writes what: (table, key, field written). Both fields flow both ways; only one side writes each of them.
WRITERS = (("erp_customer", "system_id", "city"), ("crm_account", "accountid", "telephone1"))


class Writer(threading.Thread):
    """A user who edits random records of one side, each in a transaction of its own, and remembers what was accepted."""

    def __init__(self, yard: Yard, table: str, key: str, field: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.yard, self.table, self.key, self.field = yard, table, key, field
        self.chance = random.Random(seed)
        self.ledger: dict[str, str] = {}
        self.stop = threading.Event()
        with yard.sql() as cursor:
            cursor.execute(f"SELECT {key}::text FROM {table} WHERE name LIKE 'Customer%' ORDER BY name")
            self.keys = [row[0] for row in cursor.fetchall()]

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            key, value = self.chance.choice(self.keys), f"{number:08}"  # a phone number has no letters
            try:
                with self.yard.sql() as cursor:
                    cursor.execute(f"UPDATE {self.table} SET {self.field} = %s WHERE {self.key} = %s", [value, key])
            except psycopg2.Error:
                # Whether it was stored is not known: nobody told the user so. What is stored now counts as accepted.
                value = self._ask(key)
            self.ledger[key] = value
            time.sleep(self.chance.uniform(0, 0.01))

    def _ask(self, key: str) -> str:
        """What is stored; a field that nobody has filled is blank on one side and null on the other."""
        while True:
            try:
                return self.yard.one(f"SELECT coalesce({self.field}, '') FROM {self.table} WHERE {self.key} = %s", key)
            except psycopg2.Error:
                time.sleep(0.1)


@pytest.fixture
def storm(built: str, cluster: Any, tmp_path: Path) -> Iterator[Yard]:
    create_database(cluster, "storm", built)
    yard = Yard(cluster, "storm", tmp_path)
    yield yard
    yard.stop()


def settle(yard: Yard) -> dict[str, Any]:
    """Run until nothing of CUSTOMER waits, then everything that there is to check.

    Records that a run found locked wait as well: a killed worker's transaction ends when the server notices.
    """
    for _round in range(10):
        yard.drive("start")
        yard.wait(yard.ended)
        if not yard.one("SELECT count(*) FROM sync_pending WHERE mapping = 'CUSTOMER'"):
            break
    return yard.state()


def lost(yard: Yard, writers: list[Writer]) -> list[Any]:
    """Edits that are not on their own side, or not on the other."""
    found = []
    with yard.sql() as cursor:
        cursor.execute(
            "SELECT c.system_id::text, a.accountid::text, coalesce(c.city, ''), coalesce(a.address1_city, ''), "
            "coalesce(c.phone_no, ''), coalesce(a.telephone1, '') FROM coupling_coupling k "
            "JOIN erp_customer c ON c.system_id = k.erp_id JOIN crm_account a ON a.accountid = k.crm_id"
        )
        rows = cursor.fetchall()
    cities, phones = writers[0].ledger, writers[1].ledger
    for erp, crm, city, crm_city, phone, crm_phone in rows:
        if erp in cities and not city == crm_city == cities[erp]:
            found.append((erp, cities[erp], city, crm_city))
        if crm in phones and not phone == crm_phone == phones[crm]:
            found.append((crm, phones[crm], phone, crm_phone))
    return found


def runs_again_and_again(yard: Yard, stop: threading.Event) -> threading.Thread:
    """Asks for a run every second, as people do."""

    def ask() -> None:
        while not stop.wait(1.0):
            try:
                with yard.sql() as cursor:
                    cursor.execute(
                        "UPDATE sync_schedule SET state = 'ready', next_run_at = now() WHERE mapping = 'CUSTOMER' AND state <> 'in_process'"
                    )
            except psycopg2.Error:
                continue

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    return thread


def test_no_edit_is_lost_while_workers_are_killed(storm: Yard) -> None:
    chance = random.Random(7)
    writers = [Writer(storm, *what, seed) for seed, what in enumerate(WRITERS)]
    stop = threading.Event()
    storm.beat()
    workers = [storm.worker() for _ in range(2)]
    asking = runs_again_and_again(storm, stop)
    for writer in writers:
        writer.start()
    until = time.monotonic() + SECONDS
    kills = 0
    while time.monotonic() < until:
        time.sleep(chance.uniform(1.0, 2.5))
        victim = chance.randrange(2)
        workers[victim].kill()
        workers[victim].wait()
        workers[victim] = storm.worker()
        kills += 1
    stop_all(writers, stop, asking)

    found = settle(storm)

    assert kills >= 4
    assert sum(len(w.ledger) for w in writers) > 100
    assert lost(storm, writers) == [], (found["sync_pending"][:3], found["jobs"][-4:])
    assert found["violations"] == []


def test_no_edit_is_lost_when_the_database_is_killed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    data = tmp_path / "server"
    with server(data) as own:
        create_database(own, "crash")
        yard = Yard(own, "crash", tmp_path)
        request.addfinalizer(yard.stop)
        yard.run("manage.py", "migrate", "-v", "0", "--skip-checks")
        yard.drive("build")
        writers = [Writer(yard, *what, seed) for seed, what in enumerate(WRITERS)]
        stop = threading.Event()
        yard.beat()
        yard.worker()
        yard.worker()
        asking = runs_again_and_again(yard, stop)
        for writer in writers:
            writer.start()
        for _crash in range(2):
            time.sleep(4)
            crash_and_restart(own, data)
        time.sleep(3)
        stop_all(writers, stop, asking)

        found = settle(yard)

        yard.stop()
        assert lost(yard, writers) == [], (found["sync_pending"][:3], found["jobs"][-4:])
        assert found["violations"] == []
        assert [job for job in found["jobs"] if job[1] != "finished"] == []


def crash_and_restart(cluster: Any, data: Path) -> None:
    """SIGKILL the server by its number, and start it again."""
    pid = int((cluster.folder / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    while not postmaster.answers(cluster):
        try:
            postmaster.start(cluster)
        except Exception:  # noqa: BLE001 - its children may still be ending
            time.sleep(0.5)


def stop_all(writers: list[Writer], stop: threading.Event, asking: threading.Thread) -> None:
    stop.set()
    for writer in writers:
        writer.stop.set()
    for thread in (*writers, asking):
        thread.join()


def test_a_users_record_ends_soon_while_a_large_run_is_going(yard: Yard) -> None:
    yard.environment["FAULT_CHUNK"] = "10"
    yard.beat()
    workers = [yard.worker("before_commit=sleep:0.2@*") for _ in range(2)]
    yard.wait(lambda: bool(yard.one("SELECT count(*) FROM sync_chunk WHERE state = 'done'")))

    answers = json.loads(yard.drive("now", "5"))

    assert yard.one("SELECT count(*) FROM sync_job WHERE kind = 'modified' AND finished_at IS NULL") == 1, (
        "the run was over"
    )
    assert [state for state, _seconds in answers] == ["finished"] * 5
    assert sorted(seconds for _state, seconds in answers)[2] < 1.0, answers
    assert workers
