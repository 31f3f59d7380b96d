"""Tell Me: pages and actions by caption and keywords, in the user's language, as far as the user may open them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from pages import registry
from pages.actions import Action
from pages.cards import CardPage
from pages.dialogs import ActionView, DialogPage
from pages.lists import ListPage
from pages.page import Page
from pages.parts import is_visible
from pages.shell import may_see, product_name
from records.text import fold

LIMIT = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer. `rank`: lower is better. `action`: the name of an action on the present page.

    `is_elsewhere`: leads to the other app; such hits come behind equal ones of the present app. `order`: the place of
    an action in its menu.
    """

    caption: str
    detail: str
    url: str
    icon: str
    rank: int
    action: str = ""
    is_elsewhere: bool = False
    order: int = 0


def search(request: HttpRequest, typed: str, page: Page | None) -> list[tuple[str, list[Hit]]]:
    """Hits in groups: actions of the present page, then pages, then what pages can do."""
    words = fold(typed.strip()).split()
    here = _sorted(_actions_here(request, page, words)) if page is not None and words else []
    pages = _sorted(_pages(request, page, words)) if words else []
    tasks = _sorted(_tasks(request, page, words)) if words else []
    groups = [(_("On this page"), here), (_("Go to pages"), pages), (_("Do on other pages"), tasks)]
    return [(caption, hits) for caption, hits in groups if hits]


def _sorted(hits: list[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.rank, hit.is_elsewhere, hit.order, hit.caption))[:LIMIT]


def rank(words: list[str], caption: Any, keywords: Any) -> int | None:
    """How well all words fit: 0 caption begins, 1 a word of it begins, 2 a keyword begins, 3 inside; None not at all."""
    name, others = fold(str(caption)), fold(str(keywords))
    found = [_rank_word(word, name, others) for word in words]
    return None if any(r is None for r in found) else max(r for r in found if r is not None)


def _rank_word(word: str, name: str, others: str) -> int | None:
    if name.startswith(word):
        return 0
    if any(part.startswith(word) for part in name.split()):
        return 1
    if any(part.startswith(word) for part in others.replace(",", " ").split()):
        return 2
    return 3 if word in name else None


def _pages(request: HttpRequest, present: Page | None, words: list[str]) -> list[Hit]:
    found = []
    app = present.app if present else "erp"
    for page in registry.every():
        if isinstance(page, DialogPage | ActionView) or not _opens_alone(page) or not may_see(page, request):
            continue
        score = rank(words, page.title, page.of("keywords", request))
        if score is not None:
            url, product = registry.reverse(page.name), product_name(page.app)
            found.append(Hit(str(page.title), product, url, page.icon, score, is_elsewhere=page.app != app))
    return found


def _opens_alone(page: Page) -> bool:
    """True for pages that need no record."""
    if isinstance(page, CardPage):
        return page.is_singleton
    return "<" not in page.path


def _may_run(action: Action, request: HttpRequest) -> bool:
    user: Any = request.user
    return is_visible(action, request) and (not action.right or user.has_right(action.right))


def _actions_here(request: HttpRequest, page: Page, words: list[str]) -> list[Hit]:
    found = []
    if not isinstance(page, ListPage | CardPage) or not may_see(page, request):
        return []
    for action in page.of("actions", request):
        score = rank(words, action.caption, action.keywords)
        if score is not None and _may_run(action, request):
            hit = Hit(str(action.caption), "", "", action.icon or "play", score, action.name, order=action.order)
            found.append(hit)
    return found


def _tasks(request: HttpRequest, present: Page | None, words: list[str]) -> list[Hit]:
    """Actions of lists: they lead to the list on which the records are chosen."""
    found: dict[tuple[str, str], Hit] = {}
    for page in registry.every():
        if page is present or not isinstance(page, ListPage) or not may_see(page, request):
            continue
        for action in page.of("actions", request):
            score = rank(words, action.caption, action.keywords)
            if score is not None and _may_run(action, request):
                hit = Hit(str(action.caption), str(page.title), _address(page), action.icon or "play", score)
                found.setdefault((hit.caption, hit.detail), hit)
    return list(found.values())


def _address(page: Page) -> str:
    try:
        return registry.reverse(page.name)
    except NoReverseMatch:
        return ""
