"""`script/server` as a whole: what it starts, restarts, refuses and leaves behind. One server serves all tests here."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config import embedded, postmaster
from config.cluster import locate
from config.supervisor import Child, Supervisor
from tests.config.conftest import clean_up
from tests.servers import RunningServer, wait_for

pytestmark = [pytest.mark.faults]


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    place = Path(tempfile.mkdtemp(prefix="tandem-test-"))
    place.chmod(0o755)
    running = RunningServer(place / "Dátä of a test", "--port", "0", "--no-demo-data", "--workers", "2")
    try:
        running.wait_until_served()
        yield running
    finally:
        running.stop()
        clean_up(running.data)
        shutil.rmtree(place)


def ready(server: RunningServer) -> bool:
    return server.get("readyz") == (200, "{}")


def test_it_runs_one_web_server_the_workers_and_one_scheduler(server: RunningServer):
    wait_for(lambda: ready(server), 30)

    assert [len(server.children(role)) for role in ("web", "worker", "beat")] == [1, 2, 1]
    assert server.get("healthz") == (200, "ok\n")


def test_a_second_start_on_the_same_data_is_refused(server: RunningServer):
    second = RunningServer(server.data, "--port", "0")

    assert second.wait_to_end() == 1
    assert "is running on" in second.output
    assert str(server.process.pid) in second.output
    assert server.address in second.output


def test_a_taken_port_is_refused_with_another_proposed(server: RunningServer, data: Path):
    port = int(server.address.rstrip("/").rpartition(":")[2])
    second = RunningServer(data, "--port", str(port))

    assert second.wait_to_end() == 1
    assert f"Port {port} cannot be used" in second.output
    assert f"--port {port + 1}" in second.output
    assert not (data / "pg").exists()


@pytest.mark.parametrize("role", ["web", "worker", "beat"])
def test_what_dies_is_started_again(server: RunningServer, role: str):
    victim = server.children(role)[0]
    count = len(server.children(role))
    wait_for(lambda: time.time() - victim.create_time() > 0, 5)

    victim.kill()

    wait_for(lambda: len([one for one in server.children(role) if one.pid != victim.pid]) == count, 20)
    wait_for(lambda: ready(server), 40)


def test_a_killed_database_is_started_again(server: RunningServer):
    wait_for(lambda: ready(server), 40)
    pid = postmaster.postmaster_pid(locate(server.data))
    assert pid

    psutil.Process(pid).kill()

    wait_for(lambda: postmaster.postmaster_pid(locate(server.data)) not in (None, pid), 15)
    wait_for(lambda: ready(server), 30)


def test_manage_py_works_beside_it_and_leaves_its_database_running(server: RunningServer):
    pid = postmaster.postmaster_pid(locate(server.data))
    environment = os.environ | {"TANDEM_DATA": str(server.data), "DJANGO_SETTINGS_MODULE": "config.settings"}

    done = subprocess.run([sys.executable, "manage.py", "migrate", "--check"], env=environment, check=False)

    assert done.returncode == 0
    assert postmaster.postmaster_pid(locate(server.data)) == pid


def test_keys_are_made_once_and_private(server: RunningServer):
    for name in ("secret", "encryption"):
        key = server.data / "keys" / name
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert len(key.read_bytes()) == 44


def test_logs_are_lines_of_json_in_the_data_folder(server: RunningServer):
    lines = (server.data / "log" / "web.log").read_text().splitlines()

    assert any(json.loads(line)["logger"] == "waitress" for line in lines if line.startswith("{"))
    assert {"beat.log", "worker-1.log", "worker-2.log", "supervisor.log"} <= set(os.listdir(server.data / "log"))


def test_processes_end_when_their_supervisor_is_killed_and_the_next_start_takes_over(data: Path):
    first = RunningServer(data, "--port", "0", "--no-demo-data", "--workers", "1")
    first.wait_until_served()
    orphans = [child for child in first.family()[1:] if child.name() != "postgres"]
    first.process.kill()
    first.process.wait()

    _, alive = psutil.wait_procs(orphans, timeout=15)
    assert [one for one in alive if postmaster.is_alive(one)] == []

    began = time.monotonic()
    second = RunningServer(data, "--port", "0", "--no-demo-data", "--workers", "1")
    second.wait_until_served()
    assert time.monotonic() - began < 20
    family = second.family()
    assert second.stop() < 10
    assert [one for one in family if postmaster.is_alive(one)] == []
    assert postmaster.server_processes(locate(data)) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_during_the_first_start_ends_it_cleanly(data: Path, number: signal.Signals):
    server = RunningServer(data, "--port", "0")
    wait_for(lambda: (data / "pg").exists(), 20)

    server.process.send_signal(number)

    assert server.wait_to_end(10) in (0, 1)
    assert postmaster.server_processes(locate(data)) == []


def test_a_start_that_waits_for_the_database_can_be_ended(data: Path):
    with embedded.start_lock(data):  # as long as another process recovers it
        server = RunningServer(data, "--port", "0")
        wait_for(lambda: (data / "run" / "server").exists() and (data / "run" / "server").read_text(), 20)
        time.sleep(0.5)

        assert server.stop() < 5

    assert server.process.returncode == 1
    assert "Stopped while the database was starting" in server.output


@pytest.mark.parametrize("options", [["--workers", "0"], ["--port", "70000"], ["--wrokers", "2"]])
def test_wrong_options_are_named(data: Path, options: list[str]):
    server = RunningServer(data, *options)

    assert server.wait_to_end() == 2
    assert options[0] in server.output


def test_a_database_that_is_too_old_or_away_is_named(data: Path):
    server = RunningServer(data, "--port", "0", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")

    assert server.wait_to_end() == 1
    assert "The database cannot be reached" in server.output
    assert "Traceback" not in server.output


def test_a_child_that_dies_young_is_restarted_ever_more_slowly(tmp_path: Path):
    child = Child("no such role", "broken", {})
    supervisor = Supervisor([child], tmp_path, lambda: None)
    child.start(tmp_path)
    pauses = []
    for _ in range(3):
        assert child.process is not None
        child.process.wait()
        pauses.append(child.plan_restart())
        child.start(tmp_path)
    supervisor.stop()

    assert pauses == [1.0, 2.0, 4.0]


def test_logs_rotate(tmp_path: Path, monkeypatch):
    from config import supervisor

    monkeypatch.setattr(supervisor, "LOG_BYTES", 1000)
    logger = supervisor.log_to(tmp_path, "test-rotation")
    for number in range(400):
        logger.info("line %d of a log that goes on and on", number)

    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == supervisor.LOG_FILES + 1
    assert max(sizes) <= 1000


def test_the_socket_of_a_port_that_is_free_again_can_be_bound_at_once(data: Path):
    from config.server import listen

    with listen(0) as first:
        port = first.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = first.accept()
        accepted.close()
        client.close()
    with listen(port) as again:
        assert again.getsockname()[1] == port
