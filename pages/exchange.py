"""A workbook that can be sent back: what stands in its cells, and how a change in it is recognized.

Row 1 (hidden): the mark with table, language and time zone, then the name of each column's field (`-name` where it is
only to be read). Row 2: captions. From row 3 on records; the hidden columns A to C hold identifier, version and a check
sum over the other cells, by which a row that nobody touched is known whatever became of its record since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.utils import timezone

from pages.display import option
from pages.rows import Row
from records.schema import FieldInfo

HIDDEN = ("Record", "Version", "Check")
READ_ONLY = "-"
#: what a cell can hold
MAX_TEXT = 32_767
#: digits that Excel keeps of a number
EXACT_DIGITS = 15
_MARK = "tandem-1"
_HALF_SECOND = dt.timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the first cell says: the table, and the language and time zone in which the values are shown."""

    table: str
    language: str
    time_zone: str

    def __str__(self) -> str:
        return " ".join((_MARK, self.table, self.language, self.time_zone))


def mark_of(text: Any) -> Mark | None:
    """The mark in a cell; None where there is none."""
    parts = str(text).split(" ")
    return Mark(*parts[1:]) if len(parts) == 4 and parts[0] == _MARK else None


def is_editable(info: FieldInfo | None) -> bool:
    """True for a field whose changed cell can be written: no computed value, no look-up with several tables."""
    if info is None or info.system or info.calculated or info.readonly or info.internal:
        return False
    return info.kind not in ("polyref", "entityname", "json") and info.name != "row_version"


def cell_of(info: FieldInfo, row: Row) -> Any:
    """The value of a field with the type that its cell gets; None for nothing."""
    value = row.values.get(info.name)
    if value is None or value == "":
        return None
    if info.kind in ("ref", "polyref"):
        return row.names.text(info, row) or None
    if info.kind == "option":
        return option(info, value, row).strip() or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return value if _fits(value) else format(value, "f")
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    return value if isinstance(value, dt.date | float) else str(value)[:MAX_TEXT]


def _fits(value: int | Decimal) -> bool:
    return len(Decimal(value).normalize().as_tuple().digits) <= EXACT_DIGITS


def text_of(value: Any) -> str:
    """The value of a cell as text, whichever type it has: `1.5`, `2026-01-31`, `true`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        value = Decimal(format(value, f".{EXACT_DIGITS}g"))
    if isinstance(value, int | Decimal):
        text = format(Decimal(value), "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    if isinstance(value, dt.datetime):
        rounded = (value + _HALF_SECOND).replace(microsecond=0)
        return rounded.date().isoformat() if rounded.time() == dt.time() else rounded.isoformat()
    if isinstance(value, dt.date | dt.time):
        return str(value.isoformat())
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def check_sum(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """A sum over the texts of some fields, in whichever order they stand."""
    pairs = sorted(values.items() if isinstance(values, Mapping) else values)
    text = "\x1f".join(f"{name}\x1e{value}" for name, value in pairs)
    return blake2b(text.encode("utf-8", "replace"), digest_size=9).hexdigest()
