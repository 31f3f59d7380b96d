"""`script/bench sync --records N [--repeat R] [--json]`: the synchronization beside its SQL floor.

Each phase runs on the floor first (in a copy of the database as it then is, so that both find the same state), then
with the product's own jobs in worker processes. Both find their tables in the server's memory. Times are medians; only the ratios travel between machines.
"""

from __future__ import annotations

import argparse
import sys
import time
import uuid
from typing import Any

import psycopg2

from bench.figures import Figures, report
from bench.growth import growth
from bench.jobs import request, run
from bench.others import others
from bench.pipelines import pipelines
from bench.workers import Workers

FLOOR_DATABASE = "bench_floor"


def main(arguments: list[str]) -> int:
    """Run the benchmark and print its table; 1 when a figure misses its must."""
    options = parse(arguments)
    from bench.installation import prepare

    prepare()
    figures = Figures()
    for _repetition in range(options.repeat):
        one_worker(figures, options.records)
        if options.workers > 1:
            two_workers(figures, options.records)
    if not options.quick:
        bad_records(figures, options.records)
        synchronize_now(figures, options.records)
        others(figures)
        pipelines(figures)
    if options.grown:
        growth(figures, options.grown)
    return report(figures, options)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(prog="script/bench sync", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3, help="repetitions; the median counts")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="only the phases of the main table, without SQL texts")
    parser.add_argument("--grown", type=int, default=0, help="compare 10,000 records with so many (1000000)")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def one_worker(figures: Figures, records: int) -> None:
    """The five phases in order on one database."""
    from bench import data, floor

    data.fill(records)
    workers = Workers(1)
    try:
        _floor(figures, "first", floor.FIRST)
        _product(figures, workers, "first", "full", create_new=True, expect=("inserted", records))
        _echo(figures, workers)
        keys = data.sample(100)
        data.settle()
        data.touch(keys, "ett")
        _floor(figures, "1 % changed", floor.changed(only=True), keys=keys)
        _product(figures, workers, "1 % changed", "modified", expect=("modified", len(keys)))
        _product(figures, workers, "nothing changed", "modified")  # before the floor, which ends all connections
        _floor(figures, "nothing changed", floor.NOTHING)
        data.settle()
        data.touch(None, "alla")
        _floor(figures, "all changed", floor.changed(only=False))
        _product(figures, workers, "all changed", "modified", expect=("modified", records))
        data.settle()
        _floor(figures, "compare all", floor.COMPARE)
        _product(figures, workers, "compare all", "full_unconditional", expect=("unchanged", records))
    finally:
        workers.stop()


def two_workers(figures: Figures, records: int) -> None:
    """First and all changed with two worker processes."""
    from bench import data

    data.fill(records)
    workers = Workers(2)
    try:
        _product(figures, workers, "first, two workers", "full", create_new=True, expect=("inserted", records))
        data.settle()
        data.touch(None, "två")
        _product(figures, workers, "all changed, two workers", "modified", expect=("modified", records))
    finally:
        workers.stop()


def _floor(figures: Figures, phase: str, sql: str, **params: Any) -> None:
    """Time the statement in a copy of the database, commit included."""
    from django.db import connection

    settings = dict(connection.get_connection_params())
    name = settings["dbname"]
    connection.close()
    for extra in ("cursor_factory", "client_encoding", "context"):
        settings.pop(extra, None)
    admin = psycopg2.connect(**{**settings, "dbname": "postgres"})
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {FLOOR_DATABASE} WITH (FORCE)")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )
        cursor.execute(f'CREATE DATABASE {FLOOR_DATABASE} TEMPLATE "{name}"')
        copy = psycopg2.connect(**{**settings, "dbname": FLOOR_DATABASE})
        with copy.cursor() as inside:
            inside.execute("ANALYZE erp_customer, crm_account, coupling_coupling")
            copy.commit()
            if "keys" in params:  # the product's connection has been used before, too
                inside.execute(sql, {"job": str(uuid.uuid4()), "keys": params["keys"][:1]})
                copy.rollback()
            began = time.perf_counter()
            inside.execute(sql, {"job": str(uuid.uuid4()), **params})
            copy.commit()
            figures.add("floor", phase, time.perf_counter() - began)
        copy.close()
        cursor.execute(f"DROP DATABASE {FLOOR_DATABASE} WITH (FORCE)")
    admin.close()


