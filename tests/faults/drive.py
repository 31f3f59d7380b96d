"""What fault tests do inside the application, as a process of its own: `python -m tests.faults.drive COMMAND ...`."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

#: Customers that are coupled beforehand, and those that the run has to create.
CUSTOMERS, NEW = int(os.environ.get("FAULT_CUSTOMERS", "600")), 100
#: Columns that name a job.
JOBS = ("job_id", "last_job_to_crm", "last_job_from_crm")
#: Tables whose every column must be the same with and without a fault.
COMPARED = (
    "erp_%",
    "crm_%",
    "coupling_coupling",
    "coupling_optionmapping",
    "sync_outcomerow",
    "sync_pending",
    "sync_failure",
)


def build() -> None:
    """A connected company, all customers coupled with accounts."""
    from coupling.models import IntegrationTableMapping
    from records.writes import insert
    from sync.jobs import drain
    from sync.models import ChangeLog, Chunk, Job, OutcomeRow, Pending, Schedule
    from sync.services import schedule_hold_all
    from tests.coupling.world import build as build_world

    build_world()
    insert("erp.Customer", [{"name": f"Customer {i:05}", "city": "Oslo"} for i in range(CUSTOMERS)], source="setup")
    schedule_hold_all(user=admin())
    IntegrationTableMapping.objects.filter(name="CUSTOMER").update(update_conflict="merge", only_coupled=False)
    start("full", "to_crm")
    drain()
    for model in (OutcomeRow, Chunk, Job, Pending, ChangeLog):
        model.objects.all().delete()
    assert set(Schedule.objects.values_list("state", flat=True)) == {"on_hold"}


def edit() -> None:
    """Customers and accounts change in different fields, and there are new customers."""
    from records import db
    from records.writes import insert

    db.execute("UPDATE erp_customer SET city = 'Bergen' WHERE name LIKE 'Customer%%'")
    db.execute("UPDATE crm_account SET telephone1 = '+47 ' || right(name, 5) WHERE name LIKE 'Customer%%5'")
    insert("erp.Customer", [{"name": f"New {i:05}"} for i in range(NEW)], source="setup")


def start(kind: str = "modified", direction: str = "") -> None:
    """A run of CUSTOMER; prints its id."""
    from coupling.models import IntegrationTableMapping
    from sync.services import mapping_run

    mapping = IntegrationTableMapping.objects.get(name="CUSTOMER")
    started = mapping_run(
        user=admin(), mapping=mapping, mode=kind, direction=direction, create_new=direction == "to_crm"
    )
    print(started.jobs[0].pk)


def prepare() -> None:
    """Edit, and start the run that carries it."""
    edit()
    start()


def now(times: str) -> None:
    """Synchronize Now on records that were not edited, one after the other; [[state, seconds from click to end]]."""
    import time

    from records.schema import model_of
    from sync.models import Job
    from sync.selectors import wait
    from sync.services import sync_now

    found = []
    for name in ("Adatum", "Fabrikam", "Adatum", "Fabrikam", "Adatum")[: int(times)]:
        key = str(model_of("erp.Customer").objects.get(name=name).pk)
        began = time.monotonic()
        job = sync_now(user=admin(), mapping="CUSTOMER", direction="to_crm", erp_ids=[key]).jobs[0]
        wait([str(job.pk)], 30)
        found.append([Job.objects.get(pk=job.pk).state, round(time.monotonic() - began, 3)])
    print(json.dumps(found))


def ask(records: str) -> None:
    """Synchronize Now on so many customers, each in a job of its own; nobody waits."""
    from records.schema import model_of
    from sync.services import sync_now

    customers = model_of("erp.Customer").objects.filter(name__startswith="Customer").order_by("pk")
    for key in customers.values_list("pk", flat=True)[: int(records)]:
        sync_now(user=admin(), mapping="CUSTOMER", direction="to_crm", erp_ids=[str(key)])
    print("asked")


def ring(times: str) -> None:
    """So many bells for the same work."""
    from sync import bell
    from sync.models import Job

    for _time in range(int(times)):
        for job in Job.objects.all():
            bell.ring(str(job.pk))
    print("rung")


def edit_mapping() -> None:
    """An administrator edits CUSTOMER."""
    from coupling.models import IntegrationTableMapping
    from coupling.services.mapping import mapping_update

    mapping_update(mapping=IntegrationTableMapping.objects.get(name="CUSTOMER"), values={"update_conflict": "send"})
    print("edited")


def insert(name: str, number: str) -> None:
    """So many new customers of this name."""
    from records.writes import insert as write

    write("erp.Customer", [{"name": f"{name} {i:05}"} for i in range(int(number))], source="page")


def undo() -> None:
    """Take back what the last run wrote."""
    from sync.models import Job
    from sync.services import job_undo

    job_undo(user=admin(), job=Job.objects.order_by("-id")[0])


def uncouple() -> None:
    """Delete all couplings of CUSTOMER."""
    from sync.services import mapping_uncouple

    mapping_uncouple(user=admin(), mapping=customer())


def match() -> None:
    """Couple what has the same name."""
    from sync.services import mapping_match

    customer().lines.filter(erp_field="name").update(match=True)
    mapping_match(user=admin(), mapping=customer(), create_new=False, synchronize_after=False)


def import_rows(number: str) -> None:
    """Import so many new customers."""
    from sync.services import import_start

    rows = "".join(f"Imported {i:05}\n" for i in range(int(number)))
    import_start(user=admin(), table="erp.Customer", blocks=[f"name\n{rows}".encode()], file_name="new.csv")


def preview() -> None:
    """What a full run of CUSTOMER would do."""
    from sync.services import mapping_run

    mapping_run(user=admin(), mapping=customer(), mode="full", preview=True)


def cancel() -> None:
    """Cancel the last job."""
    from sync.jobs import cancel as stop
    from sync.models import Job

    stop(Job.objects.order_by("-id")[0])


def revoke() -> None:
    """The administrator's sets are taken away."""
    from people.models import User

    User.objects.filter(username="admin").update(permission_sets=["view"])


