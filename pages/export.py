"""A list as an Excel file: chosen rows or those of the present filter, in its order, in constant memory.

Where the user may edit the records the file can be sent back (see `pages.exchange`): hidden names of fields,
identifiers and versions stand beside the values, and every value has the type that the field has.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import get_language

from pages import grid
from pages.columns import Column
from pages.exchange import HIDDEN, MAX_TEXT, READ_ONLY, Mark, cell_of, check_sum, is_editable, text_of
from pages.lists import ListPage
from pages.parts import is_visible
from pages.rows import Row
from pages.selection import Selection
from pages.state import ListState
from records.filters import FilterError
from records.messages import text

CHUNK = 1000
#: the action that takes an edited workbook back; what the file looks like depends on it
EDIT_ACTION = "edit_in_excel"
#: what a worksheet can hold, without the header
MAX_ROWS = 1_048_574
MAX_CHOICES = 255
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(
    page: ListPage,
    request: HttpRequest,
    state: ListState,
    chosen: Selection | None = None,
    *,
    all_fields: bool = False,
) -> HttpResponseBase:
    """The file as a download. `chosen`: these records alone. `all_fields`: also those that the list has no column for."""
    try:
        keys = _keys(page, request, state, chosen)
    except FilterError as error:
        return HttpResponse(text(error.code, error.params), status=400, content_type="text/plain; charset=utf-8")
    return file_of(page, request, keys, all_fields=all_fields)


def file_of(page: ListPage, request: HttpRequest, keys: Iterable[str], *, all_fields: bool = False) -> FileResponse:
    """The file with these records, in this order."""
    columns = page.bound_columns(request)
    is_back = can_come_back(page, request)
    if all_fields and is_back:
        shown = {column.name for column in columns}
        columns += [Column(info.name).bind(page.table) for info in page.table if _is_more(info, shown)]
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  (FileResponse closes it)
    book = xlsxwriter.Workbook(file, _OPTIONS)
    sheet = _Sheet(book, page, [_Cell.of(column, is_back) for column in columns], is_back)
    for row in _rows(page, columns, keys):
        sheet.write(row)
    sheet.close()
    book.close()
    file.seek(0)
    name = f"{page.table.model.Record.plural}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPE)


def can_come_back(page: ListPage, request: HttpRequest) -> bool:
    """True where the list offers to send an edited workbook back."""
    return any(a.name == EDIT_ACTION and is_visible(a, request) for a in page.of("actions", request))


def _is_more(info: Any, shown: set[str]) -> bool:
    return is_editable(info) and info.name not in shown and info.name != info.field.model._meta.pk.name


def _keys(page: ListPage, request: HttpRequest, state: ListState, chosen: Selection | None) -> Iterable[str]:
    if chosen is not None and chosen.count:
        return chosen.pks
    found = page.found(request, state).values_list("pk", flat=True)[:MAX_ROWS]
    return (str(pk) for pk in found.iterator(chunk_size=CHUNK))


def _rows(page: ListPage, columns: list[Column], keys: Iterable[str]) -> Iterator[Row]:
    chunk: list[str] = []
    for pk in keys:
        chunk.append(pk)
        if len(chunk) == CHUNK:
            yield from grid.read_rows(page, columns, chunk)
            chunk = []
    yield from grid.read_rows(page, columns, chunk)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One column of the file."""

    column: Column
    editable: bool

    @classmethod
    def of(cls, column: Column, is_back: bool) -> _Cell:
        """`is_back`: the file can be sent back."""
        return cls(column, is_back and is_editable(column.info))

    @property
    def name(self) -> str:
        return self.column.name if self.editable else f"{READ_ONLY}{self.column.name}"

    def value(self, row: Row) -> Any:
        if self.column.info is not None:
            return cell_of(self.column.info, row)
        value = row.values.get(self.column.name)
        return value if value is None or isinstance(value, int | float | Decimal) else _shown(self.column, row, value)


def _shown(column: Column, row: Row, value: Any) -> Any:
    return value if isinstance(value, dt.date) else strip_tags(str(column.text(row))) or None


