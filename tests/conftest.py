"""What every test can rely on: which tests run, and the servers that some of them need.

`pytest` runs all but the tests marked browser, faults or redis; `pytest --special` runs those; a marker expression or a
named file runs what it says.
"""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone, translation

from tests.cast import admin, api, outsider, salesperson, viewer
from tests.needs import SPECIAL, find_chromium, find_redis, missing_reason

__all__ = ["admin", "api", "outsider", "salesperson", "viewer"]  # fixtures for every test

_not_run: dict[str, int] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--special", action="store_true", help="run the browser, fault and Redis tests, and no others")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose between ordinary and special tests; skip, loudly, what this machine cannot run."""
    is_special = config.getoption("--special")
    if is_special or not (config.getoption("-m") or names_a_file(config)):
        chosen = [item for item in items if is_special == any(map(item.get_closest_marker, SPECIAL))]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen
    for marker in SPECIAL:
        reason = missing_reason(marker)
        for item in items:
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
                _not_run[marker] = _not_run.get(marker, 0) + 1


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


def names_a_file(config: pytest.Config) -> bool:
    """Say whether the command line names single files: then everything in them is wanted."""
    return any(".py" in argument for argument in config.args)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, count in _not_run.items():
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{count} {marker} tests did not run: {missing_reason(marker)}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that could not run is a failure."""
    if _not_run and os.environ.get("CI"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def usual_language() -> Iterator[None]:
    """A test that speaks Spanish, or lives in Tokyo, leaves neither behind for the next one in its process."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's path, for `chromium.launch(executable_path=..., args=["--no-sandbox"])`."""
    path = find_chromium()
    assert path, missing_reason("browser")
    return path


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis server of this run's own."""
    port = free_port()
    process = start_redis(port, tmp_path_factory.mktemp("redis"))
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


def free_port() -> int:
    """Return a local port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start_redis(port: int, folder: Path) -> subprocess.Popen[bytes]:
    """Start a Redis server without files on a local port, and wait for it."""
    program = find_redis()
    assert program, missing_reason("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for_port(port)
    return process


def wait_for_port(port: int, seconds: float = 10) -> None:
    """Wait until something listens on a local port."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, f"nothing listens on port {port}"
            time.sleep(0.05)
        else:
            return
