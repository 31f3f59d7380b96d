"""When a job queue entry is due next: plain computation, no database and no clock.

Intervals below a day count elapsed time, so that a change to or from daylight saving neither skips nor doubles a run.
Intervals of whole days keep the time of day: that of the last run or, where there are hours, their beginning. Hours and
days are those of the entry's own time zone: a time that the change skips is the first moment after the gap, one that it
repeats is taken the first time only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

_DAY = 24 * 60
_EVERY_DAY = frozenset(range(7))
_ZONE = ZoneInfo("UTC")
UTC = dt.UTC


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every `minutes`, within the hours from `start` to `end` (over midnight where the end is the earlier one).

    Equal or missing hours mean the whole day. `days`: 0 is Monday; hours over midnight belong to the day they began.
    """

    minutes: int
    zone: ZoneInfo = _ZONE
    start: dt.time = dt.time()
    end: dt.time = dt.time()
    days: frozenset[int] = _EVERY_DAY

    @property
    def is_limited(self) -> bool:
        """True when not every moment will do."""
        return self.days != _EVERY_DAY or self.start != self.end


def next_after(moment: dt.datetime, recurrence: Recurrence) -> dt.datetime | None:
    """The first due time (UTC) after a run at `moment`; None where no day of the week is allowed."""
    wall = moment.astimezone(recurrence.zone).replace(tzinfo=None)
    if recurrence.minutes % _DAY == 0:
        wall = _days_later(wall, recurrence)
        due = instant(wall, recurrence.zone)
    else:
        due = moment.astimezone(UTC) + dt.timedelta(minutes=recurrence.minutes)
        wall = due.astimezone(recurrence.zone).replace(tzinfo=None)
    if not recurrence.is_limited or _allowed(wall, recurrence):
        return due
    return opening(wall, recurrence)


def first_from(moment: dt.datetime, recurrence: Recurrence) -> dt.datetime | None:
    """The moment itself where it is within the hours, else their next beginning (UTC)."""
    wall = moment.astimezone(recurrence.zone).replace(tzinfo=None)
    return moment if not recurrence.is_limited or _allowed(wall, recurrence) else opening(wall, recurrence)


def opening(wall: dt.datetime, recurrence: Recurrence) -> dt.datetime | None:
    """The next beginning of the allowed hours after a local time, as UTC."""
    for ahead in range(8):
        day = wall.date() + dt.timedelta(days=ahead)
        begin = dt.datetime.combine(day, recurrence.start)
        if begin > wall and day.weekday() in recurrence.days:
            return instant(begin, recurrence.zone)
    return None


def instant(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """A local time as UTC."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _days_later(wall: dt.datetime, recurrence: Recurrence) -> dt.datetime:
    """The same time of day some days later; with hours, always their beginning, however late the last run was."""
    later = wall + dt.timedelta(minutes=recurrence.minutes)
    if recurrence.start == recurrence.end:
        return later
    is_morning_after = recurrence.end < recurrence.start and wall.time() < recurrence.end
    return dt.datetime.combine(later.date() - dt.timedelta(days=int(is_morning_after)), recurrence.start)


def _allowed(wall: dt.datetime, recurrence: Recurrence) -> bool:
    """True when the hours of a day that is allowed have begun and not ended."""
    time, start, end = wall.time(), recurrence.start, recurrence.end
    if start == end:
        return wall.weekday() in recurrence.days
    if start < end:
        return start <= time < end and wall.weekday() in recurrence.days
    began = wall if time >= start else wall - dt.timedelta(days=1)
    return (time >= start or time < end) and began.weekday() in recurrence.days
