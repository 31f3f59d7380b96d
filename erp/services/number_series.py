"""Numbers for new records: many at once, with one locked update of the series' lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from erp.rules.no_series import Line, draw
from records import db
from records.batch import Batch, Row
from records.errors import FieldError
from records.writes import Edit, update

_PATIENCE = "30s"
_LINES = """
SELECT system_id, starting_no, ending_no, warning_no, increment_by_no, last_no_used, starting_date, last_date_used
FROM erp_noseriesline
WHERE series_code_id = %s AND open AND starting_no <> '' AND (starting_date IS NULL OR starting_date <= %s)
ORDER BY starting_date DESC NULLS LAST, line_no
FOR NO KEY UPDATE
"""


@dataclass
class Allocation:
    """Numbers drawn from a series; `refusal` says why there are fewer than asked for; `warning`: nearly used up."""

    numbers: list[str] = field(default_factory=list)
    refusal: FieldError | None = None
    warning: bool = False


@transaction.atomic
def number_series_allocate(*, series: str, count: int, on: dt.date) -> Allocation:
    """Draw the next `count` numbers of a series (by primary key) for a day.

    1. Lock the open lines that are valid on the day; only those with the latest starting date count.
    2. Draw from them in the order of their line numbers.
    3. Store the last number of each line and close the ones that are used up.
    """
    code, date_order = _series(series)
    lines = _lock_lines(series, on)
    current = [line for line in lines if line[6] == lines[0][6]]
    if date_order and any(line[7] and line[7] > on for line in current):
        return Allocation(refusal=FieldError("", "no_series_date_order", {"series": code, "date": on.isoformat()}))
    allocation, edits = Allocation(), []
    for pk, starting_no, ending_no, warning_no, step, last_no_used, _starting, _last in current:
        before = Line(starting_no, ending_no, warning_no, step, last_no_used)
        numbers, after = draw(before, count - len(allocation.numbers))
        if numbers:
            allocation.numbers += numbers
            allocation.warning |= after.is_near_end
            edits.append(Edit(pk, {"last_no_used": after.last_no_used, "last_date_used": on}))
    update("erp.NoSeriesLine", edits, source="rule")
    if len(allocation.numbers) < count:
        allocation.refusal = FieldError("", "no_series_exhausted", {"series": code})
    return allocation


def _lock_lines(series: str, on: dt.date) -> list[tuple[Any, ...]]:
    """The lines in question, locked.

    Who creates records of one kind takes turns: this lock is worth waiting for, also in a transaction that gives up
    other locks soon.
    """
    limit = db.one("SELECT current_setting('lock_timeout')") or ("0",)
    if limit[0] == "0":
        return db.rows(_LINES, [series, on])
    db.one("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
    lines = db.rows(_LINES, [series, on])
    db.one("SELECT set_config('lock_timeout', %s, true)", limit)
    return lines


def _series(pk: str) -> tuple[str, bool]:
    found = db.one("SELECT code, date_order FROM erp_noseries WHERE system_id = %s", [pk])
    return (found[0], found[1]) if found else ("", False)


_ALL_LINES = """
SELECT starting_no, ending_no, warning_no, increment_by_no, last_no_used, open
FROM erp_noseriesline WHERE series_code_id = %s AND starting_no <> '' ORDER BY starting_date DESC NULLS LAST, line_no
"""


def number_series_state(*, series: str) -> str:
    """Say "used_up" when no line has a number left, "warning" when the line in use passed its warning number."""
    lines = db.rows(_ALL_LINES, [series])
    usable = [Line(*line[:5]) for line in lines if line[5]]
    if lines and not usable:
        return "used_up"
    return "warning" if usable and usable[0].is_near_end else ""


def fill_numbers(batch: Batch, *, series: str | None, setup_table: str, setup_field: str) -> None:
    """R1: give the rows without a number the next ones of a series; a number that is taken already is passed over.

    Rows that get none are rejected: the setup names no series, it gives no numbers by itself, or it is used up.
    """
    rows = [row for row in batch.live if not row.get("no")]
    if not rows:
        return
    if series is None:
        _reject(rows, "setup_missing", field=f"@{setup_table}.{setup_field}", table=f"@{setup_table}")
        return
    default = db.one("SELECT code, default_nos FROM erp_noseries WHERE system_id = %s", [series])
    if default and not default[1]:
        _reject(rows, "no_series_not_default", series=default[0])
        return
    numbers, refusal = _free_numbers(batch, series, len(rows))
    for row, number in zip(rows, numbers, strict=False):
        row.force("no", number)
        row.force("no_series", series)
    if refusal is not None:
        _reject(rows[len(numbers) :], refusal.code, **refusal.params)


def _free_numbers(batch: Batch, series: str, count: int) -> tuple[list[str], FieldError | None]:
    typed = {row.get("no") for row in batch.live}
    free: list[str] = []
    while len(free) < count:
        drawn = number_series_allocate(series=series, count=count - len(free), on=batch.today)
        sql = f'SELECT no FROM "{batch.model._meta.db_table}" WHERE no = ANY(%s)'
        taken = {no for (no,) in db.rows(sql, [drawn.numbers])} | typed
        free += [no for no in drawn.numbers if no not in taken]
        if drawn.refusal is not None:
            return free, drawn.refusal
    return free, None


def check_manual_numbers(rows: list[Row], *, series: str | None) -> None:
    """F20: a number may be typed only where the series of the table allows it."""
    if series is None:
        return
    found = db.one("SELECT code, manual_nos FROM erp_noseries WHERE system_id = %s", [series])
    if found and not found[1]:
        _reject([row for row in rows if "no" in row.given], "no_series_not_manual", series=found[0])


def _reject(rows: list[Row], code: str, **params: str) -> None:
    for row in rows:
        row.reject("no", code, **params)
