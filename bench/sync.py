"""`script/bench sync --records N [--repeat R] [--json]`: the synchronization beside its SQL floor.

Each phase runs on the floor first (in a copy of the database as it then is, so that both find the same state), then
with the product's own jobs in worker processes. Times are medians; only the ratios travel between machines.
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
        _product(figures, workers, "first", "full", create_new=True)
        _expect(records, "inserted")
        _echo(figures, workers)
        keys = data.sample(100)
        data.settle()
        data.touch(keys, "ett")
        _floor(figures, "1 % changed", floor.changed(only=True), keys=keys)
        _product(figures, workers, "1 % changed", "modified")
        _expect(len(keys), "modified")
        _floor(figures, "nothing changed", floor.NOTHING)
        _product(figures, workers, "nothing changed", "modified")
        data.settle()
        data.touch(None, "alla")
        _floor(figures, "all changed", floor.changed(only=False))
        _product(figures, workers, "all changed", "modified")
        _expect(records, "modified")
        data.settle()
        _floor(figures, "compare all", floor.COMPARE)
        _product(figures, workers, "compare all", "full_unconditional")
        _expect(records, "unchanged")
    finally:
        workers.stop()


def two_workers(figures: Figures, records: int) -> None:
    """First and all changed with two worker processes."""
    from bench import data

    data.fill(records)
    workers = Workers(2)
    try:
        _product(figures, workers, "first, two workers", "full", create_new=True)
        _expect(records, "inserted")
        data.settle()
        data.touch(None, "två")
        _product(figures, workers, "all changed, two workers", "modified")
        _expect(records, "modified")
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
            began = time.perf_counter()
            inside.execute(sql, {"job": str(uuid.uuid4()), **params})
            copy.commit()
            figures.add("floor", phase, time.perf_counter() - began)
        copy.close()
        cursor.execute(f"DROP DATABASE {FLOOR_DATABASE} WITH (FORCE)")
    admin.close()


def _product(figures: Figures, workers: Workers, phase: str, kind: str, **options: Any) -> None:
    """Time a job from the moment it was asked for to its end."""
    from sync.jobs.submit import Request, submit
    from sync.models import Job

    request = Request(kind=kind, user_name="admin", mapping="CUSTOMER", direction="to_crm", whole=True, **options)
    workers.wake()
    Job.objects.exists()
    began = time.perf_counter()
    job = submit(request)
    _seconds, told = workers.run()
    figures.add("product", phase, time.perf_counter() - began)
    job = Job.objects.get(pk=job.pk)
    if job.state != "finished":
        raise RuntimeError(f"{phase}: {job.state} {job.message_code} {job.message_params}")
    chunks = sum(t["chunks"] for t in told)
    figures.peak_mb = max(figures.peak_mb, *(t["peak_mb"] for t in told))
    if chunks > 5:
        figures.statements[phase] = sum(t["statements"] for t in told) / chunks


def _expect(number: int, counter: str) -> None:
    """A phase that did not do its work has no time worth telling."""
    from sync.models import Job

    job = Job.objects.order_by("-id").first()
    found = job.counters["to_crm"][counter] if job else None
    if found != number:
        raise RuntimeError(f"{counter}: {found} instead of {number}")


def _echo(figures: Figures, workers: Workers) -> None:
    """The pass the other way after a first run must write nothing."""
    from records import db
    from sync.jobs.submit import Request, submit

    sql = "SELECT sum(row_version) FROM {0}"
    tables = ("erp_customer", "crm_account", "coupling_coupling")
    before = [db.one(sql.format(t)) for t in tables]
    submit(Request(kind="modified", user_name="admin", mapping="CUSTOMER", direction="bidirectional", whole=True))
    workers.run()
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
        _product(figures, workers, "first of bad records", "full", create_new=True)
        times = []
        for word, bad in (("gott", ""), ("ont", "ont")):
            data.settle()
            data.touch(None, word)
            if bad:
                db.execute(
                    "UPDATE erp_customer SET fax_no = 'bad' WHERE system_id = ANY(%s::uuid[])", [data.sample(1000)]
                )
                db.execute(
                    "ALTER TABLE crm_account ADD CONSTRAINT bench_bad CHECK (fax IS DISTINCT FROM 'bad') NOT VALID"
                )
            began = time.perf_counter()
            _product(figures, workers, f"all changed, {word}", "modified")
            times.append(time.perf_counter() - began)
        _expect(records // 1000, "failed")
        figures.other["0.1 % bad records, slow-down"] = round(times[1] / times[0], 2)
    finally:
        db.execute("ALTER TABLE crm_account DROP CONSTRAINT IF EXISTS bench_bad")
        for phase in ("first of bad records", "all changed, gott", "all changed, ont"):
            figures.product.pop(phase, None)
        workers.stop()


def synchronize_now(figures: Figures, records: int) -> None:
    """A user's single-record jobs while a run over the whole table is going on with two workers."""
    from bench import data
    from sync.jobs.submit import Request, submit
    from sync.models import Job
    from sync.requests import record_request

    data.fill(records)
    keys = data.sample(max(records // 30, 1))
    workers = Workers(2)
    try:
        submit(
            Request(kind="full", user_name="admin", mapping="CUSTOMER", direction="to_crm", whole=True, create_new=True)
        )
        for process in workers.processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        waits = []
        for key in keys[:20]:
            time.sleep(0.2)
            began = time.perf_counter()
            job = submit(
                record_request(
                    mapping="CUSTOMER", direction="to_crm", side="erp", ids=[key], create_new=True, user_name="admin"
                )
            )
            while Job.objects.filter(pk=job.pk, finished_at=None).exists():
                time.sleep(0.005)
                if time.perf_counter() - began > 60:
                    raise RuntimeError("a user's job did not end")
            if not Job.objects.filter(whole=True, finished_at=None).exists():
                break
            waits.append((time.perf_counter() - began) * 1000)
        for process in workers.processes:
            workers._line(process)
        if waits:
            figures.other["Synchronize Now during a run, p95 ms"] = round(sorted(waits)[int(len(waits) * 0.95) - 1], 0)
    finally:
        workers.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
