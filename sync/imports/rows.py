"""What a file of any kind is read as: rows with their line, and what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

MAX_COLUMNS = 1000
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
UNDECODED = re.compile("[\udc80-\udcff]")


class FileError(Exception):
    """The file as a whole cannot be read: a code with parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is no good: the column ('' for the whole row), what stands there, a code with parameters."""

    column: str
    value: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """One row: its line in the file (the first of several), its values by column, and what is wrong with it.

    Of a workbook that is sent back also `tag`: record, version and check sum as they were when it was made.
    """

    line: int
    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    tag: tuple[str, str, str] = ("", "", "")


def shown(value: str) -> str:
    """A value as messages show it: short, and only what can be stored."""
    return CONTROL.sub("?", UNDECODED.sub("?", value))[:100]


def checked_head(names: list[str], code: str) -> list[str]:
    """The names of a head line without those that no column may have. Raises FileError, `code` for what is none."""
    names = [name.strip() for name in names]
    text = "".join(names)
    if CONTROL.search(text) or UNDECODED.search(text) or len(names) > MAX_COLUMNS:
        raise FileError(code, why="")
    if not any(names):
        raise FileError("file_empty")
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise FileError("column_twice", column=doubled[0])
    return names
