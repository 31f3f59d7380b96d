"""A CSV file as rows, one at a time: whatever the file holds, memory stays small and lines keep their numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from sync.imports.rows import UNDECODED, FileError, Problem, Row, checked_head, shown

MAX_LINE = 1_000_000
_SEPARATORS = (",", ";", "\t", "|")


class Reader:
    """Reads one file. `columns`: the names of its head line. Raises FileError where there is none."""

    sheets: Sequence[str] = ()
    sheet = ""

    def __init__(self, path: Path) -> None:
        """Open the file and read its head line."""
        self._file = path.open("rb")
        try:
            self._lines = _Lines(self._file)
            self._rows = self._parser(self._lines.peek())
            self.columns = self._head()
        except FileError:
            self._file.close()
            raise

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def estimate(self) -> int | None:
        """The number of rows below the head line, going by line ends."""
        total, place = 0, self._file.tell()
        self._file.seek(0)
        while block := self._file.read(1 << 20):
            total += block.count(b"\n")
        self._file.seek(place)
        return max(total - 1, 0)

    def _parser(self, first: str) -> Any:
        csv.field_size_limit(MAX_LINE)
        separator = max(_SEPARATORS, key=first.count) if first else ","
        return csv.reader(self._lines, delimiter=separator, strict=True)

    def _head(self) -> list[str]:
        try:
            names = list(next(self._rows))
        except StopIteration:
            raise FileError("file_empty") from None
        except csv.Error as error:
            raise FileError("file_not_csv", why=str(error)) from None
        return checked_head(names, "file_not_csv")

    def __iter__(self) -> Iterator[Row]:
        """All rows behind the head line; empty lines are left out."""
        while True:
            line = self._lines.number + 1
            try:
                values = next(self._rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(line, {}, [Problem("", "", "row_unreadable", {"why": str(error)})])
                continue
            if self._lines.cut:
                self._lines.cut = False
                yield Row(line, {}, [Problem("", values[0][:100] if values else "", "row_too_long", {"max": MAX_LINE})])
            elif values:
                yield self._row(line, values)

    def _row(self, line: int, values: list[str]) -> Row:
        found, wanted = len(values), len(self.columns)
        if found != wanted:
            code = "too_many_values" if found > wanted else "too_few_values"
            extra = values[wanted] if found > wanted else ""
            return Row(line, {}, [Problem("", shown(extra), code, {"found": found, "expected": wanted})])
        row = Row(line, dict(zip(self.columns, values, strict=True)))
        for column, value in row.values.items():
            if not value.isascii() and UNDECODED.search(value):
                row.problems.append(Problem(column, shown(value), "bad_encoding"))
            elif "\x00" in value:
                row.problems.append(Problem(column, shown(value), "nul_character"))
        return row


class _Lines:
    """The physical lines as text; what is no UTF-8 stays recognizable, what is endless is cut."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.number = 0
        self.cut = False
        self._first = self._read()
        if self._first.startswith(("\ufeff", "\udcff\udcfe", "\udcfe\udcff")):
            self._first = self._without_mark(self._first)

    @staticmethod
    def _without_mark(line: str) -> str:
        if line.startswith("\ufeff"):
            return line[1:]
        raise FileError("file_not_utf8")

    def peek(self) -> str:
        """The first line."""
        return self._first

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line, self._first = (self._first, "") if self.number == 0 else (self._read(), "")
        self.number += 1
        if not line:
            raise StopIteration
        return line

    def _read(self) -> str:
        raw = self.file.readline(MAX_LINE)
        if len(raw) == MAX_LINE and not raw.endswith(b"\n"):
            self.cut = True
            while rest := self.file.readline(MAX_LINE):
                if rest.endswith(b"\n"):
                    break
        return raw.decode("utf-8", "surrogateescape")
