"""Starting an import: the file is stored and its head line checked; a worker does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction

from pages.exchange import READ_ONLY, is_editable
from people.models import User
from records.errors import FieldError, Refused, Rejected
from records.ids import uuid7
from sync.imports import store
from sync.imports.columns import columns_of, importable
from sync.imports.files import open_back, open_file
from sync.imports.rows import FileError, shown
from sync.jobs.submit import Request, submit
from sync.models import Job
from sync.services.rights import require
from sync.services.started import Started

#: Part of the parameters of an import that its preview and its execution share.
Params = dict[str, Any]


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
    sheet: str = "",
    edit: bool = False,
) -> Started:
    """Store the file and its job. `columns`: {column: field}, without it columns with the name of a field.

    `stored`: the key of a file that is stored already (see `import_preview`), in place of its `blocks`. `sheet`: of a
    workbook, the first one if blank. `edit`: a workbook that was made here, edited and is sent back (see
    `pages.exchange`). `user` None: the command line. Raises PermissionDenied, and Rejected at `table`, `file`, `sheet`
    or `columns`.
    """
    if user is not None:
        require(user, "use")
    described = importable(table)
    job_id = stored or uuid7()
    try:
        if not stored:
            store.store(job_id, blocks or ())
        mapped, total = _edited_head(job_id, described) if edit else _head(job_id, described, columns, sheet)
        params = {
            "table": described.label,
            "columns": mapped,
            "null": null,
            "skip_bad_rows": skip_bad_rows,
            "file_name": file_name[:200],
            "sheet": sheet[:80],
            "edit": edit,
        }
        return _submit(user, params, total, job_id=job_id, dry_run=dry_run)
    except BaseException:
        if not stored:
            store.remove(job_id)
        raise


def _submit(user: User | None, params: Params, total: int | None, *, job_id: str, dry_run: bool) -> Started:
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
    return Started([submit(request)], total or 0)


@transaction.atomic
def import_apply(*, user: User, job: Job, skip_bad_rows: bool = False) -> Started:
    """Do what a preview of an import has shown; its file is still there.

    Raises PermissionDenied and Refused (`not_a_preview`, `already_applied`, `file_forgotten`).
    """
    require(user, "use")
    Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if job.kind != "import" or not job.preview or not job.is_ended:
        raise Refused("not_a_preview")
    if applied(job) is not None:
        raise Refused("already_applied")
    key = str(job.pk)
    if not store.has(key):
        raise Refused("file_forgotten")
    params = {**job.params, "file": key, "skip_bad_rows": skip_bad_rows}
    return _submit(user, params, job.processed or job.total, job_id=uuid7(), dry_run=False)


def applied(job: Job) -> Job | None:
    """The job that did, or is about to do, what this preview has shown."""
    done = Job.objects.filter(kind="import", preview=False, params__file=str(job.pk))
    return done.exclude(state__in=("failed", "cancelled")).first()


@dataclass(frozen=True, slots=True)
class Preview:
    """A stored file before its import: its key, columns, the values of its first rows, and the sheets of a workbook."""

    stored: str
    columns: list[str]
    rows: list[dict[str, str]]
    sheets: list[str]
    sheet: str


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


def preview_of(stored: str, rows: int = 3, sheet: str = "") -> Preview:
    """The beginning of a stored file. Raises Rejected."""
    if not store.has(stored):
        raise Rejected([FieldError("file", "file_missing")])
    try:
        with open_file(store.path_of(stored), sheet) as reader:
            found = [{column: shown(value) for column, value in row.values.items()} for row in islice(reader, rows)]
            return Preview(stored, reader.columns, found, list(reader.sheets), reader.sheet)
    except FileError as error:
        raise _refused(error) from None


def _head(
    job_id: str, described: Any, columns: Mapping[str, Any] | None, sheet: str
) -> tuple[dict[str, str], int | None]:
    """{column: field} and the number of rows, as far as it can be told."""
    try:
        with open_file(store.path_of(job_id), sheet) as reader:
            return columns_of(described, reader.columns, columns), reader.estimate()
    except FileError as error:
        raise _refused(error) from None


def _edited_head(job_id: str, described: Any) -> tuple[dict[str, str], int | None]:
    """The fields of a workbook that is sent back. Raises Rejected for a file of another table or with other columns."""
    try:
        with open_back(store.path_of(job_id)) as reader:
            mark, names, total = reader.mark, reader.columns, reader.estimate()
    except FileError as error:
        raise _refused(error) from None
    if mark is None or mark.table != described.label:
        params = {"table": f"@{mark.table[:80]}" if mark else "", "wanted": f"@{described.label}"}
        raise Rejected([FieldError("file", "file_of_other_table", params)])
    fields = [name for name in names if not name.startswith(READ_ONLY)]
    unknown = [name for name in fields if not is_editable(described.fields.get(name))]
    if unknown or not fields:
        raise Rejected([FieldError("file", "unknown_import_field", {"field": (unknown or [""])[0][:80]})])
    return {name: name for name in fields}, total


def _refused(error: FileError) -> Rejected:
    place = "sheet" if error.code in ("unknown_sheet", "no_sheet") else "file"
    return Rejected([FieldError(place, error.code, error.params)])
