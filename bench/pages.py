"""`script/bench pages --records N [--json]`: how long the server works on a list page, and with how many queries.

Each list of the large tables is asked in process, without network and browser: its first, middle and last page, sorted
by each of the first columns, searched and filtered. Times are medians of the rows as a fragment (what a click asks
for). CPU is that of this process and of its database session, so that a busy machine can be told from a slow page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: the tables that grow with the company
LARGE = (
    "erp.customer.list", "erp.contact.list", "erp.contact_business_relation.list", "crm.account.list",
    "crm.contact.list",
)  # fmt: skip
#: pages that count what these tables hold
HOMES = ("erp.role_centre", "crm.role_centre")
MUST_MS = 100
REPEAT = 7


@dataclass(frozen=True)
class Timing:
    """One question to one list."""

    page: str
    question: str
    rows: int
    queries: int
    ms: float
    cpu_ms: float


def main(arguments: list[str]) -> int:
    """Measure and print; 1 where a page takes longer than it must."""
    parser = argparse.ArgumentParser(prog="script/bench pages")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    timings = list(measure(options.records))
    if options.json:
        print(json.dumps([asdict(timing) for timing in timings]))
    else:
        show(timings)
    return 0 if all(timing.ms < MUST_MS for timing in timings) else 1


def measure(records: int) -> Iterator[Timing]:
    """Fill the tables and ask every question."""
    from django.conf import settings
    from django.test import Client

    from bench.installation import prepare
    from pages import registry
    from pages.lists import ListPage
    from people.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    prepare()
    client = Client(headers={"HX-Request": "true"})
    client.force_login(User.objects.get(username="admin"))
    for name in LARGE:
        page = registry.get(name)
        assert isinstance(page, ListPage)
        FILLERS.get(page.model, fill)(page.model, records)
        for question, query in questions(page, records):
            yield ask(client, name, registry.reverse(name), question, query)
    for name in HOMES:
        yield ask(client, name, registry.reverse(name), "home, whole page", {})


def fill(label: str, records: int) -> None:
    """Copies of one valid record, with names of their own."""
    from records import db, writes
    from records.schema import schema

    table = schema(label)
    name, number = table.model.Record.title[-1], table.natural_key
    seed = {"lastname": "Seed"} if "lastname" in table else {"name": "Seed"}
    key = writes.insert(label, [{**seed, **({number: "SEED"} if number else {})}], source="setup").single().pk
    own = {table.pk_column: "uuidv7()", name: "'Åkeri ' || (i * 7919 %% 100003) || ' AB'"}
    own |= {number: "'N' || lpad(i::text, 8, '0')"} if number else {}
    columns = [info.column for info in table if info.stored]
    values = ", ".join(own.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    db.execute("SET session_replication_role = replica")
    db.execute(
        f'INSERT INTO "{table.table}" ({names}) SELECT {values} FROM "{table.table}" t, generate_series(1, %s) i '
        f'WHERE t."{table.pk_column}" = %s::uuid',
        [records, key],
    )
    db.execute("SET session_replication_role = origin")
    db.execute(f'VACUUM ANALYZE "{table.table}"')


def relate(_label: str, records: int) -> None:
    """A relation for each contact that has none yet."""
    from records import db

    db.execute("SET session_replication_role = replica")
    db.execute(
        "INSERT INTO erp_contactbusinessrelation (system_id, contact_no_id, business_relation_code_id, link_to_table, no) "
        "SELECT uuidv7(), c.system_id, (SELECT system_id FROM erp_businessrelation ORDER BY code LIMIT 1), 1, c.no "
        "FROM erp_contact c WHERE NOT EXISTS "
        "(SELECT 1 FROM erp_contactbusinessrelation r WHERE r.contact_no_id = c.system_id) LIMIT %s",
        [records],
    )
    db.execute("SET session_replication_role = origin")
    db.execute("VACUUM ANALYZE erp_contactbusinessrelation")


#: tables whose rows are no copies of one
FILLERS: dict[str, Callable[[str, int], None]] = {"erp.ContactBusinessRelation": relate}


def questions(page: Any, records: int) -> Iterator[tuple[str, dict[str, str]]]:
    """What a user asks of a list."""
    from records.listing import is_orderable

    view = {"view": "all"} if page.app == "crm" else {}  # Sales lists open with the active records alone
    last = records // page.page_size
    yield "first page", view
    yield "page in the middle", {**view, "page": str(last // 2)}
    yield "last page", {**view, "page": str(last)}
    for column in [c for c in page.columns if isinstance(c, str)][:4]:
        if is_orderable(page.table[column]):
            yield f"by {column}, downwards", {**view, "sort": f"-{column}"}
    name = page.table.model.Record.title[-1]
    if page.table[name].kind != "text":
        yield "search, some", {**view, "q": "akeri 4711"}
        yield "search, none", {**view, "q": "nothing at all"}
        return
    yield "search, some", {**view, "q": "akeri 4711"}
    yield "search, none", {**view, "q": "nothing at all"}
    yield "filter, a tenth", {**view, "filter": f"{name}=*1 AB"}


def ask(client: Any, name: str, address: str, question: str, query: dict[str, str]) -> Timing:
    """One question, several times."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, query)
    asked = len(queries)
    assert answer.status_code == 200, answer.content[:300]
    times, before = [], cpu_ms()
    for _ in range(REPEAT):
        begin = time.perf_counter()
        client.get(address, query)
        times.append((time.perf_counter() - begin) * 1000)
    rows = answer.content.count(b"<tr data-pk=")
    cpu = (cpu_ms() - before) / REPEAT
    return Timing(name, question, rows, asked, round(statistics.median(times), 1), round(cpu, 1))


def cpu_ms() -> float:
    """CPU time of this process and, where it can be read, of its database session."""
    from records import db

    found = db.one("SELECT pg_backend_pid()")
    stat = Path(f"/proc/{found[0] if found else 0}/stat")
    own = time.process_time() * 1000
    if not stat.exists():
        return own
    fields = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return own + (int(fields[11]) + int(fields[12])) * 10


def show(timings: list[Timing]) -> None:
    """A table for people."""
    print(f"{'list':20}{'question':40}{'rows':>6}{'queries':>9}{'ms':>8}{'CPU ms':>8}   must < {MUST_MS} ms")
    for t in timings:
        mark = "" if t.ms < MUST_MS else "  TOO SLOW"
        print(f"{t.page:20}{t.question:40}{t.rows:6}{t.queries:9}{t.ms:8.1f}{t.cpu_ms:8.1f}{mark}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
