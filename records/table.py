"""The abstract base of every business table: system version, generated search and sort columns, write hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models.base import ModelBase
from django.db.models.expressions import RawSQL

from records.constraints import declared

if TYPE_CHECKING:
    from records.batch import Batch

_CODES = ("code",)


def _folded(columns: list[str]) -> str:
    joined = " || ' ' || ".join(f"coalesce(\"{c}\", '')" for c in columns)
    return f"fold({joined})"


class _RawGenerated(models.GeneratedField):
    """A stored generated column whose expression is SQL over columns of the same row."""

    def generated_sql(self, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The SQL of the expression."""
        return self.expression.sql, ()  # type: ignore[attr-defined]

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Path and arguments for the migration file."""
        name, _path, args, kwargs = super().deconstruct()
        kwargs["expression"] = _Expression(self.expression.sql)  # type: ignore[attr-defined]
        kwargs["output_field"] = models.TextField()
        return name, "records.table.Generated", list(args), kwargs


class _Expression(RawSQL):
    """RawSQL that migrations can write down."""

    def __init__(self, sql: str, params: tuple[Any, ...] = ()) -> None:
        super().__init__(sql, params)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Path and arguments for the migration file."""
        return "records.table.Expression", [self.sql], {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RawSQL) and self.sql == other.sql

    def __hash__(self) -> int:
        return hash(self.sql)


Generated, Expression = _RawGenerated, _Expression


def _generated(columns: list[str]) -> _RawGenerated:
    return Generated(
        expression=Expression(_folded(columns)), output_field=models.TextField(), db_persist=True, editable=False
    )


class TableBase(ModelBase):
    """Adds the generated columns that `Record.search` and `Record.sort` ask for, and declared check constraints."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        """Complete the declaration before Django reads it."""
        meta, record = attrs.get("Meta"), attrs.get("Record")
        if record is not None and not getattr(meta, "abstract", False):
            if search := getattr(record, "search", ()):
                attrs["search_fold"] = _generated(list(search))
            for field in getattr(record, "sort", ()):
                plain = field.lstrip("-")
                if getattr(attrs.get(plain), "kind", "") == "text":
                    attrs[f"sort_{plain}"] = _generated([plain])
            if checks := declared(attrs):
                attrs["Meta"] = type(
                    "Meta", (meta,) if meta else (), {"constraints": [*getattr(meta, "constraints", ()), *checks]}
                )
        return super().__new__(mcs, name, bases, attrs, **kwargs)


class Table(models.Model, metaclass=TableBase):
    """A business table. Write through `records.writes`; `objects` is for reading."""

    row_version = models.BigIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        abstract = True

    class Record:
        """What a table says of itself; see each concrete table."""

    #: name -> (placeholder SQL, needs actor) columns set on each write; see `stamps`.
    STAMPS: ClassVar[tuple[str, ...]] = ()

    #: Options are shown by member name (ERP) or by number (Sales).
    OPTIONS_BY_NAME: ClassVar[bool] = True

    @classmethod
    def stamps(cls, batch: Batch) -> dict[str, Any]:  # noqa: ARG003
        """Values of the stamp columns for this batch, by column name (not field name)."""
        return {}

    @classmethod
    def allocate(cls, batch: Batch) -> None:
        """Give numbers to new rows (insert only)."""

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Record rules that change or reject rows before they are written."""

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """Record rules that write other tables once the rows are stored."""
