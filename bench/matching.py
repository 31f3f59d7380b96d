"""`script/bench matching --records N [--json]`: match-based coupling of N ERP records with N CRM rows.

The mapping CUSTOMER with two criteria that are tried one after the other, name and then e-mail. Of the records 75 % find
their row by name, 10 % by e-mail, 5 % find several and 10 % none. The product's own job does the work in this process:
first as a preview, then in earnest.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass

MUST_SECONDS = 10.0
#: per number of records
GOAL = 100_000


@dataclass(frozen=True)
class Timing:
    """One job: seconds of finding, of coupling, of all together, and what became of the records."""

    job: str
    records: int
    find_s: float
    couple_s: float
    total_s: float
    coupled: int
    failed: int


def main(arguments: list[str]) -> int:
    """Measure and print; 1 where matching takes longer than it must."""
    parser = argparse.ArgumentParser(prog="script/bench matching")
    parser.add_argument("--records", type=int, default=GOAL)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    timings = measure(options.records)
    if options.json:
        print(json.dumps([asdict(timing) for timing in timings]))
    else:
        show(timings)
    return 0 if all(t.total_s < MUST_SECONDS * max(1, t.records / GOAL) for t in timings) else 1


def measure(records: int) -> list[Timing]:
    """Fill both tables, match."""
    from bench.installation import prepare

    prepare()
    fill(records)
    return [run("preview", records, preview=True), run("coupling", records, preview=False)]


def fill(records: int) -> None:
    """Customers and accounts of which some belong together."""
    from bench.pages import fill as copies
    from records import db
    from records.schema import schema

    for label, mail in (("erp.Customer", "e_mail"), ("crm.Account", "emailaddress1")):
        copies(label, records)
        table = schema(label)
        own, seed = table.table, table.pk_column
        name = "'Åkeri ' || n || ' AB'" if label.startswith("erp.") else f"{_SALES_NAME}, customertypecode = 3"
        db.execute("SET session_replication_role = replica")
        db.execute(
            f"UPDATE \"{own}\" t SET name = {name}, \"{mail}\" = 'post' || n || '@example.com' "
            f'FROM (SELECT "{seed}" AS key, row_number() OVER (ORDER BY "{seed}") AS n FROM "{own}") x '
            f'WHERE t."{seed}" = x.key'
        )
        db.execute("SET session_replication_role = origin")
    sales = schema("crm.Account").table
    db.execute(f"UPDATE \"{sales}\" SET emailaddress1 = NULL WHERE name NOT LIKE 'Haulier%'")


#: What the n-th account is called: like the customer, in other case, like the one before it, or not at all like it.
_SALES_NAME = """CASE WHEN n % 20 < 14 THEN 'Åkeri ' || n || ' AB' WHEN n % 20 < 16 THEN 'ÅKERI ' || n || ' ab '
  WHEN n % 20 < 18 THEN 'Haulier ' || n WHEN n % 20 < 19 THEN 'Åkeri ' || (n - 10) || ' AB' ELSE 'Unknown ' || n END"""


def run(name: str, records: int, *, preview: bool) -> Timing:
    """One job of the product, with the time until its chunks are planned taken apart."""
    from coupling.models import IntegrationTableMapping
    from people.models import User
    from sync.jobs import drain, run_one
    from sync.models import Job
    from sync.services import mapping_match

    mapping = IntegrationTableMapping.objects.get(name="CUSTOMER")
    mapping.lines.update(match=False)
    for priority, field in enumerate(("name", "e_mail")):
        mapping.lines.filter(erp_field=field).update(match=True, match_priority=priority)
    admin = User.objects.get(username="admin")
    (job,) = mapping_match(user=admin, mapping=mapping, preview=preview, synchronize_after=False).jobs
    begin = time.perf_counter()
    run_one(only=str(job.pk))
    found = time.perf_counter()
    drain(only=str(job.pk))
    end = time.perf_counter()
    done = Job.objects.get(pk=job.pk)
    assert done.state == "finished", (done.state, done.message_code, done.message_params)
    counts = done.counters[""]
    return Timing(name, records, round(found - begin, 2), round(end - found, 2), round(end - begin, 2),
                  counts["coupled"], counts["failed"])  # fmt: skip


def show(timings: list[Timing]) -> None:
    """A table for people."""
    print(f"{'job':10}{'records':>10}{'find s':>9}{'couple s':>10}{'all s':>8}{'coupled':>9}{'failed':>8}")
    for t in timings:
        must = MUST_SECONDS * max(1, t.records / GOAL)
        mark = "" if t.total_s < must else "  TOO SLOW"
        print(
            f"{t.job:10}{t.records:10}{t.find_s:9.2f}{t.couple_s:10.2f}{t.total_s:8.2f}{t.coupled:9}{t.failed:8}"
            f"   must < {must:.0f} s{mark}"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
