"""Whatever is killed, whenever: the job finishes by itself and leaves what an undisturbed run leaves."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from typing import Any

import pytest

from sync.failpoints import NAMES
from tests.faults.yard import Yard, create_database, is_stopped

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


def assert_same(yard: Yard, undisturbed: Any) -> None:
    yard.wait(lambda: not yard.one("SELECT count(*) FROM sync_changelog"))  # the last sweep
    found = yard.state()
    assert found["violations"] == undisturbed["violations"] == []
    for table, rows in undisturbed.items():
        assert found[table] == rows, table


def test_the_undisturbed_run_did_something(undisturbed: Any) -> None:
    (job,) = undisturbed["jobs"]
    kind, state, _message, counters, _processed, _total = job
    assert (kind, state) == ("modified", "finished")
    assert counters["to_crm"]["modified"] == 600
    assert counters["to_crm"]["inserted"] == 100
    assert counters["from_crm"]["modified"] == 60
    assert not [row for row in undisturbed["sync_pending"] if "CUSTOMER" in row]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_worker_killed_at_any_point_leaves_no_trace(yard: Yard, undisturbed: Any, name: str) -> None:
    yard.beat()
    first = yard.worker(f"{name}=kill9")
    yard.wait(lambda: first.poll() == -signal.SIGKILL)

    yard.worker()
    yard.wait(yard.ended)

    assert_same(yard, undisturbed)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_session_ended_by_the_server_at_any_point_leaves_no_trace(yard: Yard, undisturbed: Any, name: str) -> None:
    yard.beat()
    yard.worker(f"{name}=cut")
    yard.wait(yard.ended)

    assert_same(yard, undisturbed)


#: Where each of the workers of the large job dies, one after the other, at its second passage.
DEATHS = (
    "after_claim", "before_dest_write", "after_dest_write", "after_coupling", "before_commit", "after_commit",
)  # fmt: skip
LARGE = {"FAULT_CUSTOMERS": "19900", "FAULT_CHUNK": "500"}


@pytest.mark.timeout(900)
def test_a_large_job_survives_kills_at_every_point(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """20,000 records in one job, a worker killed at every named point: the tables of an undisturbed run."""
    folder = tmp_path_factory.mktemp("large")
    first = Yard(cluster, "large", folder)
    first.environment |= LARGE
    create_database(cluster, "large")
    first.run("manage.py", "migrate", "-v", "0", "--skip-checks")
    first.drive("build")
    first.drive("edit")
    create_database(cluster, "large_killed", "large")
    second = Yard(cluster, "large_killed", tmp_path_factory.mktemp("large_killed"))
    second.environment |= LARGE
    try:
        expected, found = run_large(first, ()), run_large(second, DEATHS)
    finally:
        first.stop()
        second.stop()

    ((kind, state, _code, counters, processed, _total),) = expected["jobs"]
    assert (kind, state, counters["to_crm"]["modified"]) == ("modified", "finished", 19900)
    assert processed >= 20_000
    assert found == expected
    assert found["violations"] == []


def run_large(yard: Yard, deaths: tuple[str, ...]) -> Any:
    """Route, plan and work off the large job; a worker dies at each of these points, and while routing and planning."""
    yard.beat()
    if deaths:
        die(yard, "mid_route=kill9")
    yard.drive("start")
    if deaths:
        die(yard, "after_plan=kill9")
    for name in deaths:
        die(yard, f"{name}=kill9@2")
    yard.worker()
    yard.worker()
    yard.wait(yard.ended, 300)
    yard.wait(lambda: not yard.one("SELECT count(*) FROM sync_changelog"))
    yard.stop()
    return json.loads(yard.drive("digest"))


def die(yard: Yard, failpoint: str) -> None:
    """A worker that works until it passes this point."""
    worker = yard.worker(failpoint)
    yard.wait(lambda: worker.poll() == -signal.SIGKILL, 120)


def test_workers_killed_again_and_again(yard: Yard, undisturbed: Any) -> None:
    chance = random.Random(20261121)
    yard.beat()
    workers = [yard.worker() for _ in range(2)]
    for _kill in range(8):
        time.sleep(chance.uniform(0.8, 2.2))
        victim = chance.randrange(2)
        workers[victim].kill()
        workers[victim].wait()
        workers[victim] = yard.worker()
    yard.wait(yard.ended)

    assert_same(yard, undisturbed)


def test_a_worker_that_freezes_longer_than_its_lease_writes_nothing_when_it_wakes(yard: Yard, undisturbed: Any) -> None:
    yard.beat()
    frozen = yard.worker("before_commit=stop@2")
    yard.wait(lambda: is_stopped(frozen))
    yard.worker()
    yard.wait(yard.ended)

    yard.go_on(frozen)
    yard.wait(lambda: yard.said(frozen, "will be tried again", "is left to its lease", "lost the lease"))

    assert not yard.said(frozen, "Traceback")
    assert_same(yard, undisturbed)


def test_a_broker_that_loses_every_message_delays_work_and_loses_none(yard: Yard) -> None:
    yard.drive("start", "full")
    messages = yard.data / "broker" / "messages"
    assert list(messages.iterdir())
    shutil.rmtree(messages)

    yard.worker()
    yard.beat()
    yard.wait(yard.ended)

    found = yard.state()
    assert [job[:2] for job in found["jobs"]] == [["modified", "finished"], ["full", "finished"]]
    assert found["violations"] == []


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "53100"])
def test_passing_errors_of_the_database_are_tried_again(yard: Yard, undisturbed: Any, state: str) -> None:
    yard.worker(f"before_dest_write=raise:{state}@2,after_coupling=raise:{state}@4")
    yard.beat()
    yard.wait(yard.ended)

    assert_same(yard, undisturbed)


def test_failpoints_are_inert_outside_test_settings(yard: Yard) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "TANDEM_FAILPOINTS": "after_claim=kill9"}
    code = "import django; django.setup(); from sync import failpoints; failpoints.reach('after_claim'); print('alive')"

    assert yard.run("-c", code, **environment).strip().endswith("alive")
    assert os.environ.get("TANDEM_FAILPOINTS") is None
