"""A CSV file as rows, one at a time: whatever the file holds, memory stays small and lines keep their numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

MAX_LINE = 1_000_000
MAX_COLUMNS = 1000
_SEPARATORS = (",", ";", "\t", "|")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_UNDECODED = re.compile("[\udc80-\udcff]")


class FileError(Exception):
    """The file as a whole cannot be read: a code with parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is no good: the column ('' for the whole row), what stands there, a code with parameters."""

    column: str
    value: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """One row: its line in the file (the first of several), its values by column, and what is wrong with it."""

    line: int
    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)


class Reader:
    """Reads one file. `columns`: the names of its head line. Raises FileError where there is none."""

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

    def _parser(self, first: str) -> Any:
        csv.field_size_limit(MAX_LINE)
        separator = max(_SEPARATORS, key=first.count) if first else ","
        return csv.reader(self._lines, delimiter=separator, strict=True)

    def _head(self) -> list[str]:
        try:
            names = [name.strip() for name in next(self._rows)]
        except StopIteration:
            raise FileError("file_empty") from None
        except csv.Error as error:
            raise FileError("file_not_csv", why=str(error)) from None
        if _CONTROL.search("".join(names)) or _UNDECODED.search("".join(names)) or len(names) > MAX_COLUMNS:
            raise FileError("file_not_csv", why="")
        if not any(names):
            raise FileError("file_empty")
        doubled = sorted({name for name in names if name and names.count(name) > 1})
        if doubled:
            raise FileError("column_twice", column=doubled[0])
        return names

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
            shown = values[wanted] if found > wanted else ""
            return Row(line, {}, [Problem("", _shown(shown), code, {"found": found, "expected": wanted})])
        row = Row(line, dict(zip(self.columns, values, strict=True)))
        for column, value in row.values.items():
            if not value.isascii() and _UNDECODED.search(value):
                row.problems.append(Problem(column, _shown(value), "bad_encoding"))
            elif "\x00" in value:
                row.problems.append(Problem(column, _shown(value), "nul_character"))
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


def _shown(value: str) -> str:
    """A value as messages show it: short, and only what can be stored."""
    return _CONTROL.sub("?", _UNDECODED.sub("?", value))[:100]


def count_lines(path: Path) -> int:
    """The number of line ends, as an estimate of the rows."""
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total += block.count(b"\n")
    return total
