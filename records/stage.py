"""Rows on their way into a statement: a VALUES list for a few, a temporary table filled by COPY for many."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import IO, Any

import orjson

from records import db

FEW = 60
_NULL = "\x02"


def _encode(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


_SPECIAL = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Column:
    """A staged column: its name and SQL type."""

    name: str
    type: str


@contextmanager
def staged(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Yield `(relation SQL, parameters)` to be used as `FROM <relation> AS s`; column names are the given ones."""
    if len(rows) <= FEW:
        yield _values(columns, rows)
        return
    name = _table(columns)
    _copy(name, columns, rows)
    yield name, []


def _values(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    cast = "(" + ",".join(f"%s::{c.type}" for c in columns) + ")"
    names = ",".join(f'"{c.name}"' for c in columns)
    params = [_param(value) for row in rows for value in row]
    return f"(SELECT * FROM (VALUES {','.join([cast] * len(rows))}) AS v({names}))", params


def _param(value: Any) -> Any:
    return _encode(value) if isinstance(value, dict | list) else value


def _table(columns: Sequence[Column]) -> str:
    definition = ",".join(f'"{c.name}" {c.type}' for c in columns)
    name = "stage_" + blake2b(definition.encode(), digest_size=8).hexdigest()
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({definition}) ON COMMIT DELETE ROWS; DELETE FROM {name}")
    return name


def _copy(name: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> None:
    copy_into(name, [c.name for c in columns], rows)


def copy_text(rows: Sequence[Sequence[Any]]) -> str:
    """The rows in COPY's text format with the character 2 for null."""
    lines = [line(row) for row in rows]
    lines.append("")
    return "\n".join(lines)


def line(row: Sequence[Any]) -> str:
    """One row; values are escaped only where something in them needs it."""
    cells = [_NULL if v is None else v if v.__class__ is str else _cell(v) for v in row]
    joined = "\t".join(cells)
    if "\\" in joined or "\n" in joined or "\r" in joined or joined.count("\t") != len(cells) - 1:
        return "\t".join(cell.translate(_SPECIAL) for cell in cells)
    return joined


def _cell(value: Any) -> str:
    if value.__class__ is dict or value.__class__ is list:
        return _encode(value) if value else "{}" if value.__class__ is dict else "[]"
    return str(value)


def copy_into(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """COPY rows straight into a table; a violation raises Django's IntegrityError."""
    copy_file(table, columns, io.StringIO(copy_text(rows)))


def copy_file(table: str, columns: Sequence[str], file: IO[Any]) -> None:
    """COPY what `copy_text` or `copy_out` made, however much of it; a violation raises Django's IntegrityError."""
    names = ",".join(f'"{c}"' for c in columns)
    with db.cursor() as cursor, db.connection.wrap_database_errors:
        cursor.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (NULL E'\\x02')", file)


def copy_out(query: str, params: Sequence[Any], file: IO[bytes]) -> None:
    """Write the rows of a query to a file, as `copy_file` reads them."""
    with db.cursor() as cursor, db.connection.wrap_database_errors:
        said = cursor.cursor.mogrify(query, params).decode()
        cursor.cursor.copy_expert(f"COPY ({said}) TO STDOUT WITH (NULL E'\\x02')", file)
