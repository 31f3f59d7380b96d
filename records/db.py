"""Plain SQL with plain tuples: identifiers come back as text, which is how rows carry them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2.extensions
from django.db import connection

_UUID_AS_TEXT = psycopg2.extensions.new_type((2950,), "UUID_AS_TEXT", lambda value, _cursor: value)
_UUIDS_AS_TEXT = psycopg2.extensions.new_array_type((2951,), "UUIDS_AS_TEXT", _UUID_AS_TEXT)


@contextmanager
def cursor() -> Iterator[Any]:
    """A cursor of Django's connection that returns uuid columns as text."""
    with connection.cursor() as wrapped:
        psycopg2.extensions.register_type(_UUID_AS_TEXT, wrapped.cursor)
        psycopg2.extensions.register_type(_UUIDS_AS_TEXT, wrapped.cursor)
        yield wrapped


def rows(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with cursor() as c:
        c.execute(sql, params or None)
        return c.fetchall()


def one(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...] | None:
    """The first row of one query, or None."""
    with cursor() as c:
        c.execute(sql, params or None)
        return c.fetchone()


def execute(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Run one statement; the number of rows it touched."""
    with cursor() as c:
        c.execute(sql, params or None)
        return c.rowcount
