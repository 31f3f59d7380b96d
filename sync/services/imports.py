"""Starting an import: the file is stored and its head line checked; a worker does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    blocks: Iterable[bytes],
    columns: Mapping[str, Any] | None = None,
    null: str = "NULL",
    dry_run: bool = False,
    skip_bad_rows: bool = False,
    file_name: str = "",
) -> Started:
    """Store the file and its job. `columns`: {column: field}, without it columns with the name of a field.

    `user` None: the command line. Raises PermissionDenied, and Rejected at `table`, `file` or `columns`.
    """
    if user is not None:
        require(user, "use")
    described = importable(table)
    job_id = uuid7()
    try:
        path = store.store(job_id, blocks)
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
        store.remove(job_id)
        raise


def _head(job_id: str, described: Any, columns: Mapping[str, Any] | None) -> dict[str, str]:
    try:
        with Reader(store.path_of(job_id)) as reader:
            return columns_of(described, reader.columns, columns)
    except FileError as error:
        raise Rejected([FieldError("file", error.code, error.params)]) from None
