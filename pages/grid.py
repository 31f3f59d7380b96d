"""The rows of a list for one request, with a constant number of queries, and what stands around them.

Keys are read first (`LIMIT`/`OFFSET` over keys alone; beyond the middle from the other end), then the rows by key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pages import registry, rows
from pages.columns import Column
from pages.icons import icon
from pages.lists import ListPage
from pages.parts import View
from pages.rows import Row
from pages.state import ListState
from records.filters import FilterError, describe, is_filterable
from records.listing import is_orderable
from records.messages import text


@dataclass(slots=True)
class Line:
    """One row of the grid; `html`: its cells."""

    row: Row
    url: str
    html: SafeString
    label: str


@dataclass(slots=True)
class Header:
    """One header cell. `direction`: ascending, descending or "" where the list is not sorted by it.

    `query`: the state that a click leads to, blank where the list cannot be sorted by the column.
    """

    name: str
    title: str
    align: str
    query: str = ""
    direction: str = ""
    is_filterable: bool = False
    is_filtered: bool = False
    width: int = 0


@dataclass(slots=True)
class Grid:
    """What the grid shows. `error`: why nothing can be shown. `reason`: why it is empty."""

    lines: list[Line] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    total: int = 0
    first: int = 0
    last: int = 0
    page: int = 1
    pages: int = 1
    previous: str | None = None
    next: str | None = None
    error: str = ""
    filter_text: str = ""
    query: str = ""
    poll: int | None = None


def build(page: ListPage, request: HttpRequest, state: ListState) -> Grid:
    """Read the rows of a state."""
    columns = page.bound_columns(request)
    grid = Grid(headers=_headers(page, request, state, columns), query=state.query())
    try:
        page.whole_filter(request, state)
        grid.filter_text = describe(state.filter, page.table.model)
        keys = _keys(grid, page.found(request, state), state, page.page_size)
    except FilterError as error:
        grid.error = text(error.code, error.params)
        return grid
    found = read_rows(page, columns, keys)
    drawer = _Drawer(page, request, columns, state)
    grid.lines = [drawer.line(row) for row in found]
    grid.poll = page.poll(request, found)
    _links(grid, state)
    return grid


def read_rows(page: ListPage, columns: Sequence[Column], keys: Sequence[str]) -> list[Row]:
    """Rows by key with the fields and computed values of these columns."""
    names = {column.name for column in columns if column.info is not None}
    totals = {str(total) for column in columns if (total := getattr(column, "total", None))}
    found = rows.read(page.model, keys, fields=names | (totals & set(page.table.fields)))
    for column in columns:
        if column.compute is not None:
            values = column.compute(keys)
            for row in found:
                row.values[column.name] = values.get(row.pk)
        if column.note is not None:
            notes = column.note(keys)
            for row in found:
                row.values[f"{column.name}.note"] = notes.get(row.pk)
    return found


def _keys(grid: Grid, found: QuerySet[Any], state: ListState, size: int) -> list[str]:
    """The keys of one page; fills in the counts. A page beyond the end shows the last one."""
    wanted = state.page
    if wanted > 1:
        total = found.order_by().count()
        wanted = min(wanted, max(1, -(-total // size)))
        keys = window(found, (wanted - 1) * size, size, total)
    elif state.is_narrowed:
        keys, total = _first_page(found, size)
    else:
        keys = [str(pk) for pk in found.values_list("pk", flat=True)[:size]]
        total = len(keys) if len(keys) < size else found.order_by().count()
    grid.total, grid.page, grid.pages = total, wanted, max(1, -(-total // size))
    grid.first = (wanted - 1) * size + 1 if keys else 0
    grid.last = grid.first + len(keys) - 1 if keys else 0
    return keys


def _first_page(found: QuerySet[Any], size: int) -> tuple[list[str], int]:
    """Keys and total of a search or filter in one statement: the table is read once."""
    counted = found.annotate(total_=Window(Count("*"))).values_list("pk", "total_")
    rows_ = list(counted[:size])
    return [str(pk) for pk, _total in rows_], rows_[0][1] if rows_ else 0


def window(found: QuerySet[Any], offset: int, size: int, total: int) -> list[str]:
    """The keys from `offset` on; beyond the middle they are read from the other end."""
    keys = found.values_list("pk", flat=True)
    size = min(size, total - offset)
    if offset <= total // 2:
        return [str(pk) for pk in keys[offset : offset + size]]
    behind = total - offset - size
    return [str(pk) for pk in keys.reverse()[behind : behind + size]][::-1]


class _Drawer:
    """Draws rows: strings are put together here, because a template for each cell costs more than the queries."""

    def __init__(self, page: ListPage, request: HttpRequest, columns: Sequence[Column], state: ListState) -> None:
        self.page, self.request, self.columns = page, request, columns
        query = state.but(page=1).query()
        self.tail = f"?{urlencode({'list': query})}" if query else ""
        self.actions_for = _("Actions for %(name)s")
        self.menu_icon = icon("more_vertical")

    def line(self, row: Row) -> Line:
        """One row."""
        url = self.page.row_url(self.request, row)
        url = f"{url}{self.tail}" if url else ""
        label = row.title
        cells = [self.cell(column, row, url if number == 0 else "") for number, column in enumerate(self.columns)]
        if self.page.selectable:
            cells[1:1] = [self.menu(label)]
            cells[:0] = [self.box(label)]
        return Line(row, url, SafeString("".join(cells)), label)

    def cell(self, column: Column, row: Row, url: str) -> str:
        """One cell; the first one opens the record."""
        html = str(conditional_escape(column.cell(row)))
        if url:
            html = f'<a class="key" href="{escape(url)}">{html or "—"}</a>'
        return f'<td class="{column.align}">{html}</td>' if column.align else f"<td>{html}</td>"

    def box(self, label: str) -> str:
        """The box that chooses the row."""
        return f'<td class="check"><input type="checkbox" data-check aria-label="{escape(label)}"></td>'

    def menu(self, label: str) -> str:
        """The button of the row's menu."""
        said = escape(self.actions_for % {"name": label})
        return (
            '<td class="row-menu-cell"><button type="button" class="row-menu-button" data-row-menu aria-haspopup="menu" '
            'aria-expanded="false" aria-controls="row-menu" tabindex="-1">'
            f'{self.menu_icon}<span class="visually-hidden">{said}</span></button></td>'
        )


