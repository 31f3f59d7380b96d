"""Errors of the record layer: a code with parameters; texts are made at the edge (`records.messages`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class RecordError(Exception):
    """Base of all errors of this layer."""


class FieldError(RecordError):
    """One field (or '' for the whole record) that a value or rule refuses."""

    def __init__(self, field: str, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(field, code, dict(params or {}))
        self.field, self.code, self.params = field, code, dict(params or {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldError) and self.args == other.args

    def __hash__(self) -> int:
        return hash((self.field, self.code))


class Rejected(RecordError):
    """A record was refused; `errors` names each field with its code."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = list(errors)
        super().__init__(self.errors)


class Refused(RecordError):
    """The request does not fit the present state (HTTP 409): code and parameters."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, dict(params or {}))
        self.code, self.params = code, dict(params or {})


class TooMany(Refused):
    """The user has asked for too much at once (HTTP 429): code and parameters."""


class Stale(RecordError):
    """Somebody changed or deleted the record since it was read (HTTP 412)."""

    def __init__(self, pk: str) -> None:
        super().__init__(pk)
        self.pk = pk
