"""Users edit both sides while workers and the database are killed: no edit is lost, nothing happens twice."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.storm import WRITERS, Writer, crash_and_restart, lost, runs_again_and_again, settle, stop_all
from tests.faults.yard import Yard, create_database, server

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SECONDS = 12


@pytest.fixture
def storm(built: str, cluster: Any, tmp_path: Path) -> Iterator[Yard]:
    create_database(cluster, "storm", built)
    yard = Yard(cluster, "storm", tmp_path)
    yield yard
    yard.stop()


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

        preview_survives_a_crash(yard, own, data)
        yard.stop()
        assert lost(yard, writers) == [], (found["sync_pending"][:3], found["jobs"][-4:])
        assert found["violations"] == []
        assert [job for job in found["jobs"] if job[1] != "finished"] == []


def preview_survives_a_crash(yard: Yard, cluster: Any, data: Path) -> None:
    """The database dies while a preview runs: the preview ends, and has written nothing."""
    with yard.sql() as cursor:
        cursor.execute("UPDATE sync_schedule SET state = 'on_hold', next_run_at = NULL")
        cursor.execute("UPDATE erp_customer SET city = 'Previewed' WHERE name LIKE 'Customer%'")
    yard.stop()
    yard.beat()
    yard.worker("before_commit=sleep:2@*")
    yard.drive("preview")
    yard.wait(lambda: bool(yard.one("SELECT count(*) FROM sync_job WHERE preview AND state = 'in_process'")))
    crash_and_restart(cluster, data)
    yard.wait(yard.ended)

    with yard.sql() as cursor:
        cursor.execute("SELECT state, counters -> 'to_crm' ->> 'modified' FROM sync_job WHERE preview")
        assert cursor.fetchall() == [("finished", "600")]
        cursor.execute("UPDATE erp_customer c SET city = a.address1_city FROM coupling_coupling k "
                       "JOIN crm_account a ON a.accountid = k.crm_id WHERE c.system_id = k.erp_id "
                       "AND c.city = 'Previewed' AND a.address1_city <> 'Previewed'")  # fmt: skip
        assert cursor.rowcount == 600


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
