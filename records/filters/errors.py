"""The one error of the filter grammar: a code with parameters, made into a sentence at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from records.errors import RecordError


class FilterError(RecordError):
    """A filter that does not parse, names an unknown field or holds a value of the wrong type."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, dict(params or {}))
        self.code, self.params = code, dict(params or {})
