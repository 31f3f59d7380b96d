"""A worker dies in every other kind of job: it is done all the same, once, and leaves nothing half done."""

from __future__ import annotations

import signal

import pytest

from tests.faults.yard import Yard

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]

ROWS = 300


def killed_in(yard: Yard, what: tuple[str, ...], at: str = "before_commit=kill9@2") -> None:
    """Ask for a job, let a worker die in it, and another one come to its end."""
    yard.drive(*what)
    worker = yard.worker(at)
    yard.wait(lambda: worker.poll() is not None)
    assert worker.returncode == -signal.SIGKILL
    rescuer = yard.worker()
    yard.wait(yard.ended)
    rescuer.terminate()
    rescuer.wait()
    with yard.sql() as cursor:
        cursor.execute("SELECT state, message_code FROM sync_job ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone() == ("finished", ""), what


def test_a_worker_killed_in_undo_uncoupling_matching_and_import(yard: Yard) -> None:
    yard.beat()
    undo(yard)
    uncouple(yard)
    match(yard)
    import_(yard)

    yard.drive("start")
    yard.worker()
    yard.wait(lambda: yard.ended() and not yard.one("SELECT count(*) FROM sync_changelog"))
    assert yard.state()["violations"] == []


def undo(yard: Yard) -> None:
    """The edits of customers flow out and back again; what the run made goes."""
    worker = yard.worker()
    yard.wait(yard.ended)
    worker.terminate()
    worker.wait()
    assert yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Bergen' AND name LIKE 'Customer%'") == 600

    killed_in(yard, ("undo",))

    assert yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Oslo' AND name LIKE 'Customer%'") == 600
    assert yard.one("SELECT count(*) FROM crm_account WHERE name LIKE 'New%'") == 0
    assert yard.one("SELECT count(*) FROM erp_customer WHERE phone_no LIKE '+47%'") == 0
    made, taken_back = (
        yard.one(f"SELECT count(*) FROM sync_outcomerow o JOIN sync_job j ON j.id = o.job_id WHERE j.kind = '{kind}'")
        for kind in ("modified", "undo")
    )
    assert made == taken_back == 600 + 100 + 60


def uncouple(yard: Yard) -> None:
    """All couplings go; all records stay."""
    accounts = yard.one("SELECT count(*) FROM crm_account")
    coupled = yard.one("SELECT count(*) FROM coupling_coupling WHERE pair = 'CUSTOMER'")
    assert coupled >= 600

    killed_in(yard, ("uncouple",))

    assert yard.one("SELECT count(*) FROM coupling_coupling WHERE pair = 'CUSTOMER'") == 0
    assert yard.one("SELECT count(*) FROM crm_account") == accounts
    assert (
        yard.one("SELECT count(*) FROM crm_account WHERE name LIKE 'Customer%' AND bcbi_companyid_id IS NOT NULL") == 0
    )
    gone = "SELECT count(*) FROM sync_outcomerow o JOIN sync_job j ON j.id = o.job_id WHERE j.kind = 'uncoupling'"
    assert yard.one(f"{gone} AND o.action = 'uncouple' AND o.mapping = 'CUSTOMER'") == coupled


def match(yard: Yard) -> None:
    """Every customer finds its account again."""
    killed_in(yard, ("match",))

    right = (
        "SELECT count(*) FROM coupling_coupling k JOIN erp_customer c ON c.system_id = k.erp_id "
        "JOIN crm_account a ON a.accountid = k.crm_id WHERE a.name = c.name AND c.name LIKE 'Customer%'"
    )
    assert yard.one(right) == 600
    assert yard.one("SELECT count(DISTINCT crm_id) = count(*) FROM coupling_coupling WHERE pair = 'CUSTOMER'")


def import_(yard: Yard) -> None:
    """All rows, each once."""
    killed_in(yard, ("import_rows", str(ROWS)), "before_commit=kill9@1")

    assert yard.one("SELECT count(*) FROM erp_customer WHERE name LIKE 'Imported%'") == ROWS
    assert yard.one("SELECT count(DISTINCT no) FROM erp_customer WHERE name LIKE 'Imported%'") == ROWS
