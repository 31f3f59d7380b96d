"""Cues: the number and the list behind it come from the same state, so they cannot differ."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from pages import registry
from pages.lists import ListPage
from pages.parts import Cue, CueGroup, is_visible
from pages.shell import may_see
from pages.state import ListState, read


@dataclass(frozen=True, slots=True)
class Tile:
    """A cue with its number."""

    cue: Cue
    count: int
    url: str
    tone: str


def tiles(group: CueGroup, request: HttpRequest) -> list[Tile]:
    """The cues of a group that this user may open."""
    found = [tile(cue, request) for cue in group.cues if is_visible(cue, request)]
    return [t for t in found if t is not None]


def tile(cue: Cue, request: HttpRequest) -> Tile | None:
    """Count what the list behind the cue shows; None where the user may not see it."""
    if cue.count is not None:
        count = cue.count(request)
        return Tile(cue, count, cue.url(request) if cue.url else "", _tone(cue, count))
    page = registry.get(cue.page)
    if not isinstance(page, ListPage) or not may_see(page, request):
        return None
    query = state_of(cue, page, request).query()
    count = page.count(request, QueryDict(query))
    url = registry.reverse(page.name) + (f"?{query}" if query else "")
    return Tile(cue, count, url, _tone(cue, count))


def state_of(cue: Cue, page: ListPage, request: HttpRequest | None) -> ListState:
    """The state of the list that a cue stands for."""
    given = cue.filter
    text = (given(request) if request is not None else "") if callable(given) else given
    query = QueryDict(mutable=True)
    query["view"], query["filter"] = cue.view, text
    return read(query, page.table)


def _tone(cue: Cue, count: int) -> str:
    return cue.tone(count) if cue.tone else "neutral"
