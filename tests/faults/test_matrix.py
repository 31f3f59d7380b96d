"""The fault matrix: what may go wrong, and the test that shows what happens then.

Kills, sessions ended and passing errors at every named point are in `test_kills`; users beside workers in `test_storm`
and `test_concurrency`; everything else that needs real processes is here. `MATRIX` names the tests of each row, and the
last test of this file looks that they are there.
"""

from __future__ import annotations

import random
import re
import signal
import time
from typing import Any

import pytest

from config.folders import ROOT
from tests.faults.test_kills import assert_same
from tests.faults.yard import Yard, is_stopped

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

KILLS, STORM, HERE = "tests/faults/test_kills.py", "tests/faults/test_storm.py", "tests/faults/test_matrix.py"
BROKER, POISON = "tests/faults/test_broker.py", "tests/faults/test_poison.py"
TOGETHER, JOBS, CHANGES = "tests/faults/test_concurrency.py", "tests/sync/test_jobs.py", "tests/sync/test_changes.py"
#: row of the matrix -> (fault, tests)
MATRIX: dict[int, tuple[str, list[str]]] = {
    1: (
        "a worker killed in the middle of a chunk",
        [
            f"{KILLS}::test_a_worker_killed_at_any_point_leaves_no_trace",
            f"{KILLS}::test_workers_killed_again_and_again",
            f"{KILLS}::test_a_large_job_survives_kills_at_every_point",
        ],
    ),
    2: ("all workers killed, others started later", [f"{HERE}::test_all_workers_killed_and_others_started_later"]),
    3: (
        "a worker that stands still longer than its lease",
        [f"{KILLS}::test_a_worker_that_freezes_longer_than_its_lease_writes_nothing_when_it_wakes"],
    ),
    4: (
        "the broker killed, and back without its messages",
        [
            f"{KILLS}::test_a_broker_that_loses_every_message_delays_work_and_loses_none",
            f"{BROKER}::test_jobs_asked_for_without_a_broker_run_once_when_it_is_back",
        ],
    ),
    5: (
        "a broker that is deaf for a while and drops its clients",
        [f"{BROKER}::test_a_deaf_worker_ends_and_the_next_one_hears"],
    ),
    6: (
        "messages doubled and in any order",
        [f"{BROKER}::test_many_bells_for_one_job_run_it_once", f"{TOGETHER}::test_a_second_bell_finds_nothing_to_do"],
    ),
    7: ("the database killed", [f"{STORM}::test_no_edit_is_lost_when_the_database_is_killed"]),
    8: (
        "sessions ended by the server",
        [
            f"{KILLS}::test_a_session_ended_by_the_server_at_any_point_leaves_no_trace",
            f"{HERE}::test_sessions_ended_at_random",
        ],
    ),
    9: (
        "deadlock, serialization failure, lock time-out",
        [
            f"{KILLS}::test_passing_errors_of_the_database_are_tried_again",
            f"{JOBS}::test_a_passing_error_that_does_not_pass_fails_the_job_in_the_end",
        ],
    ),
    10: (
        "two workers, one mapping",
        [
            f"{TOGETHER}::test_asked_for_by_eight_users_at_once_it_is_one_job",
            f"{TOGETHER}::test_every_chunk_is_done_once_by_eight_workers",
            f"{JOBS}::test_two_running_whole_jobs_are_impossible",
        ],
    ),
    11: (
        "one record coupled twice at once",
        [
            f"{TOGETHER}::test_creating_the_same_partner_at_once_makes_one",
            "tests/faults/test_matching_at_once.py::test_users_and_a_match_job_couple_the_same_records",
            "tests/faults/test_matching_at_once.py::test_two_match_jobs_and_a_run_that_creates_couple_everything_once",
        ],
    ),
    12: ("users edit while their records are carried", [f"{STORM}::test_no_edit_is_lost_while_workers_are_killed"]),
    13: (
        "the destination edited between read and write",
        [f"{HERE}::test_an_edit_between_read_and_write_is_merged_and_not_overwritten"],
    ),
    14: (
        "both sides edited, every strategy",
        [
            "tests/model/test_model.py::test_the_product_does_what_the_reference_says",
            "tests/unit/engine/test_decide.py::test_a_clash_on_one_field",
        ],
    ),
    15: ("an edit that commits late", [f"{TOGETHER}::test_an_edit_that_commits_late_is_found"]),
    16: ("clocks that are wrong", [f"{HERE}::test_stamps_decide_nothing"]),
    17: (
        "deletions on either side, and the same number again",
        [
            f"{HERE}::test_a_customer_deleted_and_made_again_with_its_number_is_another_record",
            "tests/unit/engine/test_decide.py::test_a_deletion_counts_where_the_survivor_starts",
            "tests/model/test_model.py::test_the_product_does_what_the_reference_says",
        ],
    ),
    18: (
        "TRUNCATE and bulk writes past the application",
        [
            f"{CHANGES}::test_truncate_is_refused_outside_the_tests_own_setting",
            f"{CHANGES}::test_insert_update_and_delete_are_logged_whoever_writes",
        ],
    ),
    19: (
        "a unique value taken at the destination",
        [f"{HERE}::test_a_value_that_is_taken_fails_its_record_and_no_other"],
    ),
    20: (
        "a record that raises, or kills its worker",
        [
            f"{POISON}::test_records_that_harm_their_workers_fail_alone",
            "tests/sync/test_alone.py::test_a_coupled_culprit_is_skipped_the_second_time",
            f"{JOBS}::test_the_record_that_raises_is_found_and_all_others_go_through",
        ],
    ),
    21: (
        "values no database takes",
        [
            f"{HERE}::test_values_that_the_other_side_cannot_take_fail_their_records_only",
            "tests/records/test_values.py::test_every_bad_field_is_named_at_once",
            "tests/unit/engine/test_decide.py::test_a_text_that_is_too_long_fails_with_its_field",
        ],
    ),
    22: (
        "an option without mapping",
        [
            f"{HERE}::test_values_that_the_other_side_cannot_take_fail_their_records_only",
            "tests/records/test_values.py::test_an_option_that_the_table_lacks_is_refused",
            "tests/unit/engine/test_decide.py::test_an_unknown_value_fails_the_record",
        ],
    ),
    23: (
        "records that need each other",
        [
            "tests/sync/test_dependencies.py::test_a_person_and_the_new_customer_go_over_in_one_run",
            "tests/sync/test_dependencies.py::test_each_waiting_record_is_given_to_one_follower_however_many_jobs_end",
            "tests/sync/test_dependencies.py::test_another_missing_record_wakes_nobody",
        ],
    ),
    24: (
        "several schedulers",
        [
            "tests/faults/test_schedulers.py::test_three_schedulers_start_each_due_tick_once",
            f"{TOGETHER}::test_three_schedulers_start_one_job_per_tick",
        ],
    ),
    25: (
        "no space left",
        [
            f"{KILLS}::test_passing_errors_of_the_database_are_tried_again",
            f"{JOBS}::test_a_database_that_is_away_uses_up_no_attempts",
        ],
    ),
    26: (
        "a user who holds a record for an hour",
        [f"{TOGETHER}::test_a_record_that_a_user_holds_waits_and_the_others_go_on"],
    ),
    27: (
        "the mapping edited under its job",
        [
            f"{HERE}::test_a_mapping_edited_under_its_job_is_asked_again",
            f"{JOBS}::test_a_mapping_edited_under_a_run_stops_it_and_the_work_is_asked_again",
        ],
    ),
    28: (
        "a right taken away",
        [
            f"{HERE}::test_a_right_taken_away_refuses_the_job_that_waits",
            f"{JOBS}::test_a_right_that_was_taken_away_stops_a_job_that_waits",
        ],
    ),
    29: (
        "cancel, and workers stopped for an update",
        [
            f"{HERE}::test_workers_stopped_politely_lose_no_attempt",
            f"{HERE}::test_cancel_ends_a_run_at_the_next_border_and_keeps_what_is_done",
            f"{JOBS}::test_cancel_during_a_chunk_ends_at_its_border",
        ],
    ),
    30: ("workers of an older version", [f"{HERE}::test_an_older_worker_leaves_newer_jobs_alone"]),
    31: (
        "a database restored from an older copy",
        [
            "tests/faults/test_restore.py::test_a_restored_backup_is_compared_before_anything_runs_by_itself",
            f"{HERE}::test_after_a_restore_of_one_side_a_comparison_shows_what_differs",
        ],
    ),
}


