"""`manage.py check`: everything that a page names exists. A typo is found before the first request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from pages import icons, registry, shell
from pages.actions import Action
from pages.cards import CardPage
from pages.columns import column
from pages.dialogs import ActionView, DialogPage
from pages.lists import ListPage
from pages.page import Page
from pages.parts import CueGroup, FactBox, FastTab, Lines, Part
from pages.rolecentre import RoleCentrePage
from records.errors import RecordError
from records.filters import check as check_filter
from records.listing import is_orderable
from records.schema import Schema, schema

Finding = str
RIGHTS = ("view", "use", "setup")


@register("pages")
def check_pages(**_options: Any) -> list[CheckMessage]:
    """All findings over all pages."""
    errors: list[CheckMessage] = [Error(text, id="pages.E001") for text in registry.freeze()]
    for page in registry.every():
        errors += [Error(f"page {page.name}: {text}", id="pages.E002") for text in findings(page)]
    return errors


def findings(page: Page) -> Iterator[Finding]:
    """What is wrong with one page."""
    yield from _common(page)
    if isinstance(page, ListPage | CardPage):
        try:
            table = schema(page.model)
        except LookupError as error:
            yield str(error)
            return
        yield from _actions(page)
        yield from _factboxes(page.all("factboxes"))
        yield from _list(page, table) if isinstance(page, ListPage) else _card(page, table)
    elif isinstance(page, RoleCentrePage):
        yield from _role_centre(page)
    elif isinstance(page, DialogPage):
        yield from _template(page.template)
        if type(page).submit is DialogPage.submit:
            yield "the dialog has no submit"
    elif isinstance(page, ActionView) and type(page).run is ActionView.run:
        yield "the action has no run"


def _common(page: Page) -> Iterator[Finding]:
    if page.app not in shell.APPS:
        yield f"there is no app {page.app!r}"
    if page.path.startswith("/") or (page.path and not page.path.endswith("/")):
        yield f"the path {page.path!r} must end with a slash and not begin with one"
    for right in (page.right, page.edit_right):
        if right and right not in RIGHTS:
            yield f"there is no right {right!r}"
    if page.menu is not None and page.menu[0] not in shell.groups(page.app):
        yield f"there is no menu group {page.menu[0]!r}"
    if page.menu is not None and "<" in page.path:
        yield "a page of one record cannot stand in the menu"
    yield from _icon(page.icon)


def _icon(name: str) -> Iterator[Finding]:
    if name and icons.plain(name) not in icons.names():
        yield f"there is no icon {name!r}"


def _template(name: str) -> Iterator[Finding]:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        yield f"there is no template {name!r}"


def _tells(work: Callable[[], Any]) -> Iterator[Finding]:
    try:
        work()
    except (RecordError, LookupError) as error:
        yield f"{type(error).__name__}: {', '.join(str(part) for part in error.args)}"


def _filter(text: Any, table: Schema) -> Iterator[Finding]:
    if text and not callable(text):
        yield from _tells(lambda: check_filter(text, table.model))


def _order(names: Sequence[str], table: Schema) -> Iterator[Finding]:
    for name in names:
        info = table.fields.get(name.removeprefix("-"))
        if name and (info is None or not is_orderable(info)):
            yield f"cannot be sorted by {name!r}"


def _fields(names: Sequence[str], table: Schema) -> Iterator[Finding]:
    for name in names:
        if name not in table or table[name].internal:
            yield f"{table.label} has no field {name!r}"


def _twice(names: Sequence[str], what: str) -> Iterator[Finding]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the {what} {name!r} stands twice"


def _actions(page: ListPage | CardPage) -> Iterator[Finding]:
    groups = {group.name: group for group in page.all("groups")}
    actions: tuple[Action, ...] = page.all("actions")
    yield from _twice([action.name for action in actions], "action")
    for group in groups.values():
        yield from _icon(group.icon)
        if group.parent and (group.parent not in groups or groups[group.parent].parent):
            yield f"group {group.name}: there is no group {group.parent!r} to stand in"
    for action in actions:
        yield from _icon(action.icon)
        if action.group and action.group not in groups:
            yield f"action {action.name}: there is no group {action.group!r}"
        if action.dialog and not isinstance(registry.find(action.dialog), DialogPage):
            yield f"action {action.name}: there is no dialog {action.dialog!r}"
        if action.right and action.right not in RIGHTS:
            yield f"action {action.name}: there is no right {action.right!r}"


def _factboxes(boxes: Sequence[FactBox]) -> Iterator[Finding]:
    yield from _twice([box.name for box in boxes], "FactBox")
    for box in boxes:
        yield from _template(box.template)
        yield from _icon(box.icon)


def _list(page: ListPage, table: Schema) -> Iterator[Finding]:
    card = registry.find(page.card) if page.card else None
    if page.card and (not isinstance(card, CardPage) or card.model != page.model):
        yield f"there is no card {page.card!r} of this table"
    for declared in page.all("columns"):
        yield from _tells(lambda declared=declared: column(declared, table))  # type: ignore[misc]
    yield from _twice([c if isinstance(c, str) else c.name for c in page.all("columns")], "column")
    yield from _twice([view.name for view in page.all("views")], "view")
    for view in page.all("views"):
        yield from _filter(view.filter, table)
        yield from _order([view.sort], table)
    yield from _filter(page.base_filter, table)
    yield from _order([page.sort], table)
    yield from _fields(page.filter_fields, table)


def _card(page: CardPage, table: Schema) -> Iterator[Finding]:
    if page.list and not isinstance(registry.find(page.list), ListPage):
        yield f"there is no list {page.list!r}"
    tabs = page.all("fasttabs")
    yield from _twice([tab.name for tab in tabs], "FastTab")
    names = [name for tab in tabs if isinstance(tab, FastTab) for name in tab.names]
    yield from _twice(names, "field")
    yield from _fields([*page.header, *names, *page.lookup_filters, *page.defaults], table)
    for tab in tabs:
        if isinstance(tab, FastTab):
            yield from _fields(tab.summary, table)
        else:
            yield from _lines(tab)
    yield from _fields([*page.shown], table)
    for name, suggest in page.suggestions.items():
        yield from _fields([name, *suggest.fills], table)
        yield from _fields([suggest.field, *suggest.fills.values()], schema(suggest.table))
    for name, text in page.lookup_filters.items():
        if name in table and table[name].ref:
            yield from _filter(text, schema(table[name].ref))


def _lines(tab: Lines) -> Iterator[Finding]:
    try:
        table = schema(tab.model)
    except LookupError as error:
        yield f"lines {tab.name}: {error}"
        return
    for text in (*_fields([*tab.columns, tab.parent], table), *_order(tab.sort, table), *_filter(tab.filter, table)):
        yield f"lines {tab.name}: {text}"


def _role_centre(page: RoleCentrePage) -> Iterator[Finding]:
    for part in page.all("parts"):
        yield from _icon(part.icon)
        if isinstance(part, Part):
            yield from _template(part.template)
        elif isinstance(part, CueGroup):
            for cue in part.cues:
                yield from _cue(cue)


def _cue(cue: Any) -> Iterator[Finding]:
    if cue.count is not None:
        return
    target = registry.find(cue.page)
    if not isinstance(target, ListPage):
        yield f"cue {cue.name}: there is no list {cue.page!r}"
        return
    if cue.view and cue.view not in [view.name for view in target.all("views")]:
        yield f"cue {cue.name}: {cue.page} has no view {cue.view!r}"
    for text in _filter(cue.filter, target.table):
        yield f"cue {cue.name}: {text}"
