"""Rows that were refused, kept on disk while the import runs: there may be as many of them as the file has rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from records.values.references import guid
from sync.imports.rows import Problem

#: Shown of one row.
MOST_PROBLEMS = 20


@dataclass(slots=True)
class BadRow:
    """A refused row: its line, its problems, the first one first, and the record that it stood for ('' for a new one)."""

    line: int
    problems: list[Problem] = field(default_factory=list)
    key: str = ""

    def params(self) -> dict[str, Any]:
        """Parameters of its outcome row: line, column, value, and those of the first problem's code."""
        first, *others = self.problems
        more = [{"column": p.column, "value": p.value, "code": p.code, "params": p.params} for p in others]
        return {
            **first.params,
            "line": self.line,
            "column": first.column,
            "value": first.value,
            **({"more": more[:MOST_PROBLEMS]} if more else {}),
        }


class BadRows:
    """Collects bad rows; iterate once at the end."""

    def __init__(self) -> None:
        """Nothing is written before the first megabyte."""
        self._file = tempfile.SpooledTemporaryFile(max_size=1 << 20, mode="w+", encoding="utf-8")  # noqa: SIM115
        self.count = 0

    def add(self, row: BadRow) -> None:
        """Remember one."""
        self.count += 1
        self._file.write(json.dumps([row.problems[0].code, row.params(), guid(row.key) or ""], default=str) + "\n")

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        """(code, parameters, record) of each, in the order of the file."""
        self._file.seek(0)
        for line in self._file:
            code, params, key = json.loads(line)
            yield code, params, key

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()
