"""What a slow beginning writes, kept as it stands in the tables and put back in a moment.

Many tests begin with the same connected installation. The first one of a process makes it through the services; the
others get its rows back by COPY, with triggers and checks off. Only where the tables are as they were for the first one;
anything else is made anew. Users may be there before: of them only those count that the beginning made.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field

from django.apps import apps
from django.db import InternalError, ProgrammingError, connection, transaction

_ASIDE = ("auth", "admin", "sessions", "contenttypes", "django_celery_beat", "authtoken")
_USERS = "people"


@dataclass
class Photograph:
    """The rows of each table that a beginning filled or changed."""

    filled: frozenset[str]
    contents: dict[str, str] = field(default_factory=dict)

    def put_back(self) -> None:
        """Make the tables what they were when the photograph was taken."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table, text in self.contents.items():
                if table in self.filled:
                    cursor.execute(f'DELETE FROM "{table}"')
                cursor.cursor.copy_expert(f'COPY "{table}" ({_columns()[table]}) FROM STDIN', io.StringIO(text))
            cursor.execute("SET LOCAL session_replication_role = origin")


_taken: dict[str, Photograph] = {}


def again(name: str, begin: Callable[[], None]) -> None:
    """Begin as `begin` does: by doing it where it was not done before, else by what it left."""
    filled = _filled()
    known = _taken.get(name)
    if known is not None and known.filled == filled:
        known.put_back()
        return
    before = {table: _content(table) for table in _columns()}
    begin()
    if known is None and _may():
        changed = {t: text for t in _columns() if (text := _content(t)) != before[t]}
        made = {t: _without(text, before[t]) if t.startswith(_USERS) else text for t, text in changed.items()}
        _taken[name] = Photograph(filled, made)


def _without(text: str, before: str) -> str:
    known = set(before.split("\n"))
    return "".join(f"{line}\n" for line in text.split("\n") if line and line not in known)


def _may() -> bool:
    """True where this role may switch triggers off."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = origin")
    except (InternalError, ProgrammingError):
        return False
    return True


_found: dict[str, str] = {}


def _columns() -> dict[str, str]:
    """Each table with its columns that are not generated."""
    if not _found:
        for model in apps.get_models():
            if model._meta.app_label not in _ASIDE and model._meta.managed and not model._meta.proxy:
                names = (f.column for f in model._meta.concrete_fields if not f.generated)
                _found[model._meta.db_table] = ", ".join(f'"{name}"' for name in names)
    return _found


def _filled() -> frozenset[str]:
    tables = (table for table in _columns() if not table.startswith(_USERS))
    parts = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return frozenset(table for (table,) in cursor.fetchall())


def _content(table: str) -> str:
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY (SELECT {_columns()[table]} FROM "{table}" ORDER BY 1) TO STDOUT', text)
    return text.getvalue()
