"""The error catalogue: for every reason of the log its cause, what to do about it, and where. See `entries`.

The sentence of a reason is in `records.messages`. The page *Error Catalog* and `docs/administration/errors.md` show
all of it; a test reads the source and fails when it can give a reason that is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from records import messages
from sync.catalogue.entries import ENTRIES, FAMILIES, Entry

_FOUND: dict[str, Entry] = {**{code: entry for entry, codes in FAMILIES for code in codes}, **ENTRIES}


@dataclass(frozen=True, slots=True)
class Shown:
    """A reason as people read it, in the active language."""

    code: str
    text: str
    cause: str
    step: str
    page: str


def entry_of(code: str) -> Entry | None:
    """What is known of a reason; None where nothing has to be known (`changed`, `created`)."""
    return _FOUND.get(code)


def next_step(code: str) -> str:
    """What to do about a reason, in the active language; blank where nothing is known."""
    found = _FOUND.get(code)
    return str(found.step) if found else ""


def every(names: Mapping[str, str] | None = None) -> list[Shown]:
    """All reasons by code. `names`: those of the products, where they are not to be those of this installation."""
    return [
        Shown(code, messages.general(code, names), str(entry.cause), str(entry.step), entry.page)
        for code, entry in sorted(_FOUND.items())
        if code in messages.codes()
    ]


def record_named(params: Mapping[str, Any]) -> tuple[str, str] | None:
    """The (table, key) of the record that has to be coupled first, where the parameters of a reason name one."""
    table, key = params.get("table"), params.get("key")
    return (str(table), str(key)) if table and key else None
