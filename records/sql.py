"""Functions and triggers that live in the database, installed before and after each migrate."""

from __future__ import annotations

from django.apps import apps
from django.db import connections

FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(t) = length(t) THEN lower(t COLLATE pg_c_utf8)
    ELSE replace(replace(replace(replace(translate(
      lower(regexp_replace(normalize(t, NFD), '[\u0300-\u036f]', '', 'g') COLLATE pg_c_utf8),
      'øłđðħ', 'olddh'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th') END
$$;
CREATE OR REPLACE FUNCTION raise_row_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.row_version := OLD.row_version + 1; RETURN NEW; END $$;
"""

VERSION_TRIGGER = """
CREATE OR REPLACE TRIGGER row_version BEFORE UPDATE ON "{table}" FOR EACH ROW
WHEN (NEW.row_version IS DISTINCT FROM OLD.row_version + 1) EXECUTE FUNCTION raise_row_version()
"""


def install_functions(using: str = "default", **_: object) -> None:
    """Create what generated columns and triggers need; runs before migrations."""
    with connections[using].cursor() as cursor:
        cursor.execute(FUNCTIONS)


def install_version_triggers(app_config: object = None, using: str = "default", **_: object) -> None:
    """Give each table of the migrated app its version trigger and room for HOT updates; runs after migrations."""
    from records.table import Table

    label = getattr(app_config, "label", None)
    models = [m for m in apps.get_models() if issubclass(m, Table) and (label is None or m._meta.app_label == label)]
    with connections[using].cursor() as cursor:
        existing = set(connections[using].introspection.table_names(cursor))
        for model in models:
            if model._meta.db_table in existing:
                cursor.execute(VERSION_TRIGGER.format(table=model._meta.db_table))
                cursor.execute(f'ALTER TABLE "{model._meta.db_table}" SET (fillfactor = 75)')