def customer() -> Any:
    """The mapping that all of this is about."""
    from coupling.models import IntegrationTableMapping

    return IntegrationTableMapping.objects.get(name="CUSTOMER")


def compare() -> None:
    """Compare Everything."""
    from sync import restored

    restored.compare_everything(user=admin())


def replace(no: str) -> None:
    """A customer is deleted, and another one is made with its number."""
    from records.schema import model_of
    from records.writes import delete, insert

    key = str(model_of("erp.Customer").objects.get(no=no).pk)
    delete("erp.Customer", [(key, None)], source="page").single()
    insert("erp.Customer", [{"no": no, "name": "Somebody else"}], source="page").single()


def state() -> None:
    """Everything that must be the same after a fault, as JSON."""
    print(json.dumps(tables() | {"jobs": jobs(), "violations": violations()}, default=str))


def digest() -> None:
    """The same for a large installation: each table as its number of rows and their fingerprint."""
    short = {
        table: [len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()] for table, rows in tables().items()
    }
    print(json.dumps(short | {"jobs": jobs(), "violations": violations()}, default=str))


def tables() -> dict[str, Any]:
    """{table: sorted rows}: of moments whether there is one, of accounts their names, for they are made by the run."""
    from records import db

    columns = db.rows(
        "SELECT c.relname, a.attname::text, a.atttypid::regtype::text, coalesce(a.attnum = ANY(i.indkey::int2[]), false) "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
        "WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relname LIKE ANY(%s) "
        "AND c.relnamespace = current_schema()::regnamespace AND a.attname <> 'chunk_id' ORDER BY c.relname, a.attnum",
        [list(COMPARED)],
    )
    shown: dict[str, list[str]] = {}
    for table, name, kind, is_key in columns:
        shown.setdefault(table, []).append(f'{_shown(name, kind, is_key)} AS "{name}"')
    return {
        table: sorted(
            row[0]
            for row in db.rows(f'SELECT row_to_json(x)::text FROM (SELECT {", ".join(parts)} FROM "{table}" t) x')
        )
        for table, parts in shown.items()
    }


def _shown(name: str, kind: str, is_key: bool) -> str:
    """What of a column is the same in every run."""
    if kind in ("timestamp with time zone", "date") or is_key or name in JOBS:
        return f't."{name}" IS NOT NULL'
    if kind == "uuid":
        return f'coalesce((SELECT a.name FROM crm_account a WHERE a.accountid = t."{name}"), t."{name}"::text)'
    return f't."{name}"'


def jobs() -> list[Any]:
    """State and counters of all jobs, oldest first."""
    from sync.models import Job

    return [[j.kind, j.state, j.message_code, j.counters, j.processed, j.total] for j in Job.objects.order_by("id")]


def violations() -> list[str]:
    """What the invariants find."""
    from sync import invariants

    return [f"{v.invariant} {v.found}" for v in invariants.check(drain_seconds=5)]


def admin() -> Any:
    from people.models import User

    return User.objects.get(username="admin")


DONE_BY_NAME = (
    ask, build, cancel, compare, digest, edit, edit_mapping, import_rows, insert, match, now, prepare, preview, replace,
    revoke, ring, start, state, uncouple, undo,
)  # fmt: skip
COMMANDS: dict[str, Callable[..., None]] = {function.__name__: function for function in DONE_BY_NAME}

if __name__ == "__main__":
    import django

    django.setup()
    from records.actor import acting

    with acting("admin", "setup"):
        COMMANDS[sys.argv[1]](*sys.argv[2:])
