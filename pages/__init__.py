"""Page machinery: a table's pages are one list class and one card class; templates are shared.

What can be declared: `pages.page`, `pages.parts`, `pages.columns`, `pages.actions`. What can be extended:
`EXTENSIBLE` of each kind of page. The registry is `pages.registry`; the shell (menus, products) is `pages.shell`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pages.actions import Action, Done
    from pages.cards import CardPage
    from pages.columns import Column, Flag, Number, Progress, Sentence, Status
    from pages.dialogs import ActionView, DialogPage
    from pages.lists import ListPage
    from pages.page import Help, Page, Video
    from pages.parts import (
        ActionGroup,
        Chip,
        Cue,
        CueGroup,
        DeleteChoice,
        FactBox,
        FastTab,
        Lines,
        More,
        Part,
        Picker,
        Suggest,
        View,
    )
    from pages.registry import extend, register
    from pages.rolecentre import RoleCentrePage
    from pages.rows import Row
    from pages.selection import Selection

_WHERE = {
    "actions": ("Action", "Done"),
    "cards": ("CardPage",),
    "columns": ("Column", "Flag", "Number", "Progress", "Sentence", "Status"),
    "dialogs": ("ActionView", "DialogPage"),
    "lists": ("ListPage",),
    "page": ("Help", "Page", "Video"),
    "parts": (
        "ActionGroup",
        "Chip",
        "Cue",
        "CueGroup",
        "DeleteChoice",
        "FactBox",
        "FastTab",
        "Lines",
        "More",
        "Part",
        "Picker",
        "Suggest",
        "View",
    ),
    "registry": ("extend", "register"),
    "rolecentre": ("RoleCentrePage",),
    "rows": ("Row",),
    "selection": ("Selection",),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = [
    "Action", "ActionGroup", "ActionView", "CardPage", "Chip", "Column", "Cue", "CueGroup", "DeleteChoice", "DialogPage", "Done",
    "FactBox", "FastTab", "Flag", "Help", "Lines", "ListPage", "More", "Number", "Page", "Part", "Picker", "Progress",
    "RoleCentrePage", "Row", "Selection", "Sentence", "Status", "Suggest", "Video", "View", "extend", "register",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a declaration when it is first asked for: the app registry must be importable without models."""
    if name in _MODULE_OF:
        return getattr(import_module(f"pages.{_MODULE_OF[name]}"), name)
    raise AttributeError(f"module 'pages' has no attribute {name!r}")
