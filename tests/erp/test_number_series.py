"""Number series: allocation in batch, lines, dates, and two writers at once."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import connection

from erp.services.installation import install
from erp.services.number_series import number_series_allocate
from records import db
from records.writes import insert
from tests.erp.tools import change, create, customer, get, pk_of, refusals, setup

DAY = dt.date(2026, 6, 1)


def series(code="S", **values):
    return create("erp.NoSeries", code=code, **values)


def line(series_pk, starting_no, ending_no="", **values):
    return create("erp.NoSeriesLine", series_code=series_pk, starting_no=starting_no, ending_no=ending_no, **values)


def allocate(pk, count=1, on=DAY):
    return number_series_allocate(series=pk, count=count, on=on)


@pytest.mark.usefixtures("installed")
class TestAllocation:
    def test_many_numbers_are_drawn_at_once(self):
        pk = series()
        first = line(pk, "A008", increment_by_no=1)

        drawn = allocate(pk, 3)

        assert (drawn.numbers, drawn.refusal) == (["A008", "A009", "A010"], None)
        assert get("erp.NoSeriesLine", first)["last_no_used"] == "A010"
        assert get("erp.NoSeriesLine", first)["last_date_used"] == DAY

    def test_lines_follow_each_other_and_close(self):
        pk = series()
        first, second = line(pk, "A1", "A2"), line(pk, "B1", "B9")

        assert allocate(pk, 3).numbers == ["A1", "A2", "B1"]
        assert get("erp.NoSeriesLine", first)["open"] is False
        assert get("erp.NoSeriesLine", second)["open"] is True

    def test_a_used_up_series_gives_what_it_has_and_says_so(self):
        pk = series()
        line(pk, "A1", "A2")

        drawn = allocate(pk, 5)

        assert drawn.numbers == ["A1", "A2"]
        assert drawn.refusal is not None
        assert (drawn.refusal.code, drawn.refusal.params) == ("no_series_exhausted", {"series": "S"})

    def test_the_line_with_the_latest_valid_starting_date_counts(self):
        pk = series()
        line(pk, "OLD1")
        line(pk, "NOW1", starting_date=dt.date(2026, 1, 1))
        line(pk, "NEXT1", starting_date=dt.date(2027, 1, 1))

        assert allocate(pk).numbers == ["NOW1"]

    def test_the_warning_number_warns(self):
        pk = series()
        line(pk, "A1", "A9", warning_no="A3")

        assert [allocate(pk).warning for _i in range(3)] == [False, False, True]

    def test_a_series_tells_its_state(self):
        from erp.services.number_series import number_series_state

        pk = series()
        line(pk, "A1", "A3", warning_no="A2")
        states = [(number_series_state(series=pk), allocate(pk, 1)) for _i in range(3)]

        assert [state for state, _drawn in states] == ["", "", "warning"]
        assert number_series_state(series=pk) == "used_up"

    def test_date_order_refuses_an_earlier_day(self):
        pk = series(date_order=True)
        line(pk, "A1")
        allocate(pk)

        drawn = allocate(pk, on=dt.date(2026, 5, 31))

        assert drawn.refusal is not None
        assert drawn.refusal.code == "no_series_date_order"

    def test_lines_are_numbered_by_ten_thousands(self):
        pk = series()

        assert [get("erp.NoSeriesLine", line(pk, f"{c}1"))["line_no"] for c in "AB"] == [10000, 20000]

    @pytest.mark.parametrize(
        ("values", "error"),
        [
            ({"starting_no": "ABC"}, ("starting_no", "no_digits_in_number")),
            ({"starting_no": "A5", "ending_no": "A4"}, ("ending_no", "number_out_of_line")),
            ({"starting_no": "A5", "ending_no": "B9"}, ("ending_no", "number_out_of_line")),
            ({"starting_no": "A5", "increment_by_no": 0}, ("increment_by_no", "out_of_range")),
        ],
    )
    def test_a_line_must_be_countable(self, values, error):
        assert error in refusals(create, "erp.NoSeriesLine", series_code=series(), **values)

    def test_a_longer_line_is_open_again(self):
        pk = series()
        first = line(pk, "A1", "A2")
        allocate(pk, 2)

        change("erp.NoSeriesLine", first, ending_no="A3")

        assert allocate(pk).numbers == ["A3"]


@pytest.mark.usefixtures("installed")
class TestNumbersOfRecords:
    def test_a_number_that_is_taken_is_passed_over(self):
        customer(no="C00010")
        customer(no="C00030")

        assert [get("erp.Customer", customer())["no"] for _i in range(2)] == ["C00020", "C00040"]

    def test_numbers_typed_in_the_same_batch_are_passed_over(self):
        written = insert("erp.Customer", [{"name": "a"}, {"name": "b", "no": "C00010"}, {"name": "c"}], source="import")

        assert [row.get("no") for row in written.rows] == ["C00020", "C00010", "C00030"]

    def test_customers_beyond_the_first_line_of_the_shipped_series_are_numbered_too(self):
        db.execute("UPDATE erp_noseriesline SET last_no_used = 'C99980' WHERE starting_no = 'C00010'")

        assert [get("erp.Customer", customer())["no"] for _i in range(3)] == ["C99990", "C100000", "C100010"]

    def test_a_series_that_gives_no_numbers_by_itself(self):
        change("erp.NoSeries", pk_of("erp.NoSeries", "CUST"), default_nos=False)

        assert refusals(customer) == [("no", "no_series_not_default")]

    def test_rows_beyond_the_end_of_the_series_are_rejected_one_by_one(self):
        pk = series("TWO")
        line(pk, "T1", "T2")
        setup("erp.SalesReceivablesSetup", customer_nos=pk)

        written = insert("erp.Customer", [{"name": str(i)} for i in range(3)], source="import")

        assert [row.get("no") for row in written.rows] == ["T1", "T2"]
        assert [row.errors[0].code for row in written.rejected] == ["no_series_exhausted"]

    def test_a_thousand_customers_raise_the_line_twice_at_most(self):
        insert("erp.Customer", [{"name": f"n{i}"} for i in range(1000)], source="import")

        assert db.one("SELECT max(no), count(DISTINCT no) FROM erp_customer") == ("C10000", 1000)
        assert db.rows("SELECT DISTINCT row_version FROM erp_noseriesline ORDER BY 1") == [(1,), (2,)]

    def test_salespeople_from_the_sales_side_get_codes(self):
        rows = insert("erp.SalespersonPurchaser", [{"name": "a"}, {"name": "b"}], source="sync").rows
        later = insert("erp.SalespersonPurchaser", [{"name": "c"}], source="sync").rows

        assert [row.get("code") for row in rows + later] == ["SP NO. 00001", "SP NO. 00002", "SP NO. 00003"]

    def test_users_must_type_the_code_of_a_salesperson(self):
        assert refusals(create, "erp.SalespersonPurchaser", name="a") == [("code", "required")]

    def test_lines_go_with_their_series(self):
        from tests.erp.tools import remove

        pk = series()
        line(pk, "A1")
        remove("erp.NoSeries", pk)

        assert db.one("SELECT count(*) FROM erp_noseriesline WHERE starting_no = 'A1'") == (0,)

    def test_the_list_shows_the_line_in_use(self):
        from records.values import fetch, present

        pk = series()
        line(pk, "A1", "A9")
        allocate(pk, 2)

        (shown,) = present("erp.NoSeries", fetch("erp.NoSeries", [pk]))
        assert (shown["starting_no"], shown["ending_no"], shown["last_no_used"]) == ("A1", "A9", "A2")


@pytest.mark.django_db(transaction=True)
def test_two_writers_never_get_the_same_number():
    install()
    problems: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for i in range(10):
                assert not insert(
                    "erp.Customer", [{"name": f"{name}{i}{j}"} for j in range(5)], source="import"
                ).rejected
        except BaseException as error:  # noqa: BLE001
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert db.one("SELECT count(*), count(DISTINCT no), max(no) FROM erp_customer") == (150, 150, "C01500")
    assert db.one("SELECT count(*), count(DISTINCT no) FROM erp_contact") == (150, 150)


@pytest.mark.django_db(transaction=True)
def test_an_impatient_transaction_waits_for_its_number_all_the_same():
    from django.db import transaction

    install()
    holds, waits = threading.Event(), threading.Event()
    series_pk = pk_of("erp.NoSeries", "CUST")

    def hold() -> None:
        with transaction.atomic():
            allocate(series_pk)
            holds.set()
            waits.wait(5)
            time.sleep(0.3)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holds.wait(5)
    with transaction.atomic():
        db.execute("SET LOCAL lock_timeout = '50ms'")
        waits.set()
        numbers = allocate(series_pk).numbers
        limit = db.one("SELECT current_setting('lock_timeout')")
    thread.join()

    assert (numbers, limit) == (["C00020"], ("50ms",))
