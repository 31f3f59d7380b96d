"""A connection, a mapping and a stand-in for the engine: what tests of the job machinery need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from coupling.models import Connection, IntegrationTableMapping
from coupling.models.connection import CONNECTION_ID
from sync.jobs.executors import using
from sync.jobs.results import COUNTERS, Done
from sync.jobs.submit import Request, submit
from sync.models import Chunk, Job
from tests.cast import make_user


@pytest.fixture
def connected(db: Any) -> Connection:
    """An enabled connection."""
    Connection.objects.filter(pk=CONNECTION_ID).delete()
    return Connection.objects.create(pk=CONNECTION_ID, address="embedded", user_name="integration", enabled=True)


@pytest.fixture
def mapping(connected: Connection) -> IntegrationTableMapping:
    """CUSTOMER, both ways."""
    return make_mapping("CUSTOMER", "erp.Customer", "crm.Account", "accountid")


def make_mapping(name: str, erp: str, crm: str, key: str, **values: Any) -> IntegrationTableMapping:
    """A mapping without field lines."""
    return IntegrationTableMapping.objects.create(
        name=name, erp_table=erp, crm_table=crm, crm_key_field=key, **{"direction": "bidirectional", **values}
    )


class FakeEngine:
    """Counts each named record as modified in the first direction; does what it is told with some."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.raising: dict[str, Callable[[], Exception]] = {}

    def __call__(self, job: Job, chunk: Chunk) -> Done:
        keys = list(chunk.spec.get("ids", []))
        for key in keys:
            if key in self.raising:
                raise self.raising[key]()
        self.seen += keys
        direction = job.directions[0]
        return Done({direction: {**dict.fromkeys(COUNTERS, 0), "modified": len(keys)}}, len(keys))


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    fake = FakeEngine()
    with using(single=fake, selected=fake, modified=fake, full=fake):
        yield fake


def records_job(keys: list[str], size: int = 0, **values: Any) -> Job:
    """A job over named records, in chunks of `size`."""
    make_user("salesperson")
    size = size or len(keys)
    parts = [keys[i : i + size] for i in range(0, len(keys), size)]
    chunks = [{"take": "ids", "side": "erp", "directions": ["to_crm"], "ids": part} for part in parts]
    given = {"kind": "selected", "user_name": "salesperson", "mapping": "CUSTOMER", "direction": "to_crm"}
    return submit(Request(**{**given, "chunks": chunks, "total": len(keys), **values}))


def keys(n: int) -> list[str]:
    """So many keys, ascending."""
    return [f"00000000-0000-7000-8000-{i:012d}" for i in range(1, n + 1)]
