"""The frame around pages: product and company names, menus, app switcher, account links, notifications.

Other apps hand over what the machinery cannot know:

    name_products(lambda app: ...)            instead of ERP_PRODUCT_NAME and CRM_PRODUCT_NAME
    name_company(lambda: ...)                 the name at the left of the menu bar
    account_links(settings="...", ...)        names of addresses behind the user's menu
    notify(lambda request: [Notice(...)])     what the bell shows
    announce(lambda request: [Bar(...)])      bars on the home pages; users may turn off a kind of them
    menu_group("erp", "sales", _("Sales"))    a group of the menu; pages name it in `menu`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.urls import reverse as django_reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pages.page import Page

APPS = ("erp", "crm")


@dataclass(frozen=True, slots=True)
class Notice:
    """One line behind the bell. `tone`: ok, warn, bad or info."""

    text: Any
    url: str = ""
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Bar:
    """A notification bar on the home page. `close`: the address that closes it for good, as a POST.

    `kind`: one of `bar_kinds`; a user sees no bars of the kinds in `notifications_off`.
    """

    text: Any
    url: str = ""
    caption: Any = ""
    tone: str = "warn"
    close: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the menu."""

    name: str
    caption: Any
    order: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu."""

    caption: Any
    url: str
    icon: str
    is_current: bool
    order: int


_groups: dict[tuple[str, str], Group] = {}
_products: list[Callable[[str], str]] = []
_company: list[Callable[[], str]] = []
_notices: list[Callable[[HttpRequest], Sequence[Notice]]] = []
_bars: list[Callable[[HttpRequest], Sequence[Bar]]] = []
_links: dict[str, str] = {}
_bar_kinds: dict[str, Any] = {}


def menu_group(app: str, name: str, caption: Any, order: int = 50) -> None:
    """Add a group to the menu of an app; naming it again changes caption and order."""
    _groups[app, name] = Group(name, caption, order)


def name_products(source: Callable[[str], str]) -> None:
    """Ask this function for the product names of the apps ("erp", "crm")."""
    _products[:] = [source]


def name_company(source: Callable[[], str]) -> None:
    """Ask this function for the name of the company."""
    _company[:] = [source]


def account_links(**names: str) -> None:
    """Names of addresses: settings, sign_out, language, users."""
    _links.update(names)


def notify(source: Callable[[HttpRequest], Sequence[Notice]]) -> None:
    """Show what this function finds behind the bell."""
    _notices.append(source)


def announce(source: Callable[[HttpRequest], Sequence[Bar]], kinds: Mapping[str, Any] | None = None) -> None:
    """Show what this function finds as bars on the home pages; `kinds`: names and captions of the kinds among them."""
    _bars.append(source)
    _bar_kinds.update(kinds or {})


def bar_kinds() -> dict[str, Any]:
    """Captions of the kinds of bars that users may turn off, by name."""
    return dict(_bar_kinds)


def notices(request: HttpRequest) -> list[Notice]:
    """Everything behind the bell."""
    return [notice for source in _notices for notice in source(request)]


def groups(app: str) -> dict[str, Group]:
    """The menu groups of an app, by name."""
    return {name: group for (owner, name), group in _groups.items() if owner == app}


def product_name(app: str) -> str:
    """The name of the product that an app stands for."""
    if _products:
        return _products[0](app)
    return str(settings.ERP_PRODUCT_NAME if app == "erp" else settings.CRM_PRODUCT_NAME)


def may_see(page: Page, request: HttpRequest) -> bool:
    """True where the user holds the right and the page is visible."""
    user: Any = request.user
    return bool(user.is_authenticated and user.has_right(page.right) and page.of("visible", request))


class Shell:
    """What the frame of one request shows; read by templates, each part once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.page: Page | None = getattr(request, "page", None)

    @property
    def app(self) -> str:
        """The app whose frame is shown."""
        return self.page.app if self.page else getattr(self.request, "shell_app", "erp")

    @cached_property
    def product(self) -> str:
        """The product name of the present app."""
        return product_name(self.app)

    @cached_property
    def products(self) -> list[dict[str, Any]]:
        """The apps to switch between."""
        return [
            {"app": app, "name": product_name(app), "url": home(app), "is_current": app == self.app} for app in APPS
        ]

    @cached_property
    def company(self) -> str:
        """The name of the company; blank where nobody knows it."""
        return _company[0]() if _company and self.is_member else ""

    @property
    def is_member(self) -> bool:
        """True for a user with any right."""
        user: Any = self.request.user
        return bool(user.is_authenticated and user.has_right("view"))

    @property
    def initials(self) -> str:
        """Two letters for the user."""
        return str(self.request.user.get_username())[:2].upper()

    @cached_property
    def links(self) -> dict[str, str]:
        """Addresses behind the user's menu, by purpose."""
        found = {}
        for purpose, name in _links.items():
            try:
                found[purpose] = django_reverse(name)
            except NoReverseMatch:
                continue
        user: Any = self.request.user
        if "users" in found and not (user.is_authenticated and user.has_right("setup")):
            del found["users"]
        return found

    @cached_property
    def bars(self) -> list[Bar]:
        """The notification bars of this user, without the kinds that are turned off."""
        if not self.is_member:
            return []
        unwanted = getattr(self.request.user, "notifications_off", ())
        return [bar for source in _bars for bar in source(self.request) if not bar.kind or bar.kind not in unwanted]

    @cached_property
    def home(self) -> str:
        """The home page of the present app."""
        return home(self.app)

    @cached_property
    def _entries(self) -> list[tuple[Page, Entry]]:
        from pages import registry

        found = []
        for page in registry.every():
            if page.app == self.app and page.menu is not None and may_see(page, self.request):
                entry = Entry(page.title, registry.reverse(page.name), page.icon, self._is_current(page), page.menu[1])
                found.append((page, entry))
        return sorted(found, key=lambda pair: pair[1].order)

    def _is_current(self, page: Page) -> bool:
        present = self.page
        return present is not None and page.name in (present.name, getattr(present, "list", ""))

    @property
    def menu(self) -> list[tuple[Group, list[Entry]]]:
        """Groups with their pages; empty ones are left out."""
        found = []
        for group in sorted(groups(self.app).values(), key=lambda g: g.order):
            entries = [entry for page, entry in self._entries if page.menu and page.menu[0] == group.name]
            if entries:
                found.append((group, entries))
        return found

    @property
    def pinned(self) -> list[Entry]:
        """Pages that stand in the menu bar itself."""
        found = sorted(
            ((page.pinned, entry) for page, entry in self._entries if page.pinned is not None), key=lambda p: p[0]
        )
        return [entry for _order, entry in found]


def home(app: str) -> str:
    """The role centre of an app, else its first page in the menu, else the start page."""
    from pages import registry
    from pages.rolecentre import RoleCentrePage

    pages = [p for p in registry.every() if p.app == app]
    centre = next((p for p in pages if isinstance(p, RoleCentrePage)), None)
    listed = sorted((p for p in pages if p.menu), key=lambda p: p.menu[1] if p.menu else 0)
    found = centre or next(iter(listed), None)
    return registry.reverse(found.name) if found else "/"


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}


menu_group("erp", "finance", _("Finance"), 10)
menu_group("erp", "sales", _("Sales"), 20)
menu_group("erp", "purchasing", _("Purchasing"), 30)
menu_group("erp", "synchronization", _("Synchronization"), 40)
menu_group("erp", "setup", _("Setup"), 50)
menu_group("crm", "my_work", _("My Work"), 10)
menu_group("crm", "customers", _("Customers"), 20)
menu_group("crm", "sales", _("Sales"), 30)
menu_group("crm", "collateral", _("Collateral"), 40)
menu_group("crm", "administration", _("Administration"), 50)
