"""The parts that pages are declared with: views of a list, FastTabs of a card, FactBoxes, cues."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

Visible = Callable[[HttpRequest], bool]


@dataclass(frozen=True, slots=True)
class View:
    """A named filter of a list, in the filter grammar; `filter` may be a function of the request.

    `sort` is a field name, with a leading `-` for descending.
    """

    name: str
    caption: Any
    filter: str | Callable[[HttpRequest], str] = ""
    sort: str = ""
    visible: Visible | None = None

    def filter_text(self, request: HttpRequest | None) -> str:
        """The filter for this request; blank where it needs a request and there is none."""
        if callable(self.filter):
            return self.filter(request) if request is not None else ""
        return self.filter


@dataclass(frozen=True, slots=True)
class More:
    """A field of a FastTab that shows after *Show more*."""

    name: str


@dataclass(frozen=True, slots=True)
class Suggest:
    """Values that a plain field of a card offers while one types, taken from another table.

    `fills`: {field of the card: field of that table}, all taken over together when a row is chosen.
    """

    table: str
    field: str
    fills: Mapping[str, str]


@dataclass(frozen=True)
class FastTab:
    """A group of fields of a card. `summary`: the fields whose values stand in the header while it is closed.

    `is_open`: how it begins, until the user opens or closes it.
    """

    name: str
    caption: Any
    fields: Sequence[str | More]
    summary: Sequence[str] = ()
    is_open: bool = True
    visible: Visible | None = None

    @property
    def names(self) -> list[str]:
        """The names of all its fields."""
        return [f.name if isinstance(f, More) else f for f in self.fields]


@dataclass(frozen=True, slots=True)
class Picker:
    """A text column of lines whose values are chosen from hits, as a look-up is. Each function gets the row.

    `address(row)`: answers hits for `?q=` (template `pages/_lookup.html`). `shown(row)`: what people read for the value.
    `resolve(row, typed)`: the value for a text that was typed without choosing; blank where nothing fits.
    """

    address: Callable[[Any], str]
    shown: Callable[[Any], str]
    resolve: Callable[[Any, str], str]


@dataclass(frozen=True)
class Lines:
    """Rows of another table that belong to the record of a card, edited in place.

    `model` is the child table, `parent` its reference to the record. `defaults`: field values of a new row.
    `editable=False` only lists them. `filter`: only rows inside it. `limit`: at most so many are shown.
    `pickers`: by column. `move(pk, step)`: puts a row one place up (-1) or down (1); without it the order is fixed.
    """

    name: str
    caption: Any
    model: str
    parent: str
    columns: Sequence[str]
    sort: Sequence[str] = ()
    filter: str = ""
    editable: bool = True
    limit: int = 100
    is_open: bool = True
    visible: Visible | None = None
    defaults: Callable[[HttpRequest, str], dict[str, Any]] | None = None
    pickers: Mapping[str, Picker] = field(default_factory=dict)
    move: Callable[[str, int], None] | None = None

    @property
    def is_movable(self) -> bool:
        """True where rows have an order that people decide (templates would call `move` itself)."""
        return self.move is not None


@dataclass(frozen=True, slots=True)
class FactBox:
    """A part of the side pane. `context(request, record)` gives what its template shows; None hides it.

    `record` is a `pages.rows.Row`. `icon` is a name of the sprite.
    """

    name: str
    caption: Any
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    icon: str = ""
    visible: Visible | None = None


@dataclass(frozen=True, slots=True)
class DeleteChoice:
    """A question of the delete dialog, with what follows from its answer once the records are gone.

    `options(request, label, pks)`: (value, caption, explanation); the first one is chosen, none asks nothing.
    `follow(request, label, pks, value)`: gets the deleted records and gives sentences about what could not be done.
    """

    name: str
    caption: Any
    options: Callable[[HttpRequest, str, Sequence[str]], Sequence[tuple[str, Any, Any]]]
    follow: Callable[[HttpRequest, str, Sequence[str], str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Chip:
    """A status shown as icon and word. `tone`: ok, warn, bad, info or neutral."""

    caption: Any
    tone: str = "neutral"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """A tile of a role centre: a number that opens the list filtered to exactly what it counts.

    Either `page` (a list) with `view` or `filter`, or `count(request)` with `url(request)`.
    `tone(count)` names its colour and, for warn and bad, the word beside it comes from `note`.
    """

    name: str
    caption: Any
    page: str = ""
    view: str = ""
    filter: str | Callable[[HttpRequest], str] = ""
    count: Callable[[HttpRequest], int] | None = None
    url: Callable[[HttpRequest], str] | None = None
    tone: Callable[[int], str] | None = None
    note: Any = ""
    visible: Visible | None = None


@dataclass(frozen=True)
class CueGroup:
    """A card of cues on a role centre. `width`: columns of twelve."""

    name: str
    caption: Any
    cues: Sequence[Cue]
    width: int = 12
    icon: str = ""
    visible: Visible | None = None


@dataclass(frozen=True)
class Part:
    """Any other card of a role centre: a template with `context(request)`."""

    name: str
    caption: Any
    template: str
    context: Callable[[HttpRequest], dict[str, Any]]
    width: int = 6
    icon: str = ""
    visible: Visible | None = None


@dataclass(frozen=True, slots=True)
class ActionGroup:
    """A menu of the action bar; with `parent` a headed section inside the menu of that group."""

    name: str
    caption: Any
    icon: str = ""
    parent: str = ""
    order: int = 50
    hidden_when_empty: bool = field(default=True)


def is_visible(part: Any, request: HttpRequest) -> bool:
    """True where a part has no condition or its condition holds."""
    return part.visible is None or part.visible(request)
