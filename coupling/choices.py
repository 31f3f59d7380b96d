"""Fields whose choices are rows or tables: a list to choose from on pages, a plain code or label in the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.utils.functional import lazystr

from records.fields import Code, Text
from records.table import Table

_SECONDS = 2.0
Named = tuple[str, Any]


class Choices(Mapping[str, Named]):
    """`{code: (code, caption)}` read when it is asked for, and kept for a moment. Blank comes first."""

    def __init__(self, read: Callable[[], dict[str, Any]]) -> None:
        self.read = read
        self.until = 0.0
        self.kept: dict[str, Named] = {}

    def now(self) -> dict[str, Named]:
        """The choices as they are."""
        if time.monotonic() >= self.until:
            self.kept = {"": ("", "")} | {code: (code, caption) for code, caption in self.read().items()}
            self.until = time.monotonic() + _SECONDS
        return self.kept

    def forget(self) -> None:
        """Read anew next time."""
        self.until = 0.0

    def __getitem__(self, code: str) -> Named:
        return self.now()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.now())

    def __len__(self) -> int:
        return len(self.now())


def _rules() -> dict[str, Any]:
    rows = apps.get_model("coupling.TransformationRule").objects.order_by("code").values_list("code", "description")
    return {code: f"{code} · {description}" if description else code for code, description in rows}


def _tables() -> dict[str, Any]:
    """The business tables of both sides with their names."""
    models: list[Any] = [m for m in apps.get_models() if issubclass(m, Table) and m._meta.app_label in ("erp", "crm")]
    return {m._meta.label: lazystr(m.Record.plural) for m in sorted(models, key=lambda m: m._meta.label)}


RULES, TABLES = Choices(_rules), Choices(_tables)


class RuleCode(Code):
    """The code of a transformation rule."""

    kind = "option"
    options, extensible = RULES, False


class TableLabel(Text):
    """The label of a business table, such as `erp.CountryRegion`."""

    kind = "option"
    options, extensible = TABLES, False
