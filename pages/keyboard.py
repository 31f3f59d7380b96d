"""Keyboard shortcuts: told in one place, for the help pane and the page that lists all of them.

static/js/keys.js does what is named here; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.page import Help, Page
from pages.registry import register
from pages.views.base import PageView

#: keys whose names differ from language to language, or that are shown by a sign
KEY_NAMES: dict[str, Any] = {
    "Ctrl": pgettext_lazy("key", "Ctrl"),
    "Shift": pgettext_lazy("key", "Shift"),
    "Enter": pgettext_lazy("key", "Enter"),
    "Escape": pgettext_lazy("key", "Esc"),
    "Space": pgettext_lazy("key", "Space"),
    "PageUp": pgettext_lazy("key", "Page Up"),
    "PageDown": pgettext_lazy("key", "Page Down"),
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "ArrowLeft": "←",
    "ArrowRight": "→",
}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What a combination of keys does; `keys`: alternatives such as "Alt+N". `is_basic`: stands in the help pane."""

    keys: tuple[str, ...]
    caption: Any
    is_basic: bool = False

    @property
    def shown(self) -> list[str]:
        """The combinations with the names of their keys in the user's language."""
        return ["+".join(str(KEY_NAMES.get(key, key)) for key in keys.split("+")) for keys in self.keys]


GROUPS: tuple[tuple[Any, tuple[Shortcut, ...]], ...] = (
    (
        _("Everywhere"),
        (
            Shortcut(("Alt+Q",), _("Tell me what you want to do"), is_basic=True),
            Shortcut(("Ctrl+F1", "?"), _("Help"), is_basic=True),
            Shortcut(("Alt+F1",), _("Keyboard Shortcuts")),
            Shortcut(("Alt+N",), _("New"), is_basic=True),
            Shortcut(("F5",), _("Refresh"), is_basic=True),
            Shortcut(("Alt+F2",), _("FactBox pane"), is_basic=True),
            Shortcut(("Escape",), _("Close what is open: a menu, a dialog, the help, the card")),
            Shortcut(("Ctrl+Enter",), _("OK in a dialog")),
        ),
    ),
    (
        _("Lists"),
        (
            Shortcut(("F3",), _("Search"), is_basic=True),
            Shortcut(("Shift+F3",), _("Filter pane"), is_basic=True),
            Shortcut(("Alt+F3",), _("Filter to This Value"), is_basic=True),
            Shortcut(("Alt+Shift+F3",), _("Filter by the column of the cell")),
            Shortcut(("Ctrl+Alt+Shift+F3",), _("Reset filters")),
            Shortcut(("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"), _("From cell to cell")),
            Shortcut(("Alt+ArrowDown",), _("Menu of the column, on its header")),
            Shortcut(("Enter",), _("Open the record")),
            Shortcut(("Space",), _("Select the row")),
            Shortcut(("Ctrl+A",), _("Select all rows"), is_basic=True),
            Shortcut(("Escape",), _("Select nothing")),
        ),
    ),
    (
        _("Cards and forms"),
        (
            Shortcut(("Alt+Shift+N",), _("Save and new")),
            Shortcut(("Ctrl+Enter",), _("Save and close"), is_basic=True),
            Shortcut(("Ctrl+S",), _("Save a form")),
            Shortcut(("Escape",), _("Take back what was typed into the field; then close")),
            Shortcut(("Ctrl+ArrowUp", "Alt+PageUp"), _("Previous record"), is_basic=True),
            Shortcut(("Ctrl+ArrowDown", "Alt+PageDown"), _("Next record"), is_basic=True),
            Shortcut(("F6",), _("Next FastTab or tab"), is_basic=True),
            Shortcut(("Shift+F6",), _("Previous FastTab or tab")),
        ),
    ),
    (
        _("Fields"),
        (
            Shortcut(("ArrowDown", "Alt+ArrowDown"), _("Look up")),
            Shortcut(("t", "w"), _("In a date: today, the work date")),
            Shortcut(("5", "0503", "050326"), _("In a date: day; day and month; the whole date, in your order")),
            Shortcut(("12*4", "(2+3)/2"), _("In a number: what the sum comes to")),
            Shortcut(("12-",), _("In a number: a minus may stand behind it")),
        ),
    ),
)


def basic() -> list[Shortcut]:
    """What the help pane shows of it."""
    return [shortcut for _caption, shortcuts in GROUPS for shortcut in shortcuts if shortcut.is_basic]


@register
class KeyboardPage(Page):
    """All keyboard shortcuts."""

    name = "pages.keyboard"
    path = "keyboard-shortcuts/"
    title = _("Keyboard Shortcuts")
    edit_right = "view"
    icon = "apps"
    keywords = _("keyboard, shortcuts, keys, hotkeys, key combinations")
    help = Help(_("Most work can be done without a mouse. On a Mac, press Command instead of Ctrl."))

    def urls(self) -> Sequence[URLPattern]:
        """The page."""
        return [path(self.path, KeyboardView.as_view(page=self), name=self.name)]


class KeyboardView(PageView):
    """The page of keyboard shortcuts."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """All groups."""
        return self.render("pages/keyboard.html", {"groups": GROUPS})
