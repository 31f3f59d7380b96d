"""The rows of one write, as the rules see them: old and new stored values, and what was given by the caller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from records.actor import current
from records.errors import FieldError


class Row:
    """One record on its way into the table. Values are stored values by field name."""

    __slots__ = ("changed", "errors", "given", "new", "old", "pk", "version")

    def __init__(
        self,
        pk: str,
        *,
        version: int | None = None,
        old: dict[str, Any] | None = None,
        new: dict[str, Any] | None = None,
        changed: Iterable[str] = (),
        given: Iterable[str] = (),
    ) -> None:
        self.pk, self.version, self.old, self.new = pk, version, old, new if new is not None else {}
        self.changed, self.given = set(changed), frozenset(given)
        self.errors: list[FieldError] = []

    def get(self, name: str, default: Any = None) -> Any:
        """The new value."""
        return self.new.get(name, default)

    def old_value(self, name: str, default: Any = None) -> Any:
        """The value before this write; the default for a new record."""
        return default if self.old is None else self.old.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Change a field unless the caller gave a value of its own for it."""
        if name not in self.given:
            self.force(name, value)

    def force(self, name: str, value: Any) -> None:
        """Change a field whatever the caller gave."""
        if self.new.get(name) != value or name not in self.new:
            self.new[name] = value
            self.changed.add(name)

    def reject(self, name: str, code: str, /, **params: Any) -> None:
        """Refuse the row at this field."""
        self.errors.append(FieldError(name, code, params))

    def __repr__(self) -> str:
        return f"Row({self.pk}, changed={sorted(self.changed)}, errors={self.errors})"


@dataclass
class Batch:
    """Rows of one table written together by one actor for one reason."""

    model: Any
    kind: str
    source: str
    rows: list[Row]
    actor: str = field(default_factory=lambda: current().user_name)
    now: dt.datetime = field(default_factory=timezone.now)
    validate: frozenset[str] | None = None

    @property
    def live(self) -> list[Row]:
        """The rows that nothing has refused so far."""
        return [row for row in self.rows if not row.errors]

    @property
    def user_present(self) -> bool:
        """True where a person waits for the answer (page and API)."""
        return self.source in ("page", "api")

    @property
    def today(self) -> dt.date:
        """The day of this write (UTC)."""
        return self.now.date()

    def changed(self, *names: str) -> list[Row]:
        """Live rows in which one of these fields changes (all live rows of an insert that carry it)."""
        wanted = set(names)
        return [row for row in self.live if row.changed & wanted]
