"""What a constraint of the database says, as an error at a field."""

from __future__ import annotations

import re
from typing import Any

from records.errors import FieldError
from records.schema import Schema

_KEY = re.compile(r"\(([^)]*)\)=\((.*?)\)")


def as_field_error(sch: Schema, error: Exception, *, deleting: bool = False) -> FieldError:
    """The code for an integrity or data error (unique, foreign key, not null, check, too long)."""
    diag: Any = getattr(getattr(error, "__cause__", None) or error, "diag", None)
    state = getattr(getattr(error, "__cause__", None) or error, "pgcode", "") or ""
    detail = getattr(diag, "message_detail", "") or ""
    match = _KEY.search(detail)
    column, value = (
        (match.group(1).split(",")[0].strip(' "'), match.group(2))
        if match
        else (getattr(diag, "column_name", "") or "", "")
    )
    info = next((f for f in sch if f.column == column), None)
    name, caption = (info.name, str(info.caption)) if info else ("", column)
    if state == "23505":
        return FieldError(name, "unique_violation", {"caption": caption, "value": value[:100]})
    if state == "23503" and deleting:
        return FieldError("", "in_use", {"table": getattr(diag, "table_name", "") or ""})
    if state == "23503":
        return FieldError(name, "not_found", {"value": value[:100]})
    if state == "23502":
        return FieldError(name, "required", {"caption": caption})
    return FieldError(name, "rule", {"message": (getattr(diag, "message_primary", "") or str(error))[:200]})
