"""`script/bench sync --records N [--repeat R] [--json]`: the synchronization beside its SQL floor.

Each phase runs on the floor first (in a copy of the database as it then is, so that both find the same state), then
with the product's own jobs in worker processes. Times are medians; only the ratios travel between machines.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import psycopg2

FLOOR_DATABASE = "bench_floor"
#: name -> (must, goal) of the measured figures
BARS = {
    "first / floor": (2.5, 1.7),
    "all changed / floor": (3.2, 2.2),
    "1 % changed / floor": (2.0, 1.2),
    "compare all / floor": (2.5, 1.8),
    "first, two workers / floor": (1.5, 1.0),
    "all changed, two workers / floor": (2.0, 1.5),
    "nothing changed, ms": (50, 10),
    "statements per chunk": (20, 12),
    "echo pass, writes": (0, 0),
    "0.1 % bad records, slow-down": (2.0, 1.4),
    "Synchronize Now during a run, p95 ms": (1000, 500),
}


@dataclass
class Figures:
    """Milliseconds per phase and who measured them; one list entry per repetition."""

    floor: dict[str, list[float]] = field(default_factory=dict)
    product: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    other: dict[str, float] = field(default_factory=dict)

    def add(self, side: str, phase: str, seconds: float) -> None:
        """Remember one measurement."""
        getattr(self, side).setdefault(phase, []).append(seconds * 1000)

    def median(self, side: str, phase: str) -> float | None:
        """The median of a phase; None when it was not measured."""
        values = getattr(self, side).get(phase)
        return statistics.median(values) if values else None

    def ratios(self) -> dict[str, float]:
        """Everything that has a bar."""
        found = dict(self.other)
        for phase in self.product:
            product, floor = self.median("product", phase), self.median("floor", phase.removesuffix(", two workers"))
            if product and floor and phase != "nothing changed":
                found[f"{phase} / floor"] = round(product / floor, 2)
        nothing = self.median("product", "nothing changed")
        if nothing is not None:
            found["nothing changed, ms"] = round(nothing, 1)
        if self.statements:
            found["statements per chunk"] = round(max(self.statements.values()), 1)
        return found


class Workers:
    """Processes that run the product's jobs."""

    def __init__(self, count: int) -> None:
        command = [sys.executable, "-m", "bench.worker"]
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
        ]
        for process in self.processes:
            self._line(process, "ready")

    @staticmethod
    def _line(process: subprocess.Popen[str], wanted: str = "") -> str:
        assert process.stdout is not None
        for line in process.stdout:
            if (wanted and line.strip() == wanted) or (not wanted and line.startswith('{"seconds"')):
                return line
        raise RuntimeError("a worker ended")

    def run(self) -> tuple[float, list[dict[str, Any]]]:
        """Let all of them work until nothing is left; seconds, and what each one tells."""
        began = time.perf_counter()
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [json.loads(self._line(process)) for process in self.processes]
        return time.perf_counter() - began, told

    def wake(self) -> None:
        """Connect, as workers that wait for the bell are."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write("wake\n")
            process.stdin.flush()
            self._line(process, "ready")

    def stop(self) -> None:
        """End the processes."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


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
    return report(figures, options)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(prog="script/bench sync", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3, help="repetitions; the median counts")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="only the phases of the main table, without SQL texts")
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


def report(figures: Figures, options: argparse.Namespace) -> int:
    """Print the table (or JSON); 1 when a figure misses its must."""
    ratios = figures.ratios()
    missed = [name for name, value in ratios.items() if name in BARS and value > BARS[name][0]]
    if options.json:
        print(json.dumps(_summary(figures, ratios, options), indent=2))
        return int(bool(missed))
    print(f"\n{options.records:,} records, median of {options.repeat}\n")
    print(f"{'phase':<32}{'floor ms':>12}{'product ms':>12}{'ratio':>8}")
    for phase in figures.product:
        floor, product = figures.median("floor", phase.removesuffix(", two workers")), figures.median("product", phase)
        assert product is not None
        print(f"{phase:<32}{floor or 0:>12,.0f}{product:>12,.0f}{product / floor if floor else 0:>8.2f}")
    print(f"\n{'figure':<42}{'measured':>10}{'must':>8}{'goal':>8}")
    for name, value in ratios.items():
        must, goal = BARS.get(name, ("", ""))
        print(f"{name:<42}{value:>10}{must:>8}{goal:>8}{'   MISSED' if name in missed else ''}")
    print(f"{'peak memory of a worker, MB':<42}{figures.peak_mb:>10}")
    if not options.quick:
        print_floor()
    return int(bool(missed))


def print_floor() -> None:
    """The statements that the ratios refer to."""
    from bench import floor

    print("\nSQL of the floor\n-- first\n" + floor.FIRST + "\n-- all changed\n" + floor.changed(only=False))
    print("-- compare all\n" + floor.COMPARE)


def _summary(figures: Figures, ratios: dict[str, float], options: argparse.Namespace) -> dict[str, Any]:
    phases = {
        phase: {
            "floor_ms": figures.median("floor", phase.removesuffix(", two workers")),
            "product_ms": figures.median("product", phase),
        }
        for phase in figures.product
    }
    bars = {name: {"measured": v, "must": BARS.get(name, (None,))[0]} for name, v in ratios.items()}
    return {"records": options.records, "repeat": options.repeat, "phases": phases, "figures": bars, "peak_mb": figures.peak_mb,
            "statements_per_chunk": figures.statements}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
