"""The rows of a list for one request, with a constant number of queries, and what stands around them.

Keys are read first (`LIMIT`/`OFFSET` over keys alone; beyond the middle from the other end), then the rows by key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from pages import registry, rows
from pages.columns import Column
from pages.lists import ListPage
from pages.parts import View
from pages.rows import Row
from pages.state import ListState
from records import db
from records.errors import RecordError
from records.filters import FilterError, describe, is_filterable, parse, to_sql
from records.listing import is_orderable
from records.messages import text
from records.schema import FieldInfo, Schema


@dataclass(slots=True)
class Cell:
    """One cell."""

    html: Any
    align: str = ""


@dataclass(slots=True)
class Line:
    """One row of the grid."""

    row: Row
    url: str
    cells: list[Cell]
    label: str


@dataclass(slots=True)
class Header:
    """One header cell. `direction`: ascending, descending or "" where the list is not sorted by it."""

    title: str
    align: str
    query: str = ""
    direction: str = ""


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
        keys = _keys(grid, page.found(request, state), state.page, page.page_size)
    except FilterError as error:
        grid.error = text(error.code, error.params)
        return grid
    found = read_rows(page, columns, keys)
    grid.lines = [_line(page, request, row, columns, state) for row in found]
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
    return found


def _keys(grid: Grid, found: QuerySet[Any], wanted: int, size: int) -> list[str]:
    """The keys of one page; fills in the counts. A page beyond the end shows the last one."""
    if wanted == 1:
        keys = [str(pk) for pk in found.values_list("pk", flat=True)[:size]]
        total = len(keys) if len(keys) < size else found.order_by().count()
    else:
        total = found.order_by().count()
        wanted = min(wanted, max(1, -(-total // size)))
        keys = window(found, (wanted - 1) * size, size, total)
    grid.total, grid.page, grid.pages = total, wanted, max(1, -(-total // size))
    grid.first = (wanted - 1) * size + 1 if keys else 0
    grid.last = grid.first + len(keys) - 1 if keys else 0
    return keys


def window(found: QuerySet[Any], offset: int, size: int, total: int) -> list[str]:
    """The keys from `offset` on; beyond the middle they are read from the other end."""
    keys = found.values_list("pk", flat=True)
    size = min(size, total - offset)
    if offset <= total // 2:
        return [str(pk) for pk in keys[offset : offset + size]]
    behind = total - offset - size
    return [str(pk) for pk in keys.reverse()[behind : behind + size]][::-1]


def _line(page: ListPage, request: HttpRequest, row: Row, columns: Sequence[Column], state: ListState) -> Line:
    url = page.row_url(request, row)
    query = state.but(page=1).query()
    if url and query:
        from urllib.parse import urlencode

        url = f"{url}?{urlencode({'list': query})}"
    cells = [Cell(column.cell(row), column.align) for column in columns]
    if url and cells:
        cells[0].html = format_html('<a class="key" href="{}">{}</a>', url, cells[0].html or "—")
    return Line(row, url, cells, row.title)


def _headers(page: ListPage, request: HttpRequest, state: ListState, columns: Sequence[Column]) -> list[Header]:
    present = page.order(request, state) or next(iter(getattr(page.table.model.Record, "sort", ())), "")
    found = []
    for column in columns:
        header = Header(str(column.title), column.align)
        if column.info is not None and is_orderable(column.info):
            is_up = present == column.name
            header.query = state.but(sort=f"-{column.name}" if is_up else column.name).query()
            is_down = present == f"-{column.name}"
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
    table = page.table
    views = page.bound_views(request)
    counted: list[tuple[str, list[Any]]] = []
    for view in views:
        try:
            counted.append(to_sql(view.filter_text(request), table.model, "t"))
        except RecordError:
            counted.append(("FALSE", []))
    base, base_params = to_sql(page.of("base_filter", request), table.model, "t")
    columns = ", ".join(f"count(*) FILTER (WHERE {sql})" for sql, _params in counted)
    params = [p for _sql, values in counted for p in values]
    numbers = db.one(f'SELECT {columns} FROM "{table.table}" t WHERE {base}', [*params, *base_params])
    return list(zip(views, numbers or [], strict=True))


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


@dataclass(slots=True)
class PaneField:
    """A field of the filter pane. `kind`: text, options, bool or reference."""

    name: str
    caption: str
    kind: str
    value: str = ""
    shown: str = ""
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    lookup: str = ""
    error: str = ""


@dataclass(slots=True)
class Pane:
    """The filter pane: views, fields, and the fields that may be added."""

    views: list[tuple[View, bool, str]]
    fields: list[PaneField]
    others: list[tuple[str, str]]
    error: str = ""


def pane(page: ListPage, request: HttpRequest, state: ListState) -> Pane:
    """The filter pane for this state."""
    chosen = page.chosen_view(request, state)
    table = page.table
    names = dict.fromkeys([*page.pane_fields(request), *(n for n in state.terms if n in table)])
    if (added := request.GET.get("add", "")) in table:
        names[added] = None
    whole = state.errors.get("")
    return Pane(
        views=[(v, v is chosen, ListState(view=v.name).query()) for v in page.bound_views(request)],
        fields=[_pane_field(table, table[name], state) for name in names if is_filterable(table[name])],
        others=sorted(
            ((f.name, str(f.caption)) for f in table if is_filterable(f) and f.name not in names),
            key=lambda pair: pair[1],
        ),
        error=text(whole.code, whole.params) if whole else "",
    )


def _pane_field(table: Schema, info: FieldInfo, state: ListState) -> PaneField:
    value = state.terms.get(info.name, "")
    error = state.errors.get(info.name)
    found = PaneField(
        info.name, str(info.caption), "text", value, value, error=text(error.code, error.params) if error else ""
    )
    if info.kind == "bool":
        found.kind = "bool"
    elif info.kind == "option" and 0 < len(info.options) <= 12 and not info.extensible:
        options = _options(table, info, value)
        if options is not None:
            found.kind, found.options = "options", options
    elif info.kind == "ref":
        found.kind = "reference"
        found.lookup = reverse("pages.lookup", args=[table.label, info.name])
        if value and not info.ref_code:
            found.shown = _name_of(info, value)
    return found


def _options(table: Schema, info: FieldInfo, value: str) -> list[tuple[str, str, bool]] | None:
    """Options to tick; None where the present expression is more than a choice of options."""
    ticked: set[str] = set()
    if value:
        for group in parse(f"{info.name}={value}").terms[0].groups:
            factor = group[0]
            if len(group) > 1 or getattr(factor, "op", "") != "=":
                return None
            ticked.add(factor.value.text.casefold())  # type: ignore[union-attr]
    by_name = getattr(table.model, "OPTIONS_BY_NAME", True)
    found = []
    for number, (member, caption) in info.options.items():
        key = member if by_name else str(number)
        is_ticked = bool(ticked) and bool({key.casefold(), str(number), str(caption).casefold()} & ticked)
        found.append((key, str(caption), is_ticked))
    return found


def _name_of(info: FieldInfo, value: str) -> str:
    from pages.selection import keys

    found = keys([value])
    row = rows.one(info.ref, found[0]) if found else None
    return row.title_parts[-1] if row else value


