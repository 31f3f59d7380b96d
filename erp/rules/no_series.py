"""Counting numbers up, and what the lines of a number series must look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from records import db
from records.batch import Batch, Row
from records.writes import delete

_COUNTED = re.compile(r"(.*?)(\d+)(\D*)", re.DOTALL)
_LINE_STEP = 10000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a series, as far as counting needs it."""

    starting_no: str
    ending_no: str = ""
    warning_no: str = ""
    step: int = 1
    last_no_used: str = ""
    pk: str = ""

    @property
    def has_room(self) -> bool:
        """True while the line has another number."""
        return bool(draw(self, 1)[0])

    @property
    def is_near_end(self) -> bool:
        """True from the warning number on."""
        if not (self.warning_no and self.last_no_used):
            return False
        last, warning = parts(self.last_no_used), parts(self.warning_no)
        return bool(last and warning and last[1] >= warning[1])


def parts(no: str) -> tuple[str, int, int, str] | None:
    """A number as (text before, value, width, text behind) of its last run of digits; None without digits."""
    match = _COUNTED.fullmatch(no)
    if match is None:
        return None
    head, digits, tail = match.groups()
    return head, int(digits), len(digits), tail


def increment(no: str, step: int = 1) -> str:
    """The number `step` further; the last run of digits counts and keeps its width. ValueError without digits."""
    found = parts(no)
    if found is None:
        raise ValueError(no)
    head, value, width, tail = found
    return f"{head}{value + step:0{width}d}{tail}"


def draw(line: Line, count: int) -> tuple[list[str], Line]:
    """Up to `count` next numbers of a line, and the line behind them."""
    found = parts(line.last_no_used or line.starting_no)
    if found is None or count <= 0:
        return [], line
    head, value, width, tail = found
    first = value + line.step if line.last_no_used else value
    ending = parts(line.ending_no)
    if ending is not None:
        count = min(count, max(0, (ending[1] - first) // line.step + 1))
    numbers = [f"{head}{first + i * line.step:0{width}d}{tail}" for i in range(count)]
    return numbers, replace(line, last_no_used=numbers[-1]) if numbers else line


def number_lines(batch: Batch) -> None:
    """New lines without a number get the next multiple of 10000 in their series."""
    rows = [row for row in batch.live if not row.get("line_no")]
    series = list({row.get("series_code") for row in rows if row.get("series_code")})
    if not series:
        return
    sql = "SELECT series_code_id, max(line_no) FROM erp_noseriesline WHERE series_code_id = ANY(%s::uuid[]) GROUP BY 1"
    last = dict(db.rows(sql, [series]))
    for row in rows:
        key = row.get("series_code")
        last[key] = (last.get(key, 0) // _LINE_STEP + 1) * _LINE_STEP
        row.force("line_no", last[key])


def check_lines(batch: Batch) -> None:
    """Numbers contain digits and share the form of the starting number; a line with room is open."""
    for row in batch.changed("starting_no", "ending_no", "warning_no", "last_no_used", "increment_by_no"):
        for name, code in line_errors(row):
            row.reject(name, code, value=row.get(name))
        if not row.errors:
            row.force("open", _line(row).has_room)


def _line(row: Row) -> Line:
    get = row.get
    return Line(get("starting_no"), get("ending_no"), get("warning_no"), get("increment_by_no"), get("last_no_used"))


def line_errors(row: Row) -> Sequence[tuple[str, str]]:
    """What is wrong with the numbers of a line: (field, code)."""
    names = [name for name in ("starting_no", "ending_no", "warning_no", "last_no_used") if row.get(name)]
    found = {name: parts(row.get(name)) for name in names}
    errors = [(name, "no_digits_in_number") for name in names if found[name] is None]
    start = found.get("starting_no")
    for name in names:
        other = found[name]
        if start and other and (other[0] != start[0] or other[3] != start[3] or other[1] < start[1]):
            errors.append((name, "number_out_of_line"))
    return errors


def delete_lines(batch: Batch) -> None:
    """The lines of deleted series go first."""
    sql = "SELECT system_id FROM erp_noseriesline WHERE series_code_id = ANY(%s::uuid[])"
    lines = [pk for (pk,) in db.rows(sql, [[row.pk for row in batch.live]])]
    if lines:
        delete("erp.NoSeriesLine", [(pk, None) for pk in lines], source="rule")
