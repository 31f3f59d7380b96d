"""Plain SQL with plain tuples: identifiers come back as text, which is how rows carry them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg2.extensions
from django.db import Error, connection
from django.db.models import Model

_UUID_AS_TEXT = psycopg2.extensions.new_type((2950,), "UUID_AS_TEXT", lambda value, _cursor: value)
_UUIDS_AS_TEXT = psycopg2.extensions.new_array_type((2951,), "UUIDS_AS_TEXT", _UUID_AS_TEXT)

Found = TypeVar("Found", bound=Model)


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


def columns(model: type[Model], alias: str) -> list[str]:
    """The columns of a model, as a statement names them."""
    return [f'{alias}."{field.column}"' for field in model._meta.concrete_fields]


def instance(model: type[Found], values: Sequence[Any]) -> Found:
    """The object of a row that a cursor of Django's own connection gave for `columns`."""
    fields = model._meta.concrete_fields
    made = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], made)


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression that stands where a value would."""

    text: str
    params: Sequence[Any] = ()

    @staticmethod
    def of(values: Iterable[Any]) -> tuple[list[str], list[Any]]:
        """What to write for each value, a placeholder or its expression, and the parameters."""
        texts: list[str] = []
        params: list[Any] = []
        for value in values:
            is_sql = isinstance(value, Sql)
            texts.append(value.text if is_sql else "%s")
            params.extend(value.params if is_sql else [value])
        return texts, params


@dataclass(frozen=True, slots=True)
class Around:
    """Statements that go with the begin and the end of a savepoint, in the same round trips."""

    before: str = ""
    params: Sequence[Any] = ()
    after: str = ""


@contextmanager
def savepoint(around: Around = Around()) -> Iterator[None]:
    """A savepoint inside a transaction; an exception takes back what was done inside, settings included."""
    execute(f"SAVEPOINT inner_part; {around.before}", around.params)
    try:
        yield
    except BaseException:
        with suppress(Error):  # the connection may be what broke
            execute("ROLLBACK TO SAVEPOINT inner_part; RELEASE SAVEPOINT inner_part")
        raise
    execute(f"RELEASE SAVEPOINT inner_part; {around.after}")
