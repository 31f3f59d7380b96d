"""The change log and the router: what is logged, and where it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.checks import run_checks
from django.db import connection

from records import db, writes
from sync import changes
from sync.changes import install, triggers
from sync.models import ChangeLog, Pending
from tests.sync.conftest import make_mapping

pytestmark = pytest.mark.django_db

CUSTOMER = "erp.Customer"


def logged() -> list[tuple[str, str, str]]:
    """(label, operation, origin) of all log rows, in order."""
    return list(ChangeLog.objects.order_by("id").values_list("label", "operation", "origin"))


def customer(**values: object) -> str:
    """A customer, with an empty log behind it."""
    pk = writes.insert(CUSTOMER, [{"no": "C1", "name": "Adatum", **values}], source="setup").single().pk
    ChangeLog.objects.all().delete()
    return pk


def waiting() -> set[tuple[str, str, str]]:
    return {(p.mapping, p.side, str(p.record)) for p in Pending.objects.all()}


@contextmanager
def written_by(mapping: str, *, quiet: bool = False) -> Iterator[None]:
    """Statements inside are the engine's."""
    db.execute(
        "SELECT set_config('tandem.origin', %s, true), set_config('tandem.quiet', %s, true)",
        [mapping, "on" if quiet else ""],
    )
    yield
    db.execute("SELECT set_config('tandem.origin', '', true), set_config('tandem.quiet', '', true)")


def sql(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_insert_update_and_delete_are_logged_whoever_writes() -> None:
    pk = customer()

    sql("UPDATE erp_customer SET name = 'Contoso' WHERE system_id = %s", pk)
    sql("DELETE FROM erp_contactbusinessrelation")
    sql("DELETE FROM erp_customer WHERE system_id = %s", pk)

    assert [row for row in logged() if row[0] == CUSTOMER] == [(CUSTOMER, "U", ""), (CUSTOMER, "D", "")]


def test_an_update_that_changes_only_version_and_stamps_is_not_logged() -> None:
    pk = customer()

    sql("UPDATE erp_customer SET name = name, system_modified_at = now() WHERE system_id = %s", pk)

    assert logged() == []


def test_only_the_rows_that_differ_are_logged() -> None:
    pk = customer()
    writes.insert(CUSTOMER, [{"no": f"D{i}", "name": "Other"} for i in range(5)], source="setup")
    ChangeLog.objects.all().delete()

    sql("UPDATE erp_customer SET name = 'Adatum'")

    assert ChangeLog.objects.filter(label=CUSTOMER).count() == 5
    assert not ChangeLog.objects.filter(record=pk).exists()


def test_null_and_blank_are_compared_as_stored() -> None:
    pk = customer()

    sql("UPDATE erp_customer SET territory_code_id = NULL WHERE system_id = %s", pk)
    assert logged() == []


def test_quiet_writes_are_not_logged_and_others_carry_their_origin() -> None:
    pk = customer()

    with written_by("CUSTOMER", quiet=True):
        sql("UPDATE erp_customer SET name = 'A' WHERE system_id = %s", pk)
    with written_by("CUSTOMER"):
        sql("UPDATE erp_customer SET name = 'B' WHERE system_id = %s", pk)

    assert logged() == [(CUSTOMER, "U", "CUSTOMER")]


def test_a_large_update_after_a_small_one_stays_fast() -> None:
    """The plan of the trigger's join is made at the first call and must serve any size."""
    pk = customer()
    sql("UPDATE erp_customer SET name = 'first' WHERE system_id = %s", pk)
    writes.insert(CUSTOMER, [{"no": f"X{i}", "name": "Many"} for i in range(4000)], source="setup")
    ChangeLog.objects.all().delete()

    sql("SET LOCAL statement_timeout = '3s'")
    sql("UPDATE erp_customer SET name = 'all' WHERE name = 'Many'")

    assert ChangeLog.objects.filter(label=CUSTOMER).count() == 4000


def test_router_sends_to_the_mappings_that_read_the_table(mapping) -> None:
    pk = customer()
    make_mapping("OTHER", CUSTOMER, "crm.Contact", "contactid")
    sql("UPDATE erp_customer SET name = 'x' WHERE system_id = %s", pk)

    sent = changes.route_all()

    assert sent == {"CUSTOMER": 1, "OTHER": 1}
    assert waiting() == {("CUSTOMER", "erp", pk), ("OTHER", "erp", pk)}
    assert not ChangeLog.objects.exists()


def test_a_mappings_own_echo_is_dropped_and_others_see_it(mapping) -> None:
    pk = customer()
    make_mapping("OTHER", CUSTOMER, "crm.Contact", "contactid")

    with written_by("CUSTOMER"):
        sql("UPDATE erp_customer SET name = 'x' WHERE system_id = %s", pk)
    changes.route_all()

    assert waiting() == {("OTHER", "erp", pk)}


def test_a_one_way_mapping_hears_only_deletions_of_the_side_it_writes(connected) -> None:
    make_mapping("IN", CUSTOMER, "crm.Account", "accountid", direction="from_crm")
    pk = customer()
    sql("UPDATE erp_customer SET name = 'x' WHERE system_id = %s", pk)
    changes.route_all()
    assert waiting() == set()

    sql("DELETE FROM erp_contactbusinessrelation")
    sql("DELETE FROM erp_customer WHERE system_id = %s", pk)
    changes.route_all()
    assert waiting() == {("IN", "erp", pk)}


def test_a_table_that_no_mapping_reads_is_logged_and_dropped(connected) -> None:
    pk = customer()
    sql("UPDATE erp_customer SET name = 'x' WHERE system_id = %s", pk)

    assert changes.route_all() == {}
    assert not ChangeLog.objects.exists()


def test_many_changes_of_one_record_wait_once_and_a_new_change_is_fresh(mapping) -> None:
    pk = customer()
    Pending.objects.create(mapping="CUSTOMER", side="erp", record=pk, reason="too_long", attempts=3)

    for name in "xyz":
        sql("UPDATE erp_customer SET name = %s WHERE system_id = %s", name, pk)
    changes.route_all()

    row = Pending.objects.get()
    assert (row.reason, row.attempts, row.not_before) == ("", 0, None)


def test_an_option_mapping_hears_of_options_and_never_of_the_table_they_fill(connected) -> None:
    make_mapping("PAYMENT TERMS", "erp.PaymentTerms", "crm.Account", "paymenttermscode", direction="to_crm")

    labels = {(r.label, r.side) for r in changes.routes()}

    assert labels == {("erp.PaymentTerms", "erp"), ("crm.OptionValue", "crm")}


def test_writes_are_quiet_where_no_other_mapping_reads_the_table(mapping) -> None:
    assert changes.is_quiet("CUSTOMER", "crm.Account")

    make_mapping("VENDOR", "erp.Territory", "crm.Account", "accountid")
    assert not changes.is_quiet("CUSTOMER", "crm.Account")


def test_truncate_is_refused_outside_the_tests_own_setting(settings) -> None:
    settings.ALLOW_TRUNCATE = False
    install.install()
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        sql("TRUNCATE erp_customer CASCADE")


def test_a_missing_trigger_is_an_error_of_the_system_check() -> None:
    assert not [m for m in run_checks(databases=["default"]) if m.id == "sync.E001"]

    sql("DROP TRIGGER sync_log_erp_customer_update ON erp_customer")

    (problem,) = [m for m in run_checks(databases=["default"]) if m.id == "sync.E001"]
    assert "sync_log_erp_customer_update" in problem.msg


def test_installing_again_changes_nothing() -> None:
    assert triggers.install(install.watched_tables()) is False
