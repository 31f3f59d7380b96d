"""With a real Redis as broker: everything runs, and its loss is seen and survived."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.conftest import clean_up
from tests.conftest import free_port, start_redis
from tests.servers import RunningServer, wait_for

pytestmark = [pytest.mark.redis, pytest.mark.timeout(180)]


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tandem-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def ready(server: RunningServer) -> bool:
    return server.get("readyz") == (200, "{}")


def sweeps(server: RunningServer) -> int:
    """Return how many sweeps the workers have finished."""
    logs = (server.data / "log").glob("worker-*.log")
    return sum(log.read_text().count("succeeded in") for log in logs)


def test_jobs_are_rung_through_redis_and_its_loss_is_seen_and_survived(place: Path):
    port = free_port()
    broker = start_redis(port, place)
    server = RunningServer(place / "data", "--port", "0", "--no-demo-data", REDIS_URL=f"redis://127.0.0.1:{port}/0")
    try:
        server.wait_until_served()
        wait_for(lambda: ready(server) and sweeps(server) > 0, 60)
        assert not list((server.data / "broker" / "messages").iterdir())

        end(broker)
        wait_for(lambda: server.get("readyz")[0] == 503, 20)
        assert '"broker"' in server.get("readyz")[1]
        assert server.get("healthz")[0] == 200

        broker = start_redis(port, place)
        before = sweeps(server)
        wait_for(lambda: ready(server) and sweeps(server) > before, 60)
    finally:
        assert server.stop() < 10
        end(broker)
        clean_up(server.data)


def end(broker: subprocess.Popen[bytes]) -> None:
    broker.terminate()
    broker.wait(10)
