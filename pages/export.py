"""A list as an Excel file: rows of the present filter and order, columns of the list, in constant memory."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.html import strip_tags

from pages import grid
from pages.columns import Column
from pages.lists import ListPage
from pages.rows import Row
from pages.state import ListState
from records.filters import FilterError
from records.messages import text

CHUNK = 1000
#: what a worksheet can hold, without the header
MAX_ROWS = 1_048_575
MAX_TEXT = 32_767
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(page: ListPage, request: HttpRequest, state: ListState) -> HttpResponseBase:
    """The file as a download."""
    try:
        found = page.found(request, state)
    except FilterError as error:
        return HttpResponse(text(error.code, error.params), status=400, content_type="text/plain; charset=utf-8")
    columns = page.bound_columns(request)
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  (FileResponse closes it)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, [str(column.title) for column in columns], book.add_format({"bold": True}))
    writer = _Writer(book, sheet)
    for number, row in enumerate(_rows(page, columns, found), 1):
        for position, column in enumerate(columns):
            writer.write(number, position, column, row)
    book.close()
    file.seek(0)
    name = f"{page.table.model.Record.plural}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPE)


def _rows(page: ListPage, columns: list[Column], found: Any) -> Iterator[Row]:
    chunk: list[str] = []
    for pk in found.values_list("pk", flat=True)[:MAX_ROWS].iterator(chunk_size=CHUNK):
        chunk.append(str(pk))
        if len(chunk) == CHUNK:
            yield from grid.read_rows(page, columns, chunk)
            chunk = []
    yield from grid.read_rows(page, columns, chunk)


class _Writer:
    """Writes cells with their type. Text is always written as text, never as a formula."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self.sheet = sheet
        self.day = book.add_format({"num_format": 14})
        self.moment = book.add_format({"num_format": 22})
        self.amounts: dict[int, Any] = {}
        self.book = book

    def write(self, row: int, position: int, column: Column, record: Row) -> None:
        value = record.values.get(column.name)
        if column.info is not None and column.info.kind in ("ref", "polyref", "option"):
            value = strip_tags(str(column.text(record)))
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self.sheet.write_boolean(row, position, value)
        elif isinstance(value, Decimal):
            self.sheet.write_number(row, position, float(value), self.amount(column))
        elif isinstance(value, int | float):
            self.sheet.write_number(row, position, value)
        elif isinstance(value, dt.datetime):
            self.sheet.write_datetime(row, position, timezone.localtime(value).replace(tzinfo=None), self.moment)
        elif isinstance(value, dt.date):
            self.sheet.write_datetime(row, position, dt.datetime.combine(value, dt.time()), self.day)
        else:
            self.sheet.write_string(row, position, str(value)[:MAX_TEXT])

    def amount(self, column: Column) -> Any:
        """The number format with as many decimals as the field has."""
        places = min(2, column.info.decimals or 0) if column.info is not None else 2
        if places not in self.amounts:
            self.amounts[places] = self.book.add_format(
                {"num_format": "#,##0" + ("." + "0" * places if places else "")}
            )
        return self.amounts[places]
