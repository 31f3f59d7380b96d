"""Which pages there are. Apps register and extend them while they load; the registry freezes when addresses are made.

    @register
    class CustomerList(ListPage): ...

    extend("erp.customer.list", columns=("coupled_to_dataverse",), actions=(...))

`extend` only records: its targets are resolved when the registry freezes, whatever the order of INSTALLED_APPS.
Modules named `pages` and `page_extensions` of every app are found by themselves.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from django.apps import apps
from django.urls import URLPattern, URLResolver
from django.urls import reverse as django_reverse

from pages.cards import CardPage
from pages.lists import ListPage
from pages.page import Page
from pages.rolecentre import RoleCentrePage

MODULES = ("pages", "page_extensions")
_KINDS = (ListPage, CardPage, RoleCentrePage)
_BY_KIND: dict[str, type[Any]] = {"list": ListPage, "card": CardPage}
EXTENSIBLE = frozenset(name for kind in _KINDS for name in kind.EXTENSIBLE)

_pages: dict[str, Page] = {}
_extensions: list[tuple[str, dict[str, tuple[Any, ...]]]] = []
_state: dict[str, Any] = {"frozen": False, "found": False, "errors": []}
P = TypeVar("P", bound=type[Page])


def register(cls: P) -> P:
    """Add a page; its name must be free and the registry not yet frozen."""
    if _state["frozen"]:
        raise RuntimeError(f"the registry is frozen; {cls.__name__} comes too late")
    if not cls.name or cls.name in _pages:
        raise ValueError(f"{cls.__name__}: the page name {cls.name!r} is missing or taken")
    _pages[cls.name] = cls()
    return cls


def extend(target: str, **parts: Any) -> None:
    """Add parts to a page of another app: columns, views, actions, groups, factboxes, fasttabs, chips ..."""
    if _state["frozen"]:
        raise RuntimeError(f"the registry is frozen; the extension of {target} comes too late")
    if unknown := set(parts) - EXTENSIBLE:
        raise TypeError(f"{target} cannot be extended by {sorted(unknown)}")
    _extensions.append((target, {name: tuple(added) for name, added in parts.items()}))


def extend_table(label: str, kind: str, **parts: Any) -> None:
    """Add parts to all lists (kind "list") or cards ("card") of a table, whatever they are called, if there are any."""
    if kind not in _BY_KIND:
        raise ValueError(f"there is no kind of page {kind!r}")
    extend(f"{kind}:{label}", **parts)


def freeze() -> list[str]:
    """Find all pages and give extensions to their targets; what does not fit is told by the system check."""
    if _state["frozen"]:
        return list(_state["errors"])
    discover()
    errors: list[str] = []
    for page in _pages.values():
        page._extensions = {}  # type: ignore[attr-defined]
    for target, parts in _extensions:
        targets = _targets(target)
        if not targets and ":" not in target:
            errors.append(f"extend({target!r}): there is no such page")
        for page_ in targets:
            errors += _give(target, page_, parts)
    _state.update(frozen=True, errors=errors)
    return errors


def _targets(target: str) -> list[Page]:
    """The page of this name, or with `list:` or `card:` all such pages of a table."""
    kind, colon, label = target.partition(":")
    if not colon:
        return [_pages[target]] if target in _pages else []
    return [p for p in _pages.values() if isinstance(p, _BY_KIND[kind]) and p.model == label]


def _give(target: str, page: Page, parts: dict[str, tuple[Any, ...]]) -> list[str]:
    errors = []
    for name, added in parts.items():
        if name not in getattr(page, "EXTENSIBLE", ()):
            errors.append(f"extend({target!r}): this page has no {name}")
        else:
            known = page._extensions  # type: ignore[attr-defined]
            known[name] = (*known.get(name, ()), *added)
    return errors


def discover() -> None:
    """Import the modules in which apps declare and extend pages."""
    if _state["found"]:
        return
    _state["found"] = True
    for config in apps.get_app_configs():
        for name in MODULES:
            if config.label != "pages" and find_spec(f"{config.name}.{name}"):
                _import(f"{config.name}.{name}")


def _import(name: str) -> None:
    module = import_module(name)
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        import_module(f"{name}.{found.name}")


def every() -> list[Page]:
    """All pages, by name."""
    freeze()
    return [_pages[name] for name in sorted(_pages)]


def find(name: str) -> Page | None:
    """The page with this name, or None."""
    freeze()
    return _pages.get(name)


def get(name: str) -> Page:
    """The page with this name; LookupError when there is none."""
    page = find(name)
    if page is None:
        raise LookupError(f"there is no page {name!r}")
    return page


def reverse(name: str, **kwargs: Any) -> str:
    """The address of a page (`pk=` for a card that has one)."""
    page = find(name.rpartition(".")[0]) if find(name) is None else find(name)
    if isinstance(page, CardPage) and page.is_singleton:
        kwargs.pop("pk", None)
    return django_reverse(name, kwargs=kwargs or None)


def card_of(label: str) -> CardPage | None:
    """The card or form of a table such as "erp.Customer"."""
    found = (p for p in every() if isinstance(p, CardPage) and p.model == label)
    return next(found, None)


def list_of(label: str) -> ListPage | None:
    """The list of a table."""
    found = [p for p in every() if isinstance(p, ListPage) and p.model == label]
    with_card = [p for p in found if p.card]
    return next(iter([*with_card, *found]), None)


def page_of(record: Any) -> CardPage | None:
    """The card of a record (a model instance or a row)."""
    return card_of(record.label if hasattr(record, "label") else record._meta.label)


def address_of(label: str, pk: Any) -> str:
    """The address of a record's card; blank where its table has none."""
    card = card_of(label)
    return reverse(card.name, pk=str(pk)) if card else ""


def urls() -> list[URLPattern | URLResolver]:
    """The addresses of all pages and of the machinery; freezes the registry. Fixed paths stand before variable ones."""
    from pages.urls import machinery

    found = [url for page in every() for url in page.urls()]
    found.sort(key=lambda url: ("<" in str(url.pattern), str(url.pattern)))
    return [*machinery(), *found]


@contextmanager
def temporary() -> Iterator[None]:
    """Register and extend within the block; afterwards the registry is as before (for tests)."""
    freeze()
    pages, extensions, state = dict(_pages), list(_extensions), dict(_state)
    parts = {name: page.extensions for name, page in pages.items()}
    _state["frozen"] = False
    try:
        yield
    finally:
        _pages.clear()
        _pages.update(pages)
        _extensions[:] = extensions
        _state.update(state)
        for name, page in pages.items():
            page._extensions = parts[name]  # type: ignore[attr-defined]
