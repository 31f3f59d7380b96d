"""A card as its templates draw it: tabs with inputs, heading, chips, lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from pages import inputs, rows
from pages.cards import CardPage
from pages.inputs import Input
from pages.parts import Chip, FastTab, Lines, More
from pages.rows import Row
from records.filters import to_q
from records.listing import select
from records.schema import Schema, schema


@dataclass(slots=True)
class Tab:
    """A FastTab or lines with what stands in it. `summary`: values for its header while closed."""

    name: str
    caption: str
    is_open: bool
    inputs: list[Input] = field(default_factory=list)
    summary: list[tuple[str, str]] = field(default_factory=list)
    has_more: bool = False
    lines: LinesTable | None = None
    is_lines: bool = False


@dataclass(slots=True)
class LinesTable:
    """Rows of another table in a card. `blank` is the empty row at the end."""

    lines: Lines
    address: str
    captions: list[tuple[str, bool, bool]]
    rows: list[LineRow]
    blank: LineRow | None
    is_editable: bool
    more_count: int = 0


@dataclass(slots=True)
class LineRow:
    """One row of lines."""

    row: Row
    inputs: list[Input]
    address: str
    title: str
    url: str = ""


@dataclass(slots=True)
class Form:
    """A card for one record (or a new one)."""

    row: Row
    tabs: list[Tab]
    header: list[Input]
    chips: list[Chip]
    is_new: bool
    is_editable: bool
    is_inactive: bool
    address: str
    title: str


def build(
    page: CardPage, request: HttpRequest, row: Row, *, is_new: bool = False, errors: Mapping[str, str] | None = None
) -> Form:
    """Everything that the card shows for a record."""
    is_editable = page.is_editable(request, None if is_new else row)
    drawn = {
        name: _input(
            page,
            row,
            name,
            is_new=is_new,
            is_editable=is_editable and not page.is_fixed(request, None if is_new else row, name),
        )
        for name in page.field_names(request)
    }
    for name, message in (errors or {}).items():
        if name in drawn:
            drawn[name].error = message
    tabs = [
        _tab(page, request, row, tab, drawn, is_new=is_new, is_editable=is_editable) for tab in page.bound_tabs(request)
    ]
    return Form(
        row=row,
        tabs=tabs,
        header=[_in_header(page, request, drawn[name]) for name in page.of("header", request)],
        chips=[] if is_new else chips(page, request, row),
        is_new=is_new,
        is_editable=is_editable,
        is_inactive=not is_new and page.is_inactive(row),
        address=reverse(f"{page.name}.new") if is_new else address(page, row),
        title=row.title or str(page.title),
    )


def _in_header(page: CardPage, request: HttpRequest, one: Input) -> Input:
    """A field in the heading: only shown where a tab has it too, and states, which actions change."""
    tabs = [tab for tab in page.bound_tabs(request) if isinstance(tab, FastTab)]
    if any(one.name in tab.names for tab in tabs) or one.name in (page.state_field, "statuscode"):
        return replace(one, is_readonly=True, id=f"{one.id}-header")
    return one


def address(page: CardPage, row: Row) -> str:
    """The address of the card of this record."""
    return reverse(page.name) if page.is_singleton else reverse(page.name, kwargs={"pk": row.pk})


def chips(page: CardPage, request: HttpRequest, row: Row) -> list[Chip]:
    """The status chips beside the heading."""
    return [chip for make in page.of("chips", request) if (chip := make(request, row)) is not None]


def _input(page: CardPage, row: Row, name: str, *, is_new: bool, is_editable: bool) -> Input:
    found = inputs.build(page.table[name], row, is_editable=is_editable, is_new=is_new, page=page.name)
    found.shown = page.text_of(name, row)
    if name in page.suggestions and not found.is_readonly:
        found.suggests = True
        found.takes_many = page.table[name].kind == "json"
        found.lookup = f"{reverse('pages.lookup', args=[page.table.label, name])}?page={page.name}"
    return found


def _tab(
    page: CardPage,
    request: HttpRequest,
    row: Row,
    tab: FastTab | Lines,
    drawn: dict[str, Input],
    *,
    is_new: bool,
    is_editable: bool,
) -> Tab:
    found = Tab(tab.name, str(tab.caption), tab.is_open)
    if isinstance(tab, Lines):
        found.is_lines = True
        found.lines = None if is_new else lines_table(page, request, row, tab, is_editable=is_editable)
        return found
    for part in tab.fields:
        name = part.name if isinstance(part, More) else part
        one = drawn[name]
        one.is_more = isinstance(part, More)
        found.has_more = found.has_more or one.is_more
        found.inputs.append(one)
    found.summary = summary(page, tab, row)
    return found


def summary(page: CardPage, tab: FastTab, row: Row) -> list[tuple[str, str]]:
    """Captions and values of the summary fields that have a value."""
    texts = ((str(row.table[name].caption), page.text_of(name, row)) for name in tab.summary)
    return [(caption, text) for caption, text in texts if text]


def lines_table(page: CardPage, request: HttpRequest, row: Row, tab: Lines, *, is_editable: bool) -> LinesTable:
    """The rows that belong to a record."""
    table = schema(tab.model)
    may = tab.editable and is_editable
    keys = line_keys(tab, row.pk)
    found = rows.read(tab.model, keys[: tab.limit], fields={*tab.columns, tab.parent})
    kwargs = {"lines": tab.name} | ({} if page.is_singleton else {"pk": row.pk})
    where = reverse(f"{page.name}.lines", kwargs=kwargs)
    return LinesTable(
        lines=tab,
        address=where,
        captions=[
            (str(table[n].caption), table[n].kind in ("decimal", "int"), bool(table[n].required)) for n in tab.columns
        ],
        rows=[line_row(tab, where, one, is_editable=may) for one in found],
        blank=line_row(tab, where, blank_line(request, tab, row.pk), is_editable=True) if may else None,
        is_editable=may,
        more_count=max(0, len(keys) - tab.limit),
    )


def line_keys(tab: Lines, pk: str) -> list[str]:
    """The keys of the rows that belong to a record."""
    table = schema(tab.model)
    found = select(tab.model, ordering=tab.sort).filter(_belongs(table, tab, pk))
    if tab.filter:
        found = found.filter(to_q(tab.filter, table.model))
    return [str(key) for key in found.values_list("pk", flat=True)[: tab.limit * 10]]


def _belongs(table: Schema, tab: Lines, pk: str) -> Q:
    info = table[tab.parent]
    if info.kind != "polyref":
        return Q(**{tab.parent: pk})
    query = Q()
    for name in info.field.targets.values():
        query |= Q(**{name: pk})
    return query


def blank_line(request: HttpRequest, tab: Lines, pk: str) -> Row:
    """The empty row at the end of lines."""
    defaults = tab.defaults(request, pk) if tab.defaults else {}
    return inputs.blank_row(schema(tab.model), {tab.parent: pk, **defaults})


def line_row(
    tab: Lines, where: str, row: Row, *, is_editable: bool, errors: Mapping[str, str] | None = None
) -> LineRow:
    """One row of lines as inputs; names are unique on the page."""
    from pages import registry

    prefix = f"{tab.name}-{row.pk or 'new'}-"
    drawn = [
        inputs.build(row.table[name], row, is_editable=is_editable, is_new=not row.pk, prefix=prefix)
        for name in tab.columns
    ]
    for one in drawn:
        name = one.name.removeprefix(prefix)
        one.error = (errors or {}).get(name, "")
        if picker := tab.pickers.get(name):
            one.shown = picker.shown(row)
            one.widget, one.lookup = "reference", picker.address(row)
    url = "" if tab.editable or not row.pk else registry.address_of(row.label, row.pk)
    return LineRow(row, drawn, f"{where}{row.pk}/" if row.pk else where, row.title, url)
