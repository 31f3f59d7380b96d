"""One database server for all fault tests, and an installation with edits for each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.cluster import Cluster
from tests.faults.yard import Yard, create_database, server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with server(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.fixture(scope="session")
def built(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with coupled customers."""
    create_database(cluster, "built")
    yard = Yard(cluster, "built", tmp_path_factory.mktemp("built"))
    yard.run("manage.py", "migrate", "-v", "0", "--skip-checks")
    yard.drive("build")
    return "built"


@pytest.fixture(scope="session")
def prepared(cluster: Cluster, built: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with edits on both sides and a run that waits to carry them."""
    create_database(cluster, "prepared", built)
    Yard(cluster, "prepared", tmp_path_factory.mktemp("prepared")).drive("prepare")
    return "prepared"


@pytest.fixture
def yard(cluster: Cluster, prepared: str, tmp_path: Path) -> Iterator[Yard]:
    """A copy of the prepared installation; its processes end with the test."""
    name = f"fault{next(_numbers)}"
    create_database(cluster, name, prepared)
    yard = Yard(cluster, name, tmp_path)
    yield yard
    yard.stop()


@pytest.fixture(scope="session")
def undisturbed(cluster: Cluster, prepared: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the prepared run leaves behind when nothing happens."""
    create_database(cluster, "undisturbed", prepared)
    yard = Yard(cluster, "undisturbed", tmp_path_factory.mktemp("undisturbed"))
    try:
        yard.worker()
        yard.beat()
        yard.wait(yard.ended)
        return yard.state()
    finally:
        yard.stop()
