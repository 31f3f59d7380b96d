"""The action bar of one request: which actions stand where, and why some cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from pages.actions import Action
from pages.parts import ActionGroup, is_visible
from pages.selection import Selection


@dataclass(slots=True)
class Button:
    """An action as it is drawn. `reason`: why it cannot be used now.

    `method`: link (a plain address), go (an address that depends on the records), dialog, post. `original`: the
    English caption where another language is shown.
    """

    name: str
    caption: str
    icon: str
    scope: str
    method: str
    address: str
    reason: str = ""
    fixed: bool = False
    confirm: bool = False
    separated: bool = False
    key: str = ""
    new_tab: bool = False
    tone: str = ""
    original: str = ""


@dataclass(slots=True)
class Menu:
    """A menu of the bar: buttons, and headed sections of buttons."""

    group: ActionGroup
    buttons: list[Button] = field(default_factory=list)
    sections: list[tuple[ActionGroup, list[Button]]] = field(default_factory=list)

    @property
    def all(self) -> list[Button]:
        """All buttons, sections included."""
        return [*self.buttons, *(b for _group, buttons in self.sections for b in buttons)]


@dataclass(slots=True)
class Bar:
    """Buttons and menus in order."""

    buttons: list[Button] = field(default_factory=list)
    menus: list[Menu] = field(default_factory=list)

    @property
    def all(self) -> list[Button]:
        """Every button of the bar and its menus."""
        return [*self.buttons, *(b for menu in self.menus for b in menu.all)]


def button(action: Action, request: HttpRequest, address: str, selection: Selection | None) -> Button:
    """An action as a button; without the right it is shown disabled with the reason."""
    user: Any = request.user
    reason, fixed = "", False
    if action.right and not user.has_right(action.right):
        reason, fixed = _("You do not have the right to do this."), True
    elif action.disabled and (selection is not None or action.scope == "page"):
        reason = str(action.disabled(request, selection or _nothing()) or "")
    method, target = "post", f"{address}{action.name}/"
    if action.dialog:
        from pages import registry

        method, target = "dialog", registry.reverse(action.dialog)
    elif action.url and action.scope == "page":
        method, target = "link", action.address(request, selection or _nothing())
    elif action.url:
        method = "go"
    return Button(
        name=action.name,
        caption=str(action.caption),
        icon=action.icon,
        scope=action.scope,
        method=method,
        address=target,
        reason=reason,
        fixed=fixed,
        confirm=bool(action.confirm),
        separated=action.separated,
        key=action.key,
        new_tab=action.new_tab,
        original=original(action.caption),
    )


def original(caption: Any) -> str:
    """The English caption while another language is shown; blank in English."""
    if (get_language() or "en").startswith("en"):
        return ""
    with override("en"):
        return str(caption)


def _nothing() -> Selection:
    return Selection("")


def bar(page: Any, request: HttpRequest, address: str, selection: Selection | None = None) -> Bar:
    """The bar of a list or card; `address` is where its actions are run (ends in `actions/`)."""
    actions: Sequence[Action] = sorted(
        (a for a in page.of("actions", request) if is_visible(a, request)), key=lambda a: a.order
    )
    groups: dict[str, ActionGroup] = {group.name: group for group in page.of("groups", request)}
    found = Bar()
    menus: dict[str, Menu] = {}
    sections: dict[str, list[Button]] = {}
    for group in sorted(groups.values(), key=lambda g: g.order):
        if not group.parent:
            menus[group.name] = Menu(group)
        else:
            sections[group.name] = []
    for action in actions:
        drawn = button(action, request, address, selection)
        if not action.group:
            found.buttons.append(drawn)
        elif action.group in menus:
            menus[action.group].buttons.append(drawn)
        else:
            sections[action.group].append(drawn)
    for name, buttons in sections.items():
        if buttons:
            menus[groups[name].parent].sections.append((groups[name], buttons))
    found.menus = [menu for menu in menus.values() if menu.all]
    return found
