"""Starting an import: the file is stored and its head line checked; a worker does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction

from people.models import User
from records.errors import FieldError, Rejected
from records.ids import uuid7
from sync.imports import store
from sync.imports.columns import columns_of, importable
from sync.imports.reader import FileError, Reader, count_lines
from sync.jobs.submit import Request, submit
from sync.services.rights import require
from sync.services.started import Started


@transaction.atomic
def import_start(
    *,
    user: User | None,
    table: str,
    blocks: Iterable[bytes] | None = None,
    stored: str = "",
    columns: Mapping[str, Any] | None = None,
    null: str = "NULL",
    dry_run: bool = False,
    skip_bad_rows: bool = False,
    file_name: str = "",
) -> Started:
    """Store the file and its job. `columns`: {column: field}, without it columns with the name of a field.

    `stored`: the key of a file that is stored already (see `import_preview`), in place of its `blocks`. `user` None: the command line. Raises PermissionDenied, and Rejected at `table`, `file` or `columns`.
    """
    if user is not None:
        require(user, "use")
    described = importable(table)
    job_id = stored or uuid7()
    try:
        path = store.path_of(job_id) if stored else store.store(job_id, blocks or ())
        mapped, total = _head(job_id, described, columns), max(count_lines(path) - 1, 0)
        params = {
            "table": described.label,
            "columns": mapped,
            "null": null,
            "skip_bad_rows": skip_bad_rows,
            "file_name": file_name[:200],
        }
        request = Request(
            kind="import",
            user_name=user.get_username() if user else "",
            by_user=user is not None,
            preview=dry_run,
            total=total,
            params=params,
            chunks=[{"take": "import"}],
            job_id=job_id,
        )
        return Started([submit(request)], total)
    except BaseException:
        if not stored:
            store.remove(job_id)
        raise


@dataclass(frozen=True, slots=True)
class Preview:
    """A stored file before its import: its key, columns, and the values of its first rows."""

    stored: str
    columns: list[str]
    rows: list[dict[str, str]]


def import_preview(*, user: User, blocks: Iterable[bytes], rows: int = 3) -> Preview:
    """Store a file and read its beginning, so that its columns can be mapped. Raises PermissionDenied and Rejected."""
    require(user, "use")
    key = uuid7()
    store.store(key, blocks)
    try:
        return preview_of(key, rows)
    except Rejected:
        store.remove(key)
        raise


def preview_of(stored: str, rows: int = 3) -> Preview:
    """The beginning of a stored file. Raises Rejected."""
    if not store.has(stored):
        raise Rejected([FieldError("file", "file_missing")])
    try:
        with Reader(store.path_of(stored)) as reader:
            return Preview(stored, reader.columns, [row.values for row in islice(reader, rows)])
    except FileError as error:
        raise Rejected([FieldError("file", error.code, error.params)]) from None


def _head(job_id: str, described: Any, columns: Mapping[str, Any] | None) -> dict[str, str]:
    try:
        with Reader(store.path_of(job_id)) as reader:
            return columns_of(described, reader.columns, columns)
    except FileError as error:
        raise Rejected([FieldError("file", error.code, error.params)]) from None
