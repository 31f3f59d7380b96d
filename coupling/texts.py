"""Values as text: what a rule sees, and what a text field gets of a value of another type. The same in every language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from coupling.transforms import moments, numbers
from records.schema import FieldInfo


def as_text(info: FieldInfo) -> Callable[[Any], str]:
    """Turns stored values of a field into text.

    Decimals `1234.5`, dates `2026-12-31`, moments `2026-12-31T14:05Z` (UTC), booleans `true` and `false`, options by
    the name of their member (by number where the members come from a table).
    """
    if info.kind == "option":
        names = {value: str(member) for value, (member, _caption) in info.options.items()}
        return lambda value: names.get(value, str(value))
    return text_of


def text_of(value: Any) -> str:
    """A value whose type says enough."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return numbers.plain(value)
    if isinstance(value, dt.datetime):
        return moments.written(value.astimezone(dt.UTC) if value.tzinfo else value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