class _Sheet:
    """Writes rows. Text is always written as text, never as a formula."""

    def __init__(self, book: Any, page: ListPage, cells: list[_Cell], is_back: bool) -> None:
        self.book, self.page, self.cells, self.is_back = book, page, cells, is_back
        self.sheet = book.add_worksheet()
        self.day, self.moment = book.add_format({"num_format": 14}), book.add_format({"num_format": 22})
        self.plain_text = book.add_format({"num_format": "@"})
        self.amounts: dict[int, Any] = {}
        self.first = len(HIDDEN) if is_back else 0
        self.line = 1 if is_back else 0
        self._columns()
        self._head()

    def _columns(self) -> None:
        if self.is_back:
            self.sheet.set_column(0, self.first - 1, None, None, {"hidden": True})
        for place, cell in enumerate(self.cells, self.first):
            kind = cell.column.info.kind if cell.column.info is not None else ""
            width = max(10, min(30, len(str(cell.column.title)) + 2))
            form = self.plain_text if kind in ("text", "code", "ref", "memo") else None
            self.sheet.set_column(place, place, width, form)

    def _head(self) -> None:
        bold = self.book.add_format({"bold": True})
        quiet = self.book.add_format({"bold": True, "font_color": "#6b6b6b", "italic": True})
        if self.is_back:
            mark = Mark(self.page.model, get_language() or "en", timezone.get_current_timezone_name())
            self.sheet.set_row(0, None, None, {"hidden": True})
            self.sheet.write_row(0, 0, [str(mark), "", "", *(cell.name for cell in self.cells)])
            self.sheet.write_row(1, 0, HIDDEN)
        for place, cell in enumerate(self.cells, self.first):
            form = bold if cell.editable or not self.is_back else quiet
            self.sheet.write_string(self.line, place, str(cell.column.title), form)
        self.sheet.freeze_panes(self.line + 1, 0)

    def write(self, row: Row) -> None:
        """The next row."""
        self.line += 1
        values = [cell.value(row) for cell in self.cells]
        if self.is_back:
            pairs = zip(self.cells, values, strict=True)
            texts = ((cell.column.name, text_of(value)) for cell, value in pairs if cell.editable)
            for place, tag in enumerate((row.pk, str(row.version), check_sum(texts))):
                self.sheet.write_string(self.line, place, tag)
        for place, (cell, value) in enumerate(zip(self.cells, values, strict=True), self.first):
            self._value(place, cell, value)

    def _value(self, place: int, cell: _Cell, value: Any) -> None:
        sheet, line = self.sheet, self.line
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(line, place, value)
        elif isinstance(value, Decimal):
            sheet.write_number(line, place, float(value), self._amount(cell.column))
        elif isinstance(value, int | float):
            sheet.write_number(line, place, value)
        elif isinstance(value, dt.datetime):
            naive = timezone.localtime(value).replace(tzinfo=None) if value.tzinfo else value
            sheet.write_datetime(line, place, naive, self.moment)
        elif isinstance(value, dt.date):
            sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), self.day)
        else:
            sheet.write_string(line, place, str(value)[:MAX_TEXT], self.plain_text)

    def _amount(self, column: Column) -> Any:
        """The number format: two decimals, and more where the value has them."""
        places = (column.info.decimals or 0) if column.info is not None else 2
        if places not in self.amounts:
            decimals = "." + "0" * min(2, places) + "#" * (places - 2) if places else ""
            self.amounts[places] = self.book.add_format({"num_format": f"#,##0{decimals}"})
        return self.amounts[places]

    def close(self) -> None:
        """Offer the captions of options, and a filter over everything."""
        if self.line and self.cells:
            head = 1 if self.is_back else 0
            self.sheet.autofilter(head, 0, max(self.line, head), self.first + len(self.cells) - 1)
        if not self.is_back:
            return
        for place, cell in enumerate(self.cells, self.first):
            info = cell.column.info
            captions = [str(caption).strip() for _member, caption in info.options.values()] if info else []
            captions = [caption for caption in captions if caption]
            if cell.editable and captions and len(",".join(captions)) <= MAX_CHOICES:
                self.sheet.data_validation(
                    self.first - 1, place, MAX_ROWS, place, {"validate": "list", "source": captions}
                )
