"""CardPage: one record as a card (ERP, saved field by field) or form (Sales, saved as a whole)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.urls import URLPattern, path

from pages.actions import Action
from pages.page import Page
from pages.parts import ActionGroup, Chip, DeleteChoice, FactBox, FastTab, Lines, Suggest, is_visible
from pages.rows import Row
from records.schema import Schema, schema


class CardPage(Page, kind=True):
    """A card. Its path holds `<uuid:pk>` unless the table is a singleton.

    `list`: the list it belongs to. `fasttabs`: `FastTab`s and `Lines` in order. `editable=False` or a method
    `get_editable`: only shown. `is_editable(request, row)` decides by record. `chips(request, row)`: status chips
    beside the heading. `delete_notes(request, label, pks)`: sentences that the delete dialog shows; `delete_choices`:
    what it asks.
    `lookup_filters`: {field: filter} narrows what a look-up offers. `shown`: {field: words}, as a caption for a name.
    `header`: fields in the heading of a form.
    `state_field`: the Active/Inactive field of a Sales table ("statecode" where the table has it).
    """

    model: ClassVar[str] = ""
    list: ClassVar[str] = ""
    fasttabs: ClassVar[Sequence[FastTab | Lines]] = ()
    actions: ClassVar[Sequence[Action]] = ()
    groups: ClassVar[Sequence[ActionGroup]] = ()
    factboxes: ClassVar[Sequence[FactBox]] = ()
    chips: ClassVar[Sequence[Callable[[HttpRequest, Row], Chip | None]]] = ()
    delete_notes: ClassVar[Sequence[Any]] = ()
    delete_choices: ClassVar[Sequence[DeleteChoice]] = ()
    lookup_filters: ClassVar[Mapping[str, str]] = {}
    #: what plain fields offer from other tables, by field
    suggestions: ClassVar[Mapping[str, Suggest]] = {}
    #: what people read for a field instead of its value, by field
    shown: ClassVar[Mapping[str, Callable[[Row], str]]] = {}
    header: ClassVar[Sequence[str]] = ()
    editable: ClassVar[bool] = True
    insert: ClassVar[bool] = True
    delete: ClassVar[bool] = True
    #: values of a new record, by field, as stored
    defaults: ClassVar[Mapping[str, Any]] = {}

    #: what other apps may add with `pages.extend`
    EXTENSIBLE: ClassVar[tuple[str, ...]] = (
        "fasttabs", "actions", "groups", "factboxes", "chips", "delete_notes", "delete_choices",
        "videos",
    )  # fmt: skip

    @property
    def table(self) -> Schema:
        """The table's fields."""
        return schema(self.model)

    @property
    def is_singleton(self) -> bool:
        """True for a table with one row."""
        return "<uuid:pk>" not in self.path

    @property
    def is_form(self) -> bool:
        """True where Save is pressed (Sales); False where leaving a field saves (ERP)."""
        return self.app == "crm"

    @property
    def folder(self) -> str:
        """The address below which everything of this table lives."""
        return self.path.removesuffix("<uuid:pk>/")

    @property
    def state_field(self) -> str:
        """The field that makes a record active or inactive; blank where there is none."""
        return "statecode" if "statecode" in self.table else ""

    def bound_tabs(self, request: HttpRequest) -> Sequence[FastTab | Lines]:
        """The FastTabs of this request."""
        return [tab for tab in self.of("fasttabs", request) if is_visible(tab, request)]

    def field_names(self, request: HttpRequest) -> Sequence[str]:
        """The fields on the card, each once."""
        names = [name for tab in self.bound_tabs(request) if isinstance(tab, FastTab) for name in tab.names]
        return [*dict.fromkeys([*self.of("header", request), *names])]

    def text_of(self, name: str, row: Row) -> str:
        """What people read for the value of a field."""
        return self.shown[name](row) if name in self.shown else row.text(name)

    def lines(self, request: HttpRequest, name: str) -> Lines | None:
        """The lines with this name."""
        return next((t for t in self.bound_tabs(request) if isinstance(t, Lines) and t.name == name), None)

    def is_fixed(self, request: HttpRequest, row: Row | None, name: str) -> bool:
        """True for a field that is only shown for this record although it can be changed on others."""
        return False

    def is_editable(self, request: HttpRequest, row: Row | None) -> bool:
        """Whether this user may change this record here; inactive Sales records are read-only."""
        if not self.of("editable", request) or not request.user.has_right(self.edit_right):  # type: ignore[union-attr]
            return False
        return row is None or not self.is_inactive(row)

    def is_inactive(self, row: Row) -> bool:
        """True for a record whose state is inactive."""
        return bool(self.state_field and row.get(self.state_field) == 1)

    def urls(self) -> Sequence[URLPattern]:
        """Card, new card, and everything below."""
        from pages.views import cards as views
        from pages.views import lines

        kwargs = {"page": self}
        here = self.path
        found = [
            path(here, views.CardView.as_view(**kwargs), name=self.name),
            path(f"{here}factboxes/", views.FactBoxesView.as_view(**kwargs), name=f"{self.name}.factboxes"),
            path(f"{here}actions/<slug:action>/", views.CardActionView.as_view(**kwargs), name=f"{self.name}.action"),
            path(f"{here}lines/<slug:lines>/", lines.LinesView.as_view(**kwargs), name=f"{self.name}.lines"),
            path(f"{here}lines/<slug:lines>/<uuid:line>/", lines.LineView.as_view(**kwargs), name=f"{self.name}.line"),
            path(
                f"{here}lines/<slug:lines>/<uuid:line>/move/",
                lines.LineMoveView.as_view(**kwargs),
                name=f"{self.name}.move",
            ),
        ]
        if self.is_singleton:
            return found
        return [
            path(f"{self.folder}new/", views.NewView.as_view(**kwargs), name=f"{self.name}.new"),
            *found,
            path(f"{here}delete/", views.CardDeleteView.as_view(**kwargs), name=f"{self.name}.delete"),
            path(f"{here}next/", views.NeighbourView.as_view(step=1, **kwargs), name=f"{self.name}.next"),
            path(f"{here}previous/", views.NeighbourView.as_view(step=-1, **kwargs), name=f"{self.name}.previous"),
            path(f"{here}state/<int:value>/", views.StateView.as_view(**kwargs), name=f"{self.name}.state"),
        ]
