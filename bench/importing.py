"""`script/bench importing --records N [--json]`: a CSV file of customers imported by a worker process.

Prints rows per second, the worker's peak memory, its statements per 1,000 rows, and how many of the rows arrived; each
customer brings its company contact with it, as on a page. Exit code 1 where memory is above the bound, or rows or
contacts are missing.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

MUST_MB = 200
HEAD = ("No", "Name", "Address", "City", "Post Code", "Country", "Phone", "E-Mail", "Credit Limit")
COLUMNS = {
    "No": "no", "Name": "name", "Address": "address", "City": "city", "Post Code": "post_code",
    "Country": "country_region_code", "Phone": "phone_no", "E-Mail": "e_mail", "Credit Limit": "credit_limit_lcy",
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What the import took, and what came of it."""

    rows: int
    arrived: int
    contacts: int
    seconds: float
    rows_per_second: float
    peak_mb: float
    statements_per_1000: float

    @property
    def is_good(self) -> bool:
        """True where every row arrived with its contact and memory stayed below the bound."""
        return self.arrived == self.contacts == self.rows and self.peak_mb < MUST_MB


def main(arguments: list[str]) -> int:
    """Import and print; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(prog="script/bench importing")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    result = measure(options.records)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        show(result)
    return 0 if result.is_good else 1


def measure(records: int) -> Result:
    """Write the file, start the import as a user would, and let a worker do it."""
    from bench.data import fill
    from bench.installation import prepare
    from bench.workers import Workers
    from sync.imports.store import blocks_of
    from sync.models import Job
    from sync.services import import_start

    prepare()
    fill(0)
    before = contacts()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        write_file(path, records)
        workers = Workers(1)
        with path.open("rb") as file:
            started = import_start(user=None, table="erp.Customer", blocks=blocks_of(file), columns=COLUMNS)
        began = time.perf_counter()
        (told,) = workers.run()
        seconds = time.perf_counter() - began
        workers.stop()
    job = Job.objects.get(pk=started.jobs[0].pk)
    if job.state != "finished":
        print(f"the import ended as {job.state}: {job.message_code} {job.message_params}", file=sys.stderr)
    return Result(
        rows=records,
        arrived=arrived(records),
        contacts=contacts() - before,
        seconds=round(seconds, 1),
        rows_per_second=round(records / seconds, 0),
        peak_mb=told["peak_mb"],
        statements_per_1000=round(told["statements"] * 1000 / records, 1),
    )


def write_file(path: Path, records: int) -> None:
    """Customers with accents, quoted commas and references by name and code."""
    countries = ("SE", "Germany", "FR", "United Kingdom", "")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for i in range(records):
            writer.writerow((
                f"C{i:08d}", f"Åkeri nr {i} AB", f"Storgatan {i % 900}, uppg. {i % 7}", "Malmö", f"{20000 + i % 9999}",
                countries[i % 5], f"+46 40 {i}", f"order{i}@example.com", f"{i % 1000}.50",
            ))  # fmt: skip


def arrived(records: int) -> int:
    """The customers that are there with exactly the values of the file."""
    from records import db

    sql = (
        "SELECT count(*) FROM (SELECT *, substr(no, 2)::int i FROM erp_customer) c WHERE name = 'Åkeri nr ' || i || ' AB' "
        "AND address = 'Storgatan ' || i %% 900 || ', uppg. ' || i %% 7 AND phone_no = '+46 40 ' || i "
        "AND e_mail = 'order' || i || '@example.com' AND credit_limit_lcy = i %% 1000 + 0.5 "
        "AND (country_region_code_id IS NULL) = (i %% 5 = 4) AND i < %s"
    )
    found = db.one(sql, [records])
    return int(found[0]) if found else 0


def contacts() -> int:
    """The contacts that are tied to a customer."""
    from records import db

    found = db.one("SELECT count(*) FROM erp_contactbusinessrelation")
    return int(found[0]) if found else 0


def show(result: Result) -> None:
    """A table for people."""
    bound = "" if result.peak_mb < MUST_MB else "  TOO MUCH"
    print(f"rows in the file             {result.rows:12,}")
    print(f"arrived, every value equal   {result.arrived:12,}")
    print(f"company contacts made        {result.contacts:12,}")
    print(f"seconds                      {result.seconds:12,.1f}")
    print(f"rows per second              {result.rows_per_second:12,.0f}")
    print(f"peak memory of the worker    {result.peak_mb:12,.1f} MB   must < {MUST_MB} MB{bound}")
    print(f"statements per 1,000 rows    {result.statements_per_1000:12,.1f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
