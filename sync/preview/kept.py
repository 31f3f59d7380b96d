"""Outcome rows that outlive the taking back of what they tell: in files meanwhile, however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Self

from records import db
from records.stage import copy_file, copy_out
from sync.models import OutcomeRow

_IN_MEMORY = 1_000_000
_TABLE = OutcomeRow._meta.db_table
_COLUMNS = [str(field.column) for field in OutcomeRow._meta.concrete_fields if not getattr(field, "generated", False)]
_LOWEST = "00000000-0000-0000-0000-000000000000"


class KeptRows:
    """`keep` before the taking back, `store` after it.

    So many rows in one file, so that a worker who does this for a while is not taken for one that stands still.
    """

    def __init__(self, each: int = 50_000) -> None:
        """Nothing yet; `each`: rows of one file."""
        self.each = each
        self.files: list[IO[bytes]] = []
        self.open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *what: object) -> None:
        self.open.close()

    def keep(self, jobs: Sequence[str]) -> None:
        """The rows of these jobs, in the order they were written."""
        names = ", ".join(f'"{name}"' for name in _COLUMNS)
        border = f"SELECT id FROM {_TABLE} WHERE job_id = ANY(%s::uuid[]) AND id > %s ORDER BY id OFFSET %s LIMIT 1"
        last: str | None = _LOWEST
        while last is not None:
            found = db.one(border, [list(jobs), last, self.each - 1])
            upto = str(found[0]) if found else None
            sql = (
                f"SELECT {names} FROM {_TABLE} WHERE job_id = ANY(%s::uuid[]) AND id > %s "
                f"{'AND id <= %s' if upto else ''} ORDER BY id"
            )
            made = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with all others
            file: IO[bytes] = self.open.enter_context(made)
            copy_out(sql, [list(jobs), last, *([upto] if upto else [])], file)
            self.files.append(file)
            last = upto

    def store(self) -> None:
        """Write them as they were."""
        for file in self.files:
            file.seek(0)
            copy_file(_TABLE, _COLUMNS, file)
            db.execute("SELECT 1")
