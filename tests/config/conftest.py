"""Data folders of their own for tests that start database servers, and a way to use them from other processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import embedded, postmaster
from config.cluster import SHARED, data_hash, socket_folder
from config.folders import ROOT

USE_DATABASE = """
import os, sys, psycopg2
from pathlib import Path
from config import embedded
if user := int(os.environ.get("BECOME", "0")):
    os.setgroups([]), os.setgid(user), os.setuid(user)
cluster = embedded.ensure(Path(sys.argv[1]))
connection = psycopg2.connect(**cluster.connection)
connection.autocommit = True
cursor = connection.cursor()
print("connected", flush=True)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder that every user may enter (pytest's own are closed); removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data(place: Path) -> Iterator[Path]:
    """A data folder that does not exist yet; its server is stopped at the end, whatever the test did to it."""
    folder = place / "data"
    yield folder
    clean_up(folder)


def clean_up(folder: Path) -> None:
    """Stop the server of a data folder, also for processes that were killed, and remove what is outside it."""
    if (folder / "pg").exists():
        embedded.release(folder)
        postmaster.stop(embedded.locate(folder))
    for leftover in (SHARED / data_hash(folder), socket_folder(folder)):
        shutil.rmtree(leftover, ignore_errors=True)


class Users:
    """Starts processes that use the embedded database of a folder."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, folder: Path, code: str, **options: object) -> subprocess.Popen[str]:
        """Start a process that connects and then runs `code` with `cursor`, `connection` and `cluster`."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("TANDEM", "COV"))}
        environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | dict(options.pop("env", {}))  # type: ignore[call-overload]
        process = subprocess.Popen(
            [sys.executable, "-c", USE_DATABASE + code, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            **options,  # type: ignore[call-overload]
        )
        self.processes.append(process)
        return process

    def run(self, folder: Path, code: str = "", **options: object) -> str:
        """Run such a process to its end; return what it printed after connecting."""
        process = self.start(folder, code, **options)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        return output.removeprefix("connected\n").strip()


@pytest.fixture
def users() -> Iterator[Users]:
    """A starter of processes that use a database; those that still run are ended."""
    found = Users()
    yield found
    for process in found.processes:
        process.kill()
        process.communicate()


RunManage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def manage(data: Path) -> RunManage:
    """Runs `manage.py` in a process of its own, on the data folder of the test."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("TANDEM", "DJANGO", "COV"))}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            env=kept | {"TANDEM_DATA": str(data)} | environment,
        )

    return run
