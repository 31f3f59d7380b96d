"""A sheet of an Excel workbook as rows, one at a time; the same rows, problems and errors as a CSV file gives."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import WorkSheetParser

from pages.exchange import HIDDEN, READ_ONLY, Mark, mark_of, text_of
from sync.imports import archive
from sync.imports.rows import MAX_COLUMNS, FileError, Problem, Row, checked_head, shown

#: What the library raises for a workbook that is damaged, or that somebody made to look like one.
BROKEN = (
    KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, EOFError, RuntimeError, OSError,
    NotImplementedError, AssertionError, zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException,
)  # fmt: skip
MAX_ROW = 1_048_576
Cells = list[dict[str, Any]]


class WorkbookReader:
    """Reads one sheet. `columns`: the names of its head line; `sheets`: all sheets that are shown.

    Without `sheet` the first one. `back`: the file must be one that can be sent back (see `pages.exchange`); its
    columns are then fields, `captions` what stands over them. Raises FileError.
    """

    def __init__(self, path: Path, sheet: str = "", *, back: bool = False) -> None:
        """Open the file and read its head line."""
        archive.check(path)
        self.mark: Mark | None = None
        self.captions: dict[str, str] = {}
        self.back = back
        self._file = path.open("rb")
        try:
            self._book = self._loaded()
            self._open(sheet)
        except BaseException:
            self._file.close()
            raise

    def _loaded(self) -> Any:
        try:
            return load_workbook(self._file, read_only=True, keep_links=False)
        except BROKEN as error:
            raise FileError("file_not_excel", why=str(error)[:200]) from None

    def _open(self, sheet: str) -> None:
        self.sheets = [s.title for s in self._book.worksheets if s.sheet_state == "visible"]
        if not self.sheets:
            raise FileError("no_sheet")
        if sheet and sheet not in self.sheets:
            raise FileError("unknown_sheet", sheet=sheet[:80], known=", ".join(self.sheets)[:200])
        self.sheet = sheet or self.sheets[0]
        self._lines = self._parsed()
        self.columns = self._head()

    def __enter__(self) -> WorkbookReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._file.close()

    def estimate(self) -> int | None:
        """The number of rows below the head line as the sheet announces it; None where it does not."""
        announced = self._book[self.sheet].max_row
        return max(min(announced, MAX_ROW) - (2 if self.back else 1), 0) if announced else None

    def _parsed(self) -> Generator[tuple[int, Cells]]:
        """(row number, cells) of the rows that the sheet has, in the order of the file."""
        book: Any = self._book
        sheet = book[self.sheet]
        with closing(sheet._get_source()) as source:
            parser = WorkSheetParser(
                archive.Guarded(source),
                sheet._shared_strings,
                data_only=False,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for line, cells in parser.parse():
                if line > MAX_ROW:
                    raise ValueError(f"row {line}")
                yield line, cells

    def _head(self) -> list[str]:
        first = self._head_line()
        self.mark = mark_of(first[0]) if first else None
        if not self.back:
            if self.mark is not None:
                raise FileError("file_for_edit")
            return checked_head(first, "file_not_excel")
        if self.mark is None:
            raise FileError("file_not_for_edit")
        fields = first[len(HIDDEN) :]
        captions = self._head_line()[len(HIDDEN) :]
        self.captions = dict(zip(fields, captions, strict=False))
        self._places = fields
        return checked_head([name for name in fields if name], "file_not_for_edit")

    def _head_line(self) -> list[str]:
        """The texts of the next row that holds anything, up to its last text."""
        try:
            for _line, cells in self._lines:
                texts = _texts(cells)
                if any(texts):
                    return texts
        except BROKEN as error:
            raise FileError("file_not_excel", why=str(error)[:200]) from None
        raise FileError("file_empty")

    def __iter__(self) -> Iterator[Row]:
        """All rows behind the head line; empty ones are left out."""
        line = 0
        try:
            for line, cells in self._lines:
                row = self._tagged(line, cells) if self.back else self._row(line, cells, self.columns, 0)
                if row.problems or any(row.values.values()):
                    yield row
        except FileError as error:
            yield Row(line + 1, {}, [Problem("", "", error.code, error.params)])
        except BROKEN as error:
            yield Row(line + 1, {}, [Problem("", "", "row_unreadable", {"why": str(error)[:200]})])

    def _tagged(self, line: int, cells: Cells) -> Row:
        tags = [""] * len(HIDDEN)
        for cell in cells:
            if cell["column"] <= len(tags):
                tags[cell["column"] - 1] = text_of(cell["value"])
        row = self._row(line, cells, self._places, len(HIDDEN))
        row.tag = (tags[0], tags[1], tags[2])
        return row

    def _row(self, line: int, cells: Cells, columns: list[str], skip: int) -> Row:
        row = Row(line, dict.fromkeys(columns, ""))
        for cell in cells:
            place = cell["column"] - 1 - skip
            if place < 0 or cell["value"] is None:
                continue
            if place >= len(columns):
                if not self.back:
                    found = min(cell["column"], MAX_COLUMNS)
                    params = {"found": found, "expected": len(columns)}
                    return Row(line, {}, [Problem("", shown(text_of(cell["value"])), "too_many_values", params)])
                continue
            if problem := self._problem(columns[place], cell):
                row.problems.append(problem)
            else:
                row.values[columns[place]] = _text(cell["value"])
        return row

    def _problem(self, column: str, cell: dict[str, Any]) -> Problem | None:
        """A formula has no value of its own here, and an error is none."""
        code = {"f": "formula_cell", "e": "error_cell"}.get(cell["data_type"])
        if code is None or column.startswith(READ_ONLY):
            return None
        value = cell["value"]
        return Problem(self.captions.get(column, column), shown(str(getattr(value, "text", value))), code)


def _texts(cells: Cells) -> list[str]:
    found: dict[int, str] = {cell["column"]: _text(cell["value"]) for cell in cells}
    last = max((column for column, text in found.items() if text), default=0)
    return [found.get(column, "") for column in range(1, min(last, MAX_COLUMNS + 1) + 1)]


def _text(value: Any) -> str:
    return text_of(unescape(value) if isinstance(value, str) and "_x" in value else value)
