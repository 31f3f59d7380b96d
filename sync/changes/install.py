"""After each migration: triggers on the watched tables, storage settings of the queue tables; and the system check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from coupling.models import IntegrationTableMapping
from records.schema import model_of
from sync.changes import triggers
from sync.changes.routes import watched_tables
from sync.models import ChangeLog, OutcomeRow, Pending

#: Queues are emptied all the time: vacuum them by number of dead rows, not by share of the table.
_QUEUE_STORAGE = (
    "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, "
    "autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000, autovacuum_vacuum_cost_delay = 0"
)


def install(using: str = "default", **_: Any) -> None:
    """Install what the change log needs; connected to `post_migrate` of this app."""
    with connections[using].cursor() as cursor:
        tables = set(connections[using].introspection.table_names(cursor))
        if IntegrationTableMapping._meta.db_table not in tables or ChangeLog._meta.db_table not in tables:
            return
    labels = [label for label in watched_tables() if model_of(label)._meta.db_table in tables]
    if triggers.install(labels, using):
        with connections[using].cursor() as cursor:
            for model in (ChangeLog, Pending):
                cursor.execute(f'ALTER TABLE "{model._meta.db_table}" SET ({_QUEUE_STORAGE})')
            cursor.execute(f'ALTER TABLE "{OutcomeRow._meta.db_table}" SET (fillfactor = 100)')


@register(Tags.database)
def check_triggers(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """`manage.py check --database default`: every watched table has its triggers."""
    problems: list[CheckMessage] = []
    for using in databases or ():
        with connections[using].cursor() as cursor:
            tables = set(connections[using].introspection.table_names(cursor))
        if ChangeLog._meta.db_table not in tables:
            continue
        labels = [label for label in watched_tables() if model_of(label)._meta.db_table in tables]
        problems += [
            Error(
                f"The change log has a gap: trigger {name} is missing.",
                hint="Run manage.py migrate: it installs the triggers.",
                id="sync.E001",
            )
            for name in triggers.missing(labels, using)
        ]
    return problems
