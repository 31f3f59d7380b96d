"""When a job queue entry is due next, also on the nights when the clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sync.recurrence import Recurrence, next_after

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NEW_YORK = ZoneInfo("America/New_York")
DAY = 24 * 60
WEEKDAYS = frozenset(range(5))


def at(text: str) -> dt.datetime:
    """A moment in UTC."""
    return dt.datetime.fromisoformat(text + "+00:00")


def local(text: str, zone: ZoneInfo = COPENHAGEN) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def series(first: dt.datetime, recurrence: Recurrence, n: int) -> list[str]:
    """So many due times after the first, as clocks of the zone show them."""
    found, moment = [], first
    for _ in range(n):
        due = next_after(moment, recurrence)
        assert due is not None
        assert due > moment
        found.append(due.astimezone(recurrence.zone).strftime("%a %H:%M%z"))
        moment = due
    return found


def test_an_interval_is_elapsed_time() -> None:
    assert next_after(at("2026-11-21T10:00"), Recurrence(30)) == at("2026-11-21T10:30")


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        # the clocks go forward: there is no 02:30
        ("2026-03-29T00:30", ["Sun 01:30+0100", "Sun 03:30+0200", "Sun 04:30+0200"]),
        # and back: there are two
        ("2026-10-25T01:30", ["Sun 02:30+0200", "Sun 02:30+0100", "Sun 03:30+0100"]),
    ],
)
def test_an_hourly_run_is_neither_skipped_nor_doubled_when_the_clocks_change(first: str, expected: list[str]) -> None:
    assert series(local(first), Recurrence(60, COPENHAGEN), 3) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("2026-03-28T02:30", ["Sun 03:30+0200", "Mon 03:30+0200"]),
        ("2026-03-28T12:00", ["Sun 12:00+0200", "Mon 12:00+0200"]),
        ("2026-10-24T02:30", ["Sun 02:30+0200", "Mon 02:30+0100"]),
        ("2026-10-24T12:00", ["Sun 12:00+0100", "Mon 12:00+0100"]),
    ],
)
def test_a_daily_run_keeps_its_time_of_day(first: str, expected: list[str]) -> None:
    assert series(local(first), Recurrence(DAY, COPENHAGEN), 2) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("2026-03-28T02:30", ["Sun 03:30+0200", "Mon 02:30+0200", "Tue 02:30+0200"]),
        ("2026-10-24T02:30", ["Sun 02:30+0200", "Mon 02:30+0100", "Tue 02:30+0100"]),
        ("2026-11-20T02:47", ["Sat 02:30+0100", "Sun 02:30+0100", "Mon 02:30+0100"]),  # it ran late once
    ],
)
def test_a_daily_run_with_hours_begins_with_them_every_day(first: str, expected: list[str]) -> None:
    assert series(local(first), Recurrence(DAY, COPENHAGEN, dt.time(2, 30), dt.time(3)), 3) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        # a window that begins in the hour that does not exist opens after the gap, and the next day as always
        ("2026-03-28T02:00", ["Sun 03:00+0200", "Mon 02:00+0200"]),
        # one in the hour that comes twice opens the first time
        ("2026-10-24T02:00", ["Sun 02:00+0200", "Mon 02:00+0100"]),
    ],
)
def test_hours_that_open_during_the_change_open_once(first: str, expected: list[str]) -> None:
    nightly = Recurrence(6 * 60, COPENHAGEN, dt.time(2), dt.time(2, 30))

    assert series(local(first), nightly, 2) == expected


def test_the_zone_is_that_of_the_entry() -> None:
    """In New York the clocks change on other days: its nightly run does not move with Europe's."""
    nightly = Recurrence(DAY, NEW_YORK)

    assert series(local("2026-03-28T02:00", NEW_YORK), nightly, 1) == ["Sun 02:00-0400"]
    assert series(local("2026-03-07T02:00", NEW_YORK), nightly, 1) == ["Sun 03:00-0400"]


def test_outside_its_hours_an_entry_waits_for_them() -> None:
    office = Recurrence(30, COPENHAGEN, dt.time(8), dt.time(17), WEEKDAYS)

    assert series(local("2026-11-20T16:15"), office, 2) == ["Fri 16:45+0100", "Mon 08:00+0100"]
    assert series(local("2026-11-21T12:00"), office, 1) == ["Mon 08:00+0100"]


def test_hours_over_midnight_belong_to_the_day_they_began() -> None:
    night = Recurrence(120, COPENHAGEN, dt.time(22), dt.time(4), frozenset({4}))

    assert series(local("2026-11-20T22:00"), night, 4) == [
        "Sat 00:00+0100",
        "Sat 02:00+0100",
        "Fri 22:00+0100",
        "Sat 00:00+0100",
    ]


def test_days_without_hours() -> None:
    assert series(local("2026-11-20T23:50"), Recurrence(30, COPENHAGEN, days=WEEKDAYS), 1) == ["Mon 00:00+0100"]


def test_an_entry_without_a_day_is_never_due() -> None:
    assert next_after(at("2026-11-21T10:00"), Recurrence(30, days=frozenset())) is None