def _headers(page: ListPage, request: HttpRequest, state: ListState, columns: Sequence[Column]) -> list[Header]:
    present = page.order(request, state) or next(iter(getattr(page.table.model.Record, "sort", ())), "")
    found = []
    widths = page.widths(request)
    for column in columns:
        header = Header(column.name, str(column.title), column.align, width=widths.get(column.name, 0))
        header.is_filterable = column.info is not None and is_filterable(column.info)
        header.is_filtered = header.is_filterable and column.name in state.terms
        if column.info is not None and is_orderable(column.info):
            is_up, is_down = present == column.name, present == f"-{column.name}"
            header.query = state.but(sort=f"-{column.name}" if is_up else column.name).query()
            header.direction = "ascending" if is_up else "descending" if is_down else ""
        found.append(header)
    return found


def _links(grid: Grid, state: ListState) -> None:
    if grid.page > 1:
        grid.previous = state.but(page=grid.page - 1).query()
    if grid.page < grid.pages:
        grid.next = state.but(page=grid.page + 1).query()


def view_counts(page: ListPage, request: HttpRequest) -> list[tuple[View, int]]:
    """How many records each view shows, with one statement."""
    views = page.bound_views(request)
    return list(zip(views, page.counts(request, [ListState(view=view.name) for view in views]), strict=True))


def new_url(page: ListPage, request: HttpRequest) -> str:
    """Where New leads; blank where records are not made here."""
    card = registry.find(page.card) if page.card else None
    wanted = page.of("insert", request)
    if card is None or wanted is False or (wanted is None and not card.of("insert", request)):
        return ""
    return reverse(f"{page.card}.new")


def can_delete(page: ListPage, request: HttpRequest) -> bool:
    """Whether Delete is offered."""
    wanted = page.of("delete", request)
    if wanted is not None:
        return bool(wanted)
    card = registry.find(page.card) if page.card else None
    return bool(card is not None and card.of("delete", request) and card.of("editable", request))


def opens_to_edit(page: ListPage, request: HttpRequest) -> bool:
    """Whether the card of this list takes changes from this user."""
    card = registry.find(page.card) if page.card else None
    user: Any = request.user
    return bool(card is not None and card.of("editable", request) and user.has_right(card.edit_right))
