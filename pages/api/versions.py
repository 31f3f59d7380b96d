"""Records at an address, with their version: what is changed must be what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.response import Response

from pages.api.errors import Conflict
from records.errors import Stale
from records.listing import select

Found = TypeVar("Found", bound=Model)


def uuid_or_404(given: str) -> str:
    """An identifier in an address; what is none is nothing here. Raises Http404."""
    try:
        return str(UUID(given))
    except ValueError:
        raise Http404 from None


def record_at(found: QuerySet[Found], key: str) -> Found:
    """The record with the identifier in an address. Raises Http404."""
    record = found.filter(pk=uuid_or_404(key)).first()
    if record is None:
        raise Http404
    return record


def asked_for(model: Any, request: Any) -> Any:
    """What a list shows: the records of a model as `filter`, `q` and `ordering` of the address say."""
    query = request.query_params
    ordering = [name.strip() for name in query.get("ordering", "").split(",")]
    return select(model, filter=query.get("filter", ""), search=query.get("q", ""), ordering=ordering)


def versioned(shown: Mapping[str, Any], status: int = 200) -> Response:
    """One record as it is answered, with its version as ETag."""
    return Response(shown, status=status, headers={"ETag": f'"{shown["row_version"]}"'})


@contextmanager
def telling_stored(show: Callable[[], Mapping[str, Any]]) -> Iterator[None]:
    """A change of what somebody else has changed meanwhile is refused with what is stored now. Raises Conflict."""
    try:
        yield
    except Stale:
        raise Conflict(show()) from None