def test_all_workers_killed_and_others_started_later(yard: Yard, undisturbed: Any) -> None:
    yard.beat()
    workers = [yard.worker("before_commit=sleep:0.2@*") for _ in range(2)]
    yard.wait(lambda: bool(yard.one("SELECT count(*) FROM sync_chunk WHERE state = 'done'")))
    for worker in workers:
        worker.kill()
    time.sleep(5)

    yard.worker()
    yard.worker()
    began = time.monotonic()
    yard.wait(yard.ended)

    assert time.monotonic() - began < 3 + 1 + 10 + 15, "lease, sweep, and the work"
    assert_same(yard, undisturbed)


def test_sessions_ended_at_random(yard: Yard, undisturbed: Any) -> None:
    chance = random.Random(8)
    yard.beat()
    yard.worker()
    yard.worker()
    ended = 0
    while not yard.ended() and ended < 60:
        ended += yard.one(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        time.sleep(chance.uniform(0.05, 0.4))
    yard.wait(yard.ended)

    assert ended
    assert_same(yard, undisturbed)


def test_an_edit_between_read_and_write_is_merged_and_not_overwritten(yard: Yard) -> None:
    yard.beat()
    worker = yard.worker("before_dest_write=stop@1")
    yard.wait(lambda: is_stopped(worker))
    with yard.sql() as cursor:
        cursor.execute("UPDATE crm_account SET fax = '47 22 00' WHERE name LIKE 'Customer%'")
    yard.go_on(worker)
    yard.wait(yard.ended)
    conflicts = yard.one("SELECT count(*) FROM sync_outcomerow WHERE reason = 'version_conflict'")
    yard.drive("start")
    yard.wait(yard.ended)

    assert conflicts > 0
    assert yard.one("SELECT count(*) FROM erp_customer WHERE name LIKE 'Customer%' AND fax_no = '47 22 00'") == 600
    assert yard.one("SELECT count(*) FROM crm_account WHERE name LIKE 'Customer%' AND address1_city = 'Bergen'") == 600
    assert yard.state()["violations"] == []


def test_stamps_decide_nothing(yard: Yard, undisturbed: Any) -> None:
    with yard.sql() as cursor:
        cursor.execute("UPDATE erp_customer SET system_modified_at = '2000-01-01', row_version = row_version + 1")
        cursor.execute("UPDATE crm_account SET modifiedon = '2099-01-01', row_version = row_version + 1")
        cursor.execute("UPDATE sync_pending SET queued_at = '2099-01-01'")
    yard.beat()
    yard.worker()
    yard.wait(yard.ended)

    found = yard.state()
    assert found["jobs"] == undisturbed["jobs"]
    assert found["violations"] == []


def test_a_customer_deleted_and_made_again_with_its_number_is_another_record(yard: Yard) -> None:
    run_to_its_end(yard)
    with yard.sql() as cursor:
        cursor.execute("SELECT no FROM erp_customer WHERE name = 'Customer 00007'")
        (no,) = cursor.fetchone()
    yard.drive("replace", no)
    yard.drive("start")
    yard.wait(yard.ended)

    assert yard.one("SELECT count(*) FROM crm_account WHERE name = 'Customer 00007'") == 1, (
        "not revived, not taken over"
    )
    assert yard.one("SELECT name FROM erp_customer WHERE no = %s", no) == "Somebody else"
    assert yard.one(
        "SELECT count(*) FROM coupling_coupling k JOIN crm_account a ON a.accountid = k.crm_id WHERE a.name = 'Customer 00007' AND k.broken"
    )
    assert yard.state()["violations"] == []


def test_a_value_that_is_taken_fails_its_record_and_no_other(yard: Yard) -> None:
    with yard.sql() as cursor:
        cursor.execute("UPDATE erp_customer SET fax_no = '1' || right(name, 5) WHERE name LIKE 'Customer%'")
        cursor.execute(
            "UPDATE erp_customer SET fax_no = 'taken' WHERE name IN ('Customer 00011', 'Customer 00100', 'Customer 00333')"
        )
        cursor.execute("CREATE UNIQUE INDEX ON crm_account (fax)")
        cursor.execute("UPDATE crm_account SET fax = 'taken' WHERE name = 'Adatum Nord'")
    yard.beat()
    yard.worker()
    yard.worker()
    yard.wait(yard.ended)

    with yard.sql() as cursor:
        cursor.execute("SELECT erp_name FROM (SELECT c.name AS erp_name FROM sync_outcomerow o JOIN erp_customer c ON c.system_id = o.erp_id "
                       "WHERE o.action = 'fail' AND o.direction = 'to_crm') x ORDER BY 1")  # fmt: skip
        failed = [row[0] for row in cursor.fetchall()]
    assert failed == ["Customer 00011", "Customer 00100", "Customer 00333"]
    assert yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Bergen' AND name LIKE 'Customer%'") == 597
    assert yard.state()["violations"] == []


def test_a_mapping_edited_under_its_job_is_asked_again(yard: Yard) -> None:
    yard.beat()
    worker = yard.worker("after_plan=stop")
    yard.wait(lambda: is_stopped(worker))
    yard.drive("edit_mapping")
    yard.go_on(worker)
    yard.wait(yard.ended)

    found = yard.state()
    assert [job[1:3] for job in found["jobs"]] == [["failed", "mapping_changed"], ["finished", ""]]
    assert yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Bergen' AND name LIKE 'Customer%'") == 600
    assert found["violations"] == []


def test_a_right_taken_away_refuses_the_job_that_waits(yard: Yard) -> None:
    yard.drive("revoke")
    run_to_its_end(yard)

    ((_kind, state, code, _counters, processed, _total),) = yard.state()["jobs"]
    assert (state, code, processed) == ("failed", "permission_denied", 0)
    assert yard.one("SELECT count(*) FROM people_auditentry WHERE action = 'job_refused'") == 1
    assert yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Bergen'") == 0


def test_cancel_ends_a_run_at_the_next_border_and_keeps_what_is_done(yard: Yard) -> None:
    yard.beat()
    slow = yard.worker("before_commit=sleep:2@*")
    yard.wait(lambda: yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Bergen'") > 0)
    yard.drive("cancel")
    began = time.monotonic()
    yard.wait(yard.ended)

    assert time.monotonic() - began < 5
    found = yard.state()
    ((_kind, state, _code, counters, _processed, _total),) = found["jobs"]
    done = yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Bergen' AND name LIKE 'Customer%'")
    assert state == "cancelled"
    assert 0 < done == counters["to_crm"]["modified"] < 600
    assert {text.split()[0] for text in found["violations"]} == {"I4"}, "the rest waits"

    slow.kill()
    slow.wait()
    yard.worker()
    yard.drive("start")
    yard.wait(yard.ended)
    assert yard.one("SELECT count(*) FROM crm_account WHERE address1_city = 'Bergen' AND name LIKE 'Customer%'") == 600
    assert yard.state()["violations"] == []


def test_values_that_the_other_side_cannot_take_fail_their_records_only(yard: Yard) -> None:
    """Too long for the ERP, and an option that no code is coupled with."""
    with yard.sql() as cursor:
        for number, change in enumerate(
            ("emailaddress1 = repeat('x', 80) || '@a.example'", "paymenttermscode = 987654")
        ):
            cursor.execute(f"UPDATE crm_account SET {change} WHERE name LIKE 'Customer %{number}7'")
    run_to_its_end(yard)

    with yard.sql() as cursor:
        cursor.execute(
            "SELECT o.reason, count(*) FROM sync_outcomerow o WHERE o.action = 'fail' AND o.direction = 'from_crm' GROUP BY 1"
        )
        failed = dict(cursor.fetchall())
    found = yard.state()
    ((_kind, state, _code, counters, _processed, _total),) = found["jobs"]
    assert state == "finished"
    assert failed == {"too_long": 6, "dependency_not_coupled": 6}
    assert counters["to_crm"]["modified"] == 600 - 12
    assert yard.one("SELECT count(*) FROM erp_customer WHERE e_mail LIKE 'xx%'") == 0
    assert found["violations"] == []


def test_workers_stopped_politely_lose_no_attempt(yard: Yard, undisturbed: Any) -> None:
    chance = random.Random(29)
    yard.beat()
    for _worker in range(3):
        worker = yard.worker("before_commit=sleep:0.1@*")
        yard.wait(lambda: yard.one("SELECT count(*) FROM sync_chunk WHERE state = 'running'") or yard.ended())
        time.sleep(chance.uniform(0, 0.5))
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
    yard.worker()
    yard.wait(yard.ended)

    assert yard.one("SELECT sum(losses) FROM sync_chunk") == 0
    assert yard.one("SELECT max(attempts) FROM sync_chunk") == 1
    assert_same(yard, undisturbed)


def test_an_older_worker_leaves_newer_jobs_alone(yard: Yard, undisturbed: Any) -> None:
    with yard.sql() as cursor:
        cursor.execute("UPDATE sync_job SET protocol = protocol + 1")
    yard.beat()
    yard.worker()
    yard.wait(lambda: (yard.data / "w1.log").exists() and (yard.data / "w1.log").read_text().count("succeeded in") > 5)
    assert yard.one("SELECT count(*) FROM sync_job WHERE state <> 'ready'") == 0

    with yard.sql() as cursor:  # the new version's worker is there
        cursor.execute("UPDATE sync_job SET protocol = protocol - 1")
    yard.wait(yard.ended)
    assert_same(yard, undisturbed)


def test_after_a_restore_of_one_side_a_comparison_shows_what_differs(yard: Yard) -> None:
    with yard.sql() as cursor:
        cursor.execute("CREATE TABLE older AS SELECT * FROM crm_account WHERE name LIKE 'Customer 0000%'")
    run_to_its_end(yard)
    with yard.sql() as cursor:
        cursor.execute("ALTER TABLE crm_account DISABLE TRIGGER ALL")
        cursor.execute(
            "UPDATE crm_account a SET address1_city = o.address1_city, row_version = o.row_version "
            "FROM older o WHERE o.accountid = a.accountid"
        )
        cursor.execute("ALTER TABLE crm_account ENABLE TRIGGER ALL")
    accounts = yard.one("SELECT count(*) FROM crm_account")
    yard.drive("start", "full_unconditional")
    yard.wait(yard.ended)

    found = yard.state()
    (*_before, (kind, state, _code, counters, _processed, _total)) = found["jobs"]
    assert (kind, state, counters["to_crm"]["inserted"]) == ("full_unconditional", "finished", 0)
    assert sum(counters[way][what] for way in counters for what in ("modified", "failed")) == 10, counters
    assert yard.one("SELECT count(*) FROM crm_account") == accounts
    assert found["violations"] == []


def run_to_its_end(yard: Yard) -> None:
    """The run that waits, undisturbed."""
    yard.beat()
    yard.worker()
    yard.wait(yard.ended)


def test_every_row_of_the_matrix_has_tests_that_are_there() -> None:
    assert sorted(MATRIX) == list(range(1, 32))
    for row, (fault, tests) in MATRIX.items():
        assert tests, (row, fault)
        for test in tests:
            path, _, name = test.partition("::")
            assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), (row, fault, test)
