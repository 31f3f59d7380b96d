"""The records that a user has chosen: keys, or everything inside the filter of a list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property

from pages import rows as page_rows
from records import db
from records.schema import Schema, schema

if TYPE_CHECKING:
    from pages.lists import ListPage
    from pages.rows import Row


class Selection:
    """Chosen records of one table. `page` is the list they were chosen on (None on a page without one).

    Either `ids`, or with `state` everything that the list shows in that state.
    """

    def __init__(
        self,
        label: str,
        ids: Iterable[str] = (),
        *,
        page: ListPage | None = None,
        request: HttpRequest | None = None,
        state: str | None = None,
    ) -> None:
        self.label, self.page, self.request, self.state = label, page, request, state
        self._ids = list(dict.fromkeys(ids))

    @property
    def table(self) -> Schema:
        """The table of the records."""
        return schema(self.label)

    @property
    def is_all(self) -> bool:
        """True for everything inside a filter."""
        return self.state is not None

    @cached_property
    def pks(self) -> list[str]:
        """The keys of the records that exist, in the order chosen (of the list, for everything inside a filter)."""
        if self.state is not None:
            assert self.page is not None
            assert self.request is not None
            return self.page.keys(self.request, QueryDict(self.state))
        if not self._ids:
            return []
        table = self.table
        sql = f'SELECT t."{table.pk_column}" FROM "{table.table}" t WHERE t."{table.pk_column}" = ANY(%s::uuid[])'
        known = {row[0] for row in db.rows(sql, [self._ids])}
        return [pk for pk in self._ids if pk in known]

    @cached_property
    def count(self) -> int:
        """How many records."""
        if self.state is not None:
            assert self.page is not None
            assert self.request is not None
            return self.page.count(self.request, QueryDict(self.state))
        return len(self.pks)

    def __bool__(self) -> bool:
        return self.count > 0

    def rows(self, limit: int | None = None) -> list[Row]:
        """The records with all their values (the first `limit`)."""
        return page_rows.read(self.label, self.pks[:limit])

    @cached_property
    def one(self) -> Row | None:
        """The record, where exactly one is chosen."""
        return self.rows()[0] if self.count == 1 and self.pks else None

    @property
    def inputs(self) -> list[tuple[str, str]]:
        """Names and values of hidden fields that carry the selection through a dialog."""
        found = [("list", self.page.name)] if self.page else []
        found += [("table", self.label)] if not self.page else []
        if self.state is not None:
            return [*found, ("all", "1"), ("state", self.state)]
        return [*found, ("ids", ",".join(self._ids))]


def from_request(request: HttpRequest, page: ListPage | None = None) -> Selection | None:
    """The selection that a request carries; None where it names no list and no table.

    The list that the records were chosen on is checked for the right to see it.
    """
    from pages import registry
    from pages.lists import ListPage

    data = request.POST if request.method == "POST" else request.GET
    if page is None:
        found = registry.find(data.get("list", ""))
        page = found if isinstance(found, ListPage) else None
    label: Any = page.model if page is not None else data.get("table", "")
    shown_by = page or registry.card_of(str(label))
    if shown_by is None or not request.user.has_right(shown_by.right):  # type: ignore[union-attr]
        return None
    if data.get("all") == "1" and page is not None:
        return Selection(label, page=page, request=request, state=data.get("state", ""))
    return Selection(label, keys(data.getlist("ids")), page=page, request=request)


def keys(texts: Iterable[str]) -> list[str]:
    """The identifiers among texts (each one or several with commas between), normalised; others are dropped."""
    found = []
    for text in (part for several in texts for part in several.split(",")):
        try:
            found.append(str(uuid.UUID(text)))
        except ValueError:
            continue
    return found
