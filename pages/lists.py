"""ListPage: a table as rows. Declared with names of columns; everything else has a default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import URLPattern, path

from pages import state as states
from pages.actions import Action
from pages.columns import Column, column
from pages.page import Page
from pages.parts import ActionGroup, DeleteChoice, FactBox, View, is_visible
from pages.rows import Row
from pages.state import ListState
from records import db
from records.filters import Filter, FilterError, check, parse, to_sql
from records.listing import is_orderable, select
from records.schema import FieldInfo, Schema, schema

MIN_WIDTH, MAX_WIDTH = 40, 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """A column as somebody wants it. `width`: pixels, 0 for as wide as it needs to be."""

    name: str
    width: int = 0


_layout_sources: list[Callable[[HttpRequest, ListPage], Sequence[Shown]]] = []
_view_sources: list[Callable[[HttpRequest, ListPage], Sequence[View]]] = []


def views_from(source: Callable[[HttpRequest, ListPage], Sequence[View]]) -> None:
    """Offer on every list what this function finds for the request: views that users keep."""
    _view_sources.append(source)


def layouts_from(source: Callable[[HttpRequest, ListPage], Sequence[Shown]]) -> None:
    """Show the columns that this function finds for the request; those that the list declares where it finds none."""
    _layout_sources.append(source)


class ListPage(Page, kind=True):
    """A list. `card` names the card or form page of its records; without one rows do not open.

    `columns`: field names or `Column`s; the first one opens the card. `filter_fields`: what the filter pane offers at
    once (default: the first columns that can be filtered). `base_filter`: what never shows, in the filter grammar.
    `insert`, `delete`: whether New and Delete are offered (default: with a card that is not read-only).
    `poll(rows)`: seconds until the rows are read again, None for never.
    """

    model: ClassVar[str] = ""
    card: ClassVar[str] = ""
    columns: ClassVar[Sequence[str | Column]] = ()
    views: ClassVar[Sequence[View]] = ()
    actions: ClassVar[Sequence[Action]] = ()
    groups: ClassVar[Sequence[ActionGroup]] = ()
    factboxes: ClassVar[Sequence[FactBox]] = ()
    filter_fields: ClassVar[Sequence[str]] = ()
    base_filter: ClassVar[str] = ""
    sort: ClassVar[str] = ""
    page_size: ClassVar[int] = 100
    insert: ClassVar[bool | None] = None
    delete: ClassVar[bool | None] = None
    selectable: ClassVar[bool] = True
    export: ClassVar[bool] = True
    delete_notes: ClassVar[Sequence[Any]] = ()
    delete_choices: ClassVar[Sequence[DeleteChoice]] = ()
    empty_text: ClassVar[Any] = ""
    icon: ClassVar[str] = "table"

    #: what other apps may add with `pages.extend`
    EXTENSIBLE: ClassVar[tuple[str, ...]] = (
        "columns", "views", "actions", "groups", "factboxes", "delete_notes", "delete_choices",
        "videos",
    )  # fmt: skip

    @property
    def table(self) -> Schema:
        """The table's fields."""
        return schema(self.model)

    def poll(self, request: HttpRequest, rows: Sequence[Row]) -> int | None:
        """Seconds until the list reads its rows again; None stops."""
        return None

    def row_url(self, request: HttpRequest, row: Row) -> str:
        """Where a row leads; blank for nowhere."""
        from pages import registry

        return registry.reverse(self.card, pk=row.pk) if self.card else ""

    def bound_columns(self, request: HttpRequest) -> list[Column]:
        """The columns of this request, connected with their fields: those that the user has chosen, or the declared ones."""
        chosen = self._layout(request)
        offered = {c.name: c for c in self.offered_columns(request)} if chosen else {}
        return [offered[one.name] for one in chosen if one.name in offered] or self.declared_columns(request)

    def declared_columns(self, request: HttpRequest) -> list[Column]:
        """What the list declares, connected with its fields."""
        found = [column(declared, self.table) for declared in self.of("columns", request)]
        return [c for c in found if is_visible(c, request)]

    def offered_columns(self, request: HttpRequest) -> list[Column]:
        """What a user may choose from: what the list declares, and all other fields that say something to people."""
        declared = self.declared_columns(request)
        known = {c.name for c in declared}
        return declared + [column(f.name, self.table) for f in self.table if f.name not in known and _is_readable(f)]

    def widths(self, request: HttpRequest) -> dict[str, int]:
        """Widths in pixels that the user has given to columns."""
        return {one.name: one.width for one in self._layout(request) if one.width}

    def _layout(self, request: HttpRequest) -> list[Shown]:
        return [one for source in _layout_sources for one in source(request, self)]

    def bound_views(self, request: HttpRequest) -> list[View]:
        """The views of this request; a list that declares none begins with one that shows everything."""
        from django.utils.translation import gettext_lazy as _

        found = [view for view in self.of("views", request) if is_visible(view, request)]
        own = [view for source in _view_sources for view in source(request, self)]
        if found and (self.views or hasattr(self, "get_views")):
            return [*found, *own]
        return [View("all", _("All")), *found, *own]

    def pane_fields(self, request: HttpRequest) -> list[str]:
        """What the filter pane offers without being asked."""
        from records.filters import is_filterable

        given = self.of("filter_fields", request)
        names = [c.name for c in self.declared_columns(request) if c.info is not None and is_filterable(c.info)]
        return list(given) or names[1:5]

    def chosen_view(self, request: HttpRequest, state: ListState) -> View:
        """The view of the state; the first one where it names none."""
        views = self.bound_views(request)
        return next((view for view in views if view.name == state.view), views[0])

    def whole_filter(self, request: HttpRequest, state: ListState) -> Filter:
        """What never shows, the view and the user's filter together. Raises `FilterError`."""
        for error in state.errors.values():
            raise error
        texts = (self.of("base_filter", request), self.chosen_view(request, state).filter_text(request))
        terms = [term for text in texts if text for term in parse(text).terms]
        return Filter((*terms, *state.filter.terms))

    def found(self, request: HttpRequest, state: ListState) -> QuerySet[Any]:
        """The records of this state, in order. Raises `FilterError`."""
        filter_ = check(self.whole_filter(request, state), self.table.model)
        order = self.order(request, state)
        return select(self.model, filter=filter_, search=state.search, ordering=[order] if order else [])

    def order(self, request: HttpRequest, state: ListState) -> str:
        """The field to sort by; blank for the order of the table. Unknown fields are passed over."""
        info = self.table.fields.get(state.sort.removeprefix("-"))
        if state.sort and info is not None and is_orderable(info):
            return state.sort
        return self.chosen_view(request, state).sort or str(self.of("sort", request))

    def keys(self, request: HttpRequest, query: QueryDict) -> list[str]:
        """The keys of everything inside a state, in its order; none for a filter that does not parse."""
        try:
            found = self.found(request, states.read(query, self.table))
        except FilterError:
            return []
        return [str(pk) for pk in found.values_list("pk", flat=True)]

    def count(self, request: HttpRequest, query: QueryDict) -> int:
        """How many records a state shows."""
        try:
            return self.found(request, states.read(query, self.table)).order_by().count()
        except FilterError:
            return 0

    def counts(self, request: HttpRequest, wanted: Sequence[ListState]) -> list[int]:
        """How many records each of these states shows (without searches), with one statement."""
        columns, params = [], []
        for state in wanted:
            try:
                sql, values = to_sql(self.whole_filter(request, state), self.table.model, "t")
            except FilterError:
                sql, values = "FALSE", []
            columns.append(f"count(*) FILTER (WHERE {sql})")
            params += values
        found = db.one(f'SELECT {", ".join(columns)} FROM "{self.table.table}" t', params) if columns else ()
        return list(found or ())

    def urls(self) -> Sequence[URLPattern]:
        """List, its side requests, and its actions."""
        from pages.views import lists as views

        kwargs = {"page": self}
        return [
            path(self.path, views.ListView.as_view(**kwargs), name=self.name),
            path(f"{self.path}counts/", views.CountsView.as_view(**kwargs), name=f"{self.name}.counts"),
            path(f"{self.path}selected/", views.SelectedView.as_view(**kwargs), name=f"{self.name}.selected"),
            path(f"{self.path}excel/", views.ExportView.as_view(**kwargs), name=f"{self.name}.excel"),
            path(f"{self.path}delete/", views.DeleteView.as_view(**kwargs), name=f"{self.name}.delete"),
            path(
                f"{self.path}actions/<slug:action>/", views.ActionRunView.as_view(**kwargs), name=f"{self.name}.action"
            ),
        ]


def _is_readable(info: FieldInfo) -> bool:
    """True for fields that people can read as a column; keys, versions and names of tables are for machines."""
    return not (
        info.internal or info.kind in ("json", "entityname", "memo") or (info.system and info.kind in ("int", "guid"))
    )
