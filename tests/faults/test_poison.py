"""Records that end every process which works on them, eat its memory, or never come to an end."""

from __future__ import annotations

import pytest

from sync.jobs.limits import OVER
from tests.faults.yard import Keeper, Yard

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

#: In three chunks.
HARMS = {"Customer 00042": "exit", "Customer 00242": "memory", "Customer 00442": "loop"}
LIMITS = {
    "SYNC_SILENT_SECONDS": "4",
    "SYNC_ALONE_SECONDS": "4",
    "SYNC_ALONE_MB": "600",
    "WORKER_MEMORY_MB": "1200",
}
LEFT_OUT = (
    "SELECT json_object_agg(c.name, o.params ->> 'error') FROM sync_outcomerow o "
    "JOIN erp_customer c ON c.system_id = o.erp_id WHERE o.action = 'fail' AND o.direction = 'to_crm' "
    "AND o.reason = 'internal_error'"
)


def test_records_that_harm_their_workers_fail_alone(yard: Yard) -> None:
    yard.environment |= LIMITS | {"FAULT_POISON": ",".join(f"{name}={harm}" for name, harm in HARMS.items())}
    yard.beat()
    kept = Keeper(yard, workers=2)
    try:
        kept.start()
        kept.until(yard.ended)
    finally:
        kept.stop()

    assert (kept.ends(9), kept.ends(OVER)) == (2, 4), (kept.said, yard.logs())
    assert yard.one("SELECT max(attempts) FROM sync_chunk") <= 4
    errors = yard.one(LEFT_OUT)
    assert set(errors) == set(HARMS)
    assert errors["Customer 00042"] == "the process that worked on it ended (code 9)"
    assert errors["Customer 00242"].startswith("MemoryError")
    assert errors["Customer 00442"] == "it took longer than 4 s"
    done = "SELECT count(*) FROM crm_account WHERE address1_city = 'Bergen' AND name LIKE 'Customer%'"
    assert yard.one(done) == 597
    found = yard.state()
    ((kind, state, _code, counters, _processed, _total),) = found["jobs"]
    assert (kind, state) == ("modified", "finished")
    counted = {name: n for name, n in counters["to_crm"].items() if n and name != "unchanged"}
    assert counted == {"inserted": 100, "modified": 597, "failed": 3}
    assert found["violations"] == []
