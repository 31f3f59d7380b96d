"""Three schedulers and two workers at once: every due tick is one job, and no two runs of a mapping overlap."""

from __future__ import annotations

import time

import pytest

from tests.faults.yard import Yard

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

TICKS = 6
_OVERLAPS = """
SELECT count(*) FROM sync_job a JOIN sync_job b ON a.mapping = b.mapping AND a.id < b.id
WHERE a.whole AND b.whole AND a.started_at < b.finished_at AND b.started_at < a.finished_at
"""


def due(yard: Yard, ago: str) -> str:
    """Make the entry of CUSTOMER due, and something waits for it; the tick's time."""
    with yard.sql() as cursor:
        cursor.execute(
            "UPDATE crm_account SET telephone1 = clock_timestamp()::time::varchar(12) WHERE name LIKE 'New 0000%'"
        )
        cursor.execute(
            "UPDATE erp_customer SET city = clock_timestamp()::time::varchar(12) WHERE name LIKE 'New 0000%'"
        )
        cursor.execute(
            "UPDATE sync_schedule SET state = 'ready', next_run_at = clock_timestamp() - %s::interval "
            "WHERE mapping = 'CUSTOMER' RETURNING next_run_at::text",
            [ago],
        )
        return str(cursor.fetchone()[0])


def test_three_schedulers_start_each_due_tick_once(yard: Yard) -> None:
    for _number in range(3):
        yard.beat()
    for _number in range(2):
        yard.worker("before_commit=sleep:0.3@*")  # runs take longer than the schedulers' second
    yard.wait(yard.ended)
    ticks = []
    for number in range(TICKS):
        ticks.append(due(yard, "1 hour" if number == 0 else "0 seconds"))
        yard.wait(
            lambda: yard.one(
                "SELECT state <> 'ready' OR next_run_at > now() FROM sync_schedule WHERE mapping = 'CUSTOMER'"
            )
        )
        yard.wait(lambda: yard.one("SELECT state <> 'in_process' FROM sync_schedule WHERE mapping = 'CUSTOMER'"))
    time.sleep(3)  # whatever else the schedulers would start, they start within a second

    with yard.sql() as cursor:
        cursor.execute(
            "SELECT due_at::text FROM sync_job WHERE schedule IS NOT NULL AND due_at <= %s ORDER BY due_at", [ticks[-1]]
        )
        started = [row[0] for row in cursor.fetchall()]
    assert sorted(started) == sorted(ticks), yard.logs()
    assert yard.one(_OVERLAPS) == 0
    assert yard.state()["violations"] == []
