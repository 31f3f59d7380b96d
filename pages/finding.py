"""Tell Me among the company's data: records of all tables that the user may see, with one statement.

Each table is read once through its search column; of each the three records come that begin with the words, or are newest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from pages import registry
from pages.lists import ListPage
from pages.page import Page
from pages.shell import APPS, groups, may_see
from pages.tellme import Hit
from records import db
from records.filters import to_sql
from records.schema import Schema
from records.text import like_escape, words

MIN_LENGTH, SHOWN = 3, 3


@dataclass(frozen=True, slots=True)
class Found:
    """One record. `begins`: its search text begins with what was typed."""

    page: ListPage
    pk: str
    title: str
    begins: bool
    changed_at: dt.datetime | None

    @property
    def place(self) -> tuple[bool, float]:
        """Where it stands among those of its table."""
        return not self.begins, -self.changed_at.timestamp() if self.changed_at else 0.0


def find(request: HttpRequest, typed: str, present: Page | None) -> list[tuple[str, list[Hit]]]:
    """Hits by list, those of the present app first; nothing for less than three letters."""
    wanted = words(typed)
    is_enough = sum(len(word) for word in wanted) >= MIN_LENGTH
    pages = searched(request, present.app if present else "erp") if is_enough else []
    found = _read(request, pages, wanted)
    answer = []
    for page in pages:
        own = sorted((one for one in found if one.page is page), key=lambda one: one.place)
        if own:
            answer.append((str(page.title), _hits(request, page, own, typed.strip())))
    return answer


def searched(request: HttpRequest, app: str) -> list[ListPage]:
    """The lists of company data that the user may see and whose records open; one for each table."""
    lists: dict[str, ListPage] = {}
    for page in registry.every():
        if isinstance(page, ListPage) and _has_records_to_find(page) and may_see(page, request):
            lists.setdefault(page.model, page)
    return sorted(lists.values(), key=lambda page: (page.app != app, *_place(page)))


def _place(page: ListPage) -> tuple[bool, int, int]:
    """What stands in the menu bar itself comes first, then the order of the menus, then what is in no menu."""
    group, order = page.menu or ("", 0)
    known = groups(page.app).get(group)
    return page.pinned is None, known.order if known else 1000, order


def _has_records_to_find(page: ListPage) -> bool:
    """True for tables of the two sides that have a search column; how the two are kept in step is no company data."""
    is_data = page.model.partition(".")[0] in APPS
    return is_data and bool(page.card) and bool(getattr(page.table.model.Record, "search", ()))


def _read(request: HttpRequest, pages: Sequence[ListPage], wanted: Sequence[str]) -> list[Found]:
    if not pages:
        return []
    texts, params = [], []
    for number, page in enumerate(pages):
        sql, values = _statement(request, page, wanted)
        texts.append(f"(SELECT {number}, {sql})")
        params += values
    rows = db.rows(" UNION ALL ".join(texts), params)
    return [
        Found(pages[number], str(pk), " · ".join(part for part in title if part), begins, at)
        for number, pk, title, begins, at in rows
    ]


def _statement(request: HttpRequest, page: ListPage, wanted: Sequence[str]) -> tuple[str, list[Any]]:
    """One more than is shown, to know whether there are more."""
    table = page.table
    patterns = [f"%{like_escape(word)}%" for word in wanted]
    contains = " AND ".join(["t.search_fold LIKE %s"] * len(patterns))
    condition, values = to_sql(str(page.of("base_filter", request)), table.model, "t")
    stamp = _stamp(table)
    sql = (
        f't."{table.pk_column}"::text, {_title(table)}, t.search_fold LIKE %s, {stamp} FROM "{table.table}" t'
        f" WHERE {contains} AND ({condition}) ORDER BY 4 DESC, 5 DESC NULLS LAST LIMIT {SHOWN + 1}"
    )
    return sql, [patterns[0][1:], *patterns, *values]


def _title(table: Schema) -> str:
    """The title fields that are texts, as an array."""
    infos = [table[name] for name in table.model.Record.title if name in table]
    texts = [info.sql("t") for info in infos if info.kind in ("text", "code")]
    return f"ARRAY[{', '.join(texts)}]::text[]"


def _stamp(table: Schema) -> str:
    """When a record was changed last: the system field that says so."""
    found = next((f for f in table if f.system and f.kind == "datetime" and "modified" in f.name), None)
    return found.sql("t") if found else "NULL::timestamptz"


def _hits(request: HttpRequest, page: ListPage, found: Sequence[Found], typed: str) -> list[Hit]:
    icon = page.icon
    hits = [Hit(one.title or one.pk, "", registry.reverse(page.card, pk=one.pk), icon, 0) for one in found[:SHOWN]]
    if len(found) > SHOWN:
        everything = next((view.name for view in page.of("views", request) if not view.filter_text(request)), "")
        query = urlencode([(name, value) for name, value in (("view", everything), ("q", typed)) if value])
        hits.append(Hit(_("Show all"), "", f"{registry.reverse(page.name)}?{query}", "list", 1))
    return hits