def _product(
    figures: Figures, workers: Workers, phase: str, kind: str, *, expect: tuple[str, int] | None = None,
    create_new: bool = False,
) -> None:  # fmt: skip
    """Time a job; `expect`: a counter and its value, for a job that did not do its work has no time worth telling."""
    from bench import data

    data.warm()
    ran = run(workers, kind, create_new=create_new)
    if expect and ran.counters[expect[0]] != expect[1]:
        raise RuntimeError(f"{phase}: {ran.counters} instead of {expect}")
    figures.add("product", phase, ran.seconds)
    chunks = sum(t["chunks"] for t in ran.told)
    figures.peak_mb = max(figures.peak_mb, *(t["peak_mb"] for t in ran.told))
    if chunks > 5:
        figures.statements[phase] = sum(t["statements"] for t in ran.told) / chunks


def _echo(figures: Figures, workers: Workers) -> None:
    """The pass the other way after a first run must write nothing."""
    from records import db

    sql = "SELECT sum(row_version) FROM {0}"
    tables = ("erp_customer", "crm_account", "coupling_coupling")
    before = [db.one(sql.format(t)) for t in tables]
    run(workers, "modified", direction="bidirectional")
    figures.other["echo pass, writes"] = sum(
        a != b for a, b in zip(before, [db.one(sql.format(t)) for t in tables], strict=True)
    )


def bad_records(figures: Figures, records: int) -> None:
    """All changed again with 0.1 % of records that the database refuses (a check that only it knows)."""
    from bench import data
    from records import db

    data.fill(records)
    workers = Workers(1)
    try:
        run(workers, "full", create_new=True)
        times = [bad_run(workers, records, "gott")]
        keys = data.sample(1000)
        db.execute("UPDATE erp_customer SET fax_no = 'bad' WHERE system_id = ANY(%s::uuid[])", [keys])
        db.execute("ALTER TABLE crm_account ADD CONSTRAINT bench_bad CHECK (fax IS DISTINCT FROM 'bad') NOT VALID")
        times.append(bad_run(workers, records, "ont", failed=len(keys)))
        figures.other["0.1 % bad records, slow-down"] = round(times[1] / times[0], 2)
    finally:
        db.execute("ALTER TABLE crm_account DROP CONSTRAINT IF EXISTS bench_bad")
        workers.stop()


def bad_run(workers: Workers, records: int, word: str, *, failed: int = 0) -> float:
    """Seconds of a run in which every record was changed and so many fail."""
    from bench import data

    data.settle()
    data.touch(None, word)
    ran = run(workers, "modified")
    if (ran.counters["failed"], ran.counters["modified"]) != (failed, records - failed):
        raise RuntimeError(f"{word}: {ran.counters} instead of {failed} failed")
    return ran.seconds


def synchronize_now(figures: Figures, records: int) -> None:
    """A user's single-record jobs while a run over the whole table is going on with two workers."""
    from bench import data
    from sync.jobs.submit import submit

    data.fill(records)
    keys = data.sample(max(records // 30, 1))
    workers = Workers(2)
    try:
        submit(request("full", create_new=True))
        workers.go()
        waits = []
        for key in keys:
            time.sleep(0.2)
            seconds = now(key)
            if not is_running():
                break
            waits.append(seconds * 1000)
        workers.wait()
        workers.run()  # what was asked for after they had ended
        if waits:
            figures.other["Synchronize Now during a run, p95 ms"] = round(sorted(waits)[int(len(waits) * 0.95) - 1], 0)
            figures.other["Synchronize Now during a run, clicks"] = len(waits)
    finally:
        workers.stop()


def now(key: str) -> float:
    """Seconds from a user's click on Synchronize Now to its end, or until the large run has ended.

    As the page does it: the process that answers works on the record itself.
    """
    from sync.inline import at_once
    from sync.jobs.submit import submit
    from sync.models import Job
    from sync.requests import record_request

    asked = record_request(
        mapping="CUSTOMER", direction="to_crm", side="erp", ids=[key], create_new=True, user_name="admin"
    )
    began = time.perf_counter()
    job = submit(asked)
    at_once([job])
    while Job.objects.filter(pk=job.pk, finished_at=None).exists() and is_running():
        time.sleep(0.005)
    return time.perf_counter() - began


def is_running() -> bool:
    """True while the run over the whole table is going on."""
    from sync.models import Job

    return Job.objects.filter(whole=True, finished_at=None).exists()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
