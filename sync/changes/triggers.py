"""The triggers that log changes: three statement-level ones with transition tables per watched table.

The functions are made per table, because their SQL names its columns and is then planned once per session. The update
function joins old and new rows by key with a hash join whatever the session prefers: its plan is kept from the first
call, which may have had one row, and must also serve a call with 100,000.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import connections, models

from records.schema import model_of

LOG = "sync_changelog"
_PARTS = ("insert", "update", "delete")

_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = on SET enable_mergejoin = on SET enable_nestloop = off AS $$
BEGIN
  IF current_setting('tandem.quiet', true) = 'on' THEN RETURN NULL; END IF;
  INSERT INTO {log} (label, record, operation, origin)
  SELECT '{label}', {select}, '{operation}', coalesce(current_setting('tandem.origin', true), '')
  FROM {source};
  RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE OR REPLACE TRIGGER {name} AFTER {event} ON "{table}" REFERENCING {transition}
FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""
_REFUSE = """
CREATE OR REPLACE FUNCTION sync_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE of "%" is refused: its changes could not be synchronized. Use DELETE.', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state';
END $$
"""
_REFUSE_TRIGGER = """
CREATE OR REPLACE TRIGGER sync_refuse_truncate BEFORE TRUNCATE ON "{table}"
FOR EACH STATEMENT EXECUTE FUNCTION sync_refuse_truncate()
"""


def statements(label: str) -> list[str]:
    """The SQL that makes the functions and triggers of one table.

    A table that is a part of another (`Record.part_of`: owner's label, reference to it) is logged as a change of it.
    """
    model = model_of(label)
    table, key = model._meta.db_table, model._meta.pk.column
    owner, reference = getattr(model.Record, "part_of", (label, ""))
    logged = model._meta.get_field(reference).column if reference else key
    made: list[str] = []
    for part in _PARTS:
        name = f"sync_log_{table}_{part}"
        select, source, transition = _pieces(part, key, logged, model)
        operation = "U" if reference else part[0].upper()
        made.append(
            _FUNCTION.format(name=name, log=LOG, label=owner, select=select, operation=operation, source=source)
        )
        made.append(_TRIGGER.format(name=name, event=part.upper(), table=table, transition=transition))
    return made


def _pieces(part: str, key: str, logged: str, model: type[models.Model]) -> tuple[str, str, str]:
    """(key expression, FROM clause, REFERENCING clause) of one trigger."""
    if part == "insert":
        return f'n."{logged}"', "new_rows n", "NEW TABLE AS new_rows"
    if part == "delete":
        return f'o."{logged}"', "old_rows o", "OLD TABLE AS old_rows"
    names = watched_columns(model)
    old, new = (", ".join(f'{alias}."{n}"' for n in names) for alias in "on")
    source = f'new_rows n JOIN old_rows o ON o."{key}" = n."{key}" WHERE ROW({old}) IS DISTINCT FROM ROW({new})'
    return f'n."{logged}"', source, "OLD TABLE AS old_rows NEW TABLE AS new_rows"


def watched_columns(model: type[models.Model]) -> list[str]:
    """The columns whose change counts: not the key, version, stamps and generated ones."""
    stamps = set(getattr(model, "SYSTEM", ())) | {"row_version"}
    return [
        str(f.column)
        for f in model._meta.concrete_fields
        if not f.primary_key and f.name not in stamps and not isinstance(f, models.GeneratedField)
    ]


def fingerprint(labels: list[str]) -> str:
    """A short text that changes when any of the triggers would."""
    made = "".join(sql for label in labels for sql in statements(label)) + str(truncate_allowed())
    return hashlib.blake2b(made.encode(), digest_size=16).hexdigest()


def truncate_allowed() -> bool:
    """True under test settings only: Django empties tables with TRUNCATE there."""
    return bool(getattr(settings, "ALLOW_TRUNCATE", False))


def install(labels: list[str], using: str = "default") -> bool:
    """Make the triggers of these tables; nothing is done where they are there already. True when something was made."""
    wanted = fingerprint(labels)
    with connections[using].cursor() as cursor:
        if installed_fingerprint(cursor) == wanted and not missing(labels, using):
            return False
        cursor.execute(_REFUSE)
        for label in labels:
            for sql in statements(label):
                cursor.execute(sql)
            _guard_truncate(cursor, model_of(label)._meta.db_table)
        cursor.execute(f"COMMENT ON FUNCTION sync_refuse_truncate() IS '{wanted}'")
    return True


def _guard_truncate(cursor: object, table: str) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    if truncate_allowed():
        execute(f'DROP TRIGGER IF EXISTS sync_refuse_truncate ON "{table}"')
    else:
        execute(_REFUSE_TRIGGER.format(table=table))


def installed_fingerprint(cursor: object) -> str:
    """The fingerprint that the last installation left; '' before the first."""
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT obj_description(oid, 'pg_proc') FROM pg_proc WHERE proname = 'sync_refuse_truncate' "
        "AND pronamespace = current_schema()::regnamespace"
    )
    row = cursor.fetchone()  # type: ignore[attr-defined]
    return row[0] or "" if row else ""


def missing(labels: list[str], using: str = "default") -> list[str]:
    """Names of triggers that should be there and are not, or are disabled."""
    wanted: set[tuple[str, str]] = set()
    for label in labels:
        table = model_of(label)._meta.db_table
        wanted |= {(table, f"sync_log_{table}_{part}") for part in _PARTS}
        if not truncate_allowed():
            wanted.add((table, "sync_refuse_truncate"))
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE 'sync\\_%%' AND t.tgenabled <> 'D' AND c.relnamespace = current_schema()::regnamespace"
        )
        present = set(cursor.fetchall())
    return sorted(f"{name} on {table}" for table, name in wanted - present)
