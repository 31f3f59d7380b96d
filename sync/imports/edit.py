"""Rows of a workbook that is sent back: what was changed in it is written, and nobody's other change is lost.

1. A row without identifier is a new record; one whose cells still have their check sum was not touched.
2. The cells of the others are compared with what stands in the record now; only those that differ are written.
3. A record whose version is not that of the row was changed by somebody else: the row is reported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coupling.plan import jsonable
from pages import rows as page_rows
from pages.exchange import cell_of, check_sum, is_editable, text_of
from records import db, writes
from records.actor import acting
from records.schema import FieldInfo, schema
from records.values import parse_many
from records.values.references import guid
from records.writes import Edit
from sync.imports.base import Problems, Work, insert
from sync.imports.rows import Problem, Row, shown

Raw = dict[str, Any]


class Batches:
    """The rows of one workbook, batch by batch; an identifier may stand in one row only."""

    def __init__(self, work: Work, time_zone: str) -> None:
        """`time_zone`: that of the times in the workbook."""
        self.work = work
        self.seen: dict[bytes, int] = {}
        self.fields = [name for name in work.columns.values() if is_editable(work.described.fields.get(name))]
        try:
            self.zone: dt.tzinfo = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            self.zone = dt.UTC

    def write(self, rows: Sequence[Row], problems: Problems) -> None:
        """Create and change what these rows say."""
        touched: dict[str, Row] = {}
        new: list[tuple[Row, Raw]] = []
        for row in rows:
            if not row.tag[0]:
                raw = {n: v for n in self.fields if (v := row.values.get(n, ""))}
                if raw:
                    new.append((row, raw))
            elif problem := self._place(row, touched):
                problems[row.line] = [problem]
        self._name_references([raw for _row, raw in new])
        insert(self.work, [(row, self._timed(raw)) for row, raw in new], problems, told=True)
        if touched:
            self._change(touched, problems)

    def _place(self, row: Row, touched: dict[str, Row]) -> Problem | None:
        """Sort a row with an identifier in; what is wrong with it."""
        key = guid(row.tag[0])
        if key is None or not row.tag[1].isdigit():
            return Problem("", shown(row.tag[0]), "row_tag_damaged")
        earlier = self.seen.setdefault(bytes.fromhex(key.replace("-", "")), row.line)
        if earlier != row.line:
            return Problem("", "", "row_twice", {"earlier": earlier})
        if check_sum((n, row.values.get(n, "")) for n in self.fields) == row.tag[2]:
            self.work.unchanged += 1
        else:
            touched[key] = row
        return None

    def _change(self, touched: dict[str, Row], problems: Problems) -> None:
        stored = {r.pk: r for r in page_rows.read(self.work.described.model, list(touched), fields=self.fields)}
        changed: dict[str, Raw] = {}
        for key, row in touched.items():
            if key not in stored:
                problems[row.line] = [Problem("", "", "row_gone")]
            elif raw := self._differing(row, stored[key]):
                changed[key] = raw
                if int(row.tag[1]) != stored[key].version:
                    problems[row.line] = [Problem("", "", "row_stale")]
            else:
                self.work.unchanged += 1
        good = {key: raw for key, raw in changed.items() if touched[key].line not in problems}
        self._name_references(list(good.values()))
        edits = self._parsed(good, touched, stored, problems)
        if edits:
            self._update(edits, touched, problems)

    def _differing(self, row: Row, record: page_rows.Row) -> Raw:
        """The cells that do not show what the record holds."""
        found: Raw = {}
        for name in self.fields:
            info = self.work.described[name]
            if name in row.values and row.values[name] != text_of(cell_of(info, record)):
                found[name] = row.values[name] or None
        return found

    def _parsed(
        self, good: dict[str, Raw], touched: dict[str, Row], stored: dict[str, page_rows.Row], problems: Problems
    ) -> list[Edit]:
        keys = list(good)
        values, errors = parse_many(
            self.work.described.model,
            [self._timed(good[key]) for key in keys],
            insert=False,
            currents=[stored[key].values for key in keys],
            lookup=True,
        )
        edits: list[Edit] = []
        for key, parsed, found in zip(keys, values, errors, strict=True):
            if found:
                problems[touched[key].line] = [self.work.problem(touched[key], error) for error in found]
            else:
                edits.append(Edit(key, parsed, stored[key].version))
        return edits

    def _update(self, edits: list[Edit], touched: dict[str, Row], problems: Problems) -> None:
        work = self.work
        with acting(work.job.requested_by, "import"):
            done = writes.update(work.described.model, edits, source="import")
        for refused in done.rejected:
            row = touched[refused.pk]
            problems[row.line] = [work.problem(row, error) for error in refused.errors]
        for key in done.stale:
            problems[touched[key].line] = [Problem("", "", "row_stale")]
        work.unchanged += len(done.unchanged)
        work.modified += len(done.rows)
        work.keep([work.outcome(row, "modify", "changed", _changes(row)) for row in done.rows])

    def _timed(self, raw: Raw) -> Raw:
        """Times of the workbook are those of its time zone."""
        moments = [n for n, v in raw.items() if v and self.work.described[n].kind == "datetime"]
        for name in moments:
            try:
                raw[name] = dt.datetime.fromisoformat(raw[name]).replace(tzinfo=self.zone)
            except ValueError:
                continue  # the field says what is wrong with it
        return raw

    def _name_references(self, raws: list[Raw]) -> None:
        """Names of records become their identifiers, where a field refers by identifier and the name is the only one."""
        for name in self.fields:
            info = self.work.described[name]
            if info.kind != "ref" or info.ref_code:
                continue
            wanted = {v for raw in raws if (v := raw.get(name)) and guid(v) is None}
            known = _only_ones(info, sorted(wanted)) if wanted else {}
            for raw in raws:
                if raw.get(name) in known:
                    raw[name] = known[raw[name]]


def _only_ones(info: FieldInfo, names: list[str]) -> dict[str, str]:
    """{name: key} of the records of the table referred to whose name no other one has."""
    table = schema(info.ref)
    title = table[table.model.Record.title[-1]].sql("t")
    key = f't."{table.pk_column}"'
    found = db.rows(
        f'SELECT {title}, min({key}::text) FROM "{table.table}" t WHERE {title} = ANY(%s) '
        f"GROUP BY {title} HAVING count(*) = 1",
        [names],
    )
    return dict(found)


def _changes(row: Any) -> dict[str, Any]:
    return {name: [jsonable(row.old_value(name)), jsonable(row.get(name))] for name in sorted(row.changed)}
