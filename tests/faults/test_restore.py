"""A backup is put back in another cluster, and the Sales side knows more than it: noticed, compared, and nothing doubled."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config.cluster import Cluster
from tests.faults.yard import Yard, create_database, server

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

EDITED = "Customer 0001%"  # ten of them
MADE = 5


def test_a_restored_backup_is_compared_before_anything_runs_by_itself(
    yard: Yard, cluster: Cluster, tmp_path: Path
) -> None:
    yard.beat()
    yard.worker()
    yard.wait(lambda: yard.ended() and yard.one("SELECT count(*) FROM sync_databasemark") == 1)
    dump = back_up(cluster, yard.database, tmp_path / "backup.dump")
    live_on(yard)
    yard.stop()

    with server(tmp_path / "other") as other:
        create_database(other, "restored")
        put_back(other, "restored", dump)
        again = Yard(other, "restored", tmp_path / "again")
        again.data.mkdir()
        take_along(yard, again, "crm_account")
        try:
            check_restored(again)
        finally:
            again.stop()


def live_on(yard: Yard) -> None:
    """After the backup customers are edited and made, and a run carries that to the Sales side."""
    with yard.sql() as cursor:
        cursor.execute("UPDATE erp_customer SET city = 'Later' WHERE name LIKE %s", [EDITED])
    yard.drive("insert", "Later", str(MADE))
    yard.drive("start")
    yard.wait(yard.ended)
    assert yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Later'") == 10
    assert yard.one("SELECT count(*) FROM crm_account WHERE name LIKE 'Later%'") == MADE


def check_restored(again: Yard) -> None:
    accounts = again.one("SELECT count(*) FROM crm_account")
    assert again.one("SELECT count(*) FROM crm_account WHERE name LIKE 'Later%'") == MADE
    assert again.one("SELECT count(*) FROM erp_customer WHERE name LIKE 'Later%'") == 0
    jobs = again.one("SELECT count(*) FROM sync_job")
    make_due(again)
    again.beat()
    worker = again.worker()
    again.wait(lambda: again.one("SELECT restored_at IS NOT NULL FROM sync_databasemark"))
    sweeps = again.sweeps(worker)
    again.wait(lambda: again.sweeps(worker) > sweeps + 2)
    assert again.one("SELECT count(*) FROM sync_job") == jobs, "a scheduled run did not wait"

    again.drive("compare")
    again.wait(lambda: again.ended() and again.one("SELECT restored_at IS NULL FROM sync_databasemark"))
    assert listed(again) == [f"Customer 0001{n}" for n in range(10)]
    assert again.one("SELECT count(*) FROM crm_account") == accounts
    assert again.one("SELECT count(*) FROM erp_customer WHERE city = 'Later'") == 0

    again.wait(lambda: again.one("SELECT count(*) > 0 FROM sync_job WHERE schedule IS NOT NULL AND NOT preview"))
    again.drive("start", "full")
    again.wait(again.ended)
    assert again.one("SELECT count(*) FROM crm_account") == accounts
    assert again.one("SELECT count(*) FROM erp_customer WHERE city = 'Later'") == 10
    assert again.one("SELECT count(*) FROM erp_customer WHERE name LIKE 'Later%'") == MADE
    doubled = "SELECT count(*) - least(count(DISTINCT erp_id), count(DISTINCT crm_id)) FROM coupling_coupling"
    assert again.one(f"{doubled} WHERE pair = 'CUSTOMER'") == 0
    assert again.state()["violations"] == []


def make_due(yard: Yard) -> None:
    with yard.sql() as cursor:
        cursor.execute("UPDATE sync_schedule SET state = 'ready', next_run_at = now() WHERE mapping = 'CUSTOMER'")


def listed(yard: Yard) -> list[str]:
    """The customers that the comparison of CUSTOMER found to differ."""
    with yard.sql() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.name FROM sync_outcomerow o JOIN sync_job j ON j.id = o.job_id "
            "JOIN erp_customer c ON c.system_id = o.erp_id WHERE j.preview AND j.mapping = 'CUSTOMER' "
            "AND o.changes::text LIKE '%Later%' ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def back_up(cluster: Cluster, database: str, file: Path) -> Path:
    run(cluster, "pg_dump", "--format=custom", "--no-owner", f"--file={file}", database)
    return file


def put_back(cluster: Cluster, database: str, file: Path) -> None:
    run(cluster, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={database}", str(file))


def run(cluster: Cluster, program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs against this cluster."""
    where = cluster.connection
    environment = os.environ | {"PGHOST": where["host"], "PGPORT": str(where["port"]), "PGUSER": where["user"]}
    done = subprocess.run(
        [cluster.program(program), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def take_along(yard: Yard, again: Yard, table: str) -> None:
    """The Sales side was not put back: its table is as it is, and its triggers have seen nothing."""
    with yard.sql() as source, again.sql() as target:
        target.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        (columns,) = target.fetchone()
        target.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        target.execute(f"DELETE FROM {table}")
        copy(source, target, f"SELECT {columns} FROM {table}", f"{table} ({columns})")
        target.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def copy(source: Any, target: Any, query: str, into: str) -> None:
    from io import BytesIO

    held = BytesIO()
    source.copy_expert(f"COPY ({query}) TO STDOUT", held)
    held.seek(0)
    target.copy_expert(f"COPY {into} FROM STDIN", held)
