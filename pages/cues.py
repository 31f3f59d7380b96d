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
    """The cues of a group that this user may open; cues of one list are counted with one statement."""
    cues = [cue for cue in group.cues if is_visible(cue, request) and (cue.count or _list_of(cue, request))]
    states = {cue.name: state_of(cue, page, request) for cue in cues if (page := _list_of(cue, request))}
    counts: dict[str, int] = {}
    for page in {page.name: page for cue in cues if (page := _list_of(cue, request))}.values():
        wanted = [cue.name for cue in cues if not cue.count and cue.page == page.name]
        counts |= dict(zip(wanted, page.counts(request, [states[name] for name in wanted]), strict=True))
    return [_tile(cue, request, counts, states) for cue in cues]


def _tile(cue: Cue, request: HttpRequest, counts: dict[str, int], states: dict[str, ListState]) -> Tile:
    if cue.count is not None:
        count = cue.count(request)
        return Tile(cue, count, cue.url(request) if cue.url else "", _tone(cue, count))
    count, query = counts[cue.name], states[cue.name].query()
    return Tile(cue, count, registry.reverse(cue.page) + (f"?{query}" if query else ""), _tone(cue, count))


def _list_of(cue: Cue, request: HttpRequest) -> ListPage | None:
    """The list that a cue leads to, where this user may see it."""
    page = registry.find(cue.page) if cue.count is None else None
    return page if isinstance(page, ListPage) and may_see(page, request) else None


def state_of(cue: Cue, page: ListPage, request: HttpRequest | None) -> ListState:
    """The state of the list that a cue stands for."""
    given = cue.filter
    text = (given(request) if request is not None else "") if callable(given) else given
    query = QueryDict(mutable=True)
    query["view"], query["filter"] = cue.view, text
    return read(query, page.table)


def _tone(cue: Cue, count: int) -> str:
    return cue.tone(count) if cue.tone else "neutral"
