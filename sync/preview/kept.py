"""Outcome rows that outlive the taking back of what they tell: in a file meanwhile, however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

from records.stage import copy_file, copy_out
from sync.models import OutcomeRow

_IN_MEMORY = 8_000_000
_COLUMNS = [str(field.column) for field in OutcomeRow._meta.concrete_fields if not getattr(field, "generated", False)]


class KeptRows:
    """`keep` before the taking back, `store` after it."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by `__exit__`

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.file.close()

    def keep(self, jobs: Sequence[str]) -> None:
        """The rows of these jobs, in the order they were written."""
        names = ", ".join(f'"{name}"' for name in _COLUMNS)
        sql = f"SELECT {names} FROM {OutcomeRow._meta.db_table} WHERE job_id = ANY(%s::uuid[]) ORDER BY id"
        copy_out(sql, [list(jobs)], self.file)

    def store(self) -> None:
        """Write them as they were."""
        self.file.seek(0)
        copy_file(OutcomeRow._meta.db_table, _COLUMNS, self.file)
