"""The fields of a table as data: one description for pages, API, filters, imports, mappings and the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from records.fields import Calculated, PolymorphicRef
from records.table import Table

_STAMP_KINDS = {
    models.UUIDField: "guid",
    models.DateTimeField: "datetime",
    models.BigIntegerField: "int",
    models.IntegerField: "int",
    models.CharField: "text",
}


@dataclass(frozen=True, eq=False)
class FieldInfo:
    """One field. `column` is the database column of a stored field ('' for calculated and polymorphic ones)."""

    name: str
    kind: str
    caption: Any
    field: Any
    column: str = ""
    max_length: int | None = None
    decimals: int | None = None
    options: dict[int, tuple[str, Any]] = field(default_factory=dict)
    extensible: bool = False
    ref: str = ""
    ref_code: str | None = None
    targets: dict[str, str] = field(default_factory=dict)
    companion: str = ""
    required: bool | str = False
    readonly: bool = False
    insert_only: bool = False
    calculated: bool = False
    internal: bool = False
    null: bool = False
    system: bool = False

    @property
    def blank(self) -> Any:
        """The stored value of an empty field."""
        return getattr(self.field, "blank_value", None)

    @property
    def stored(self) -> bool:
        """True where the table has a column for it."""
        return bool(self.column)

    def sql(self, alias: str) -> str:
        """An expression that reads the stored value; uuid as the database has it."""
        if self.column:
            return f'{alias}."{self.column}"'
        if self.kind == "polyref":
            return "coalesce(" + ", ".join(f'{alias}."{c}"' for c in self.targets.values()) + ")"
        if self.kind == "entityname":
            whens = " ".join(f"WHEN {alias}.\"{c}\" IS NOT NULL THEN '{t}'" for t, c in self.targets.items())
            return f"CASE {whens} END"
        if isinstance(self.field, Calculated) and self.field.sql:
            return "(" + self.field.sql.format(t=alias) + ")"
        raise LookupError(f"{self.name} cannot be read by SQL")

    def normalize(self, value: Any) -> Any:
        """The stored value of what a caller gives; raises FieldError."""
        if self.kind in ("polyref", "entityname"):
            return str(value).lower() if value else None
        return self.field.normalize(value)


@dataclass(frozen=True, eq=False)
class Schema:
    """All fields of one table, in declared order."""

    model: Any
    label: str
    table: str
    pk: str
    pk_column: str
    fields: dict[str, FieldInfo]
    natural_key: str | None

    def __iter__(self) -> Iterator[FieldInfo]:
        return iter(self.fields.values())

    def __getitem__(self, name: str) -> FieldInfo:
        return self.fields[name]

    def __contains__(self, name: object) -> bool:
        return name in self.fields

    @property
    def writable(self) -> list[FieldInfo]:
        """Fields that a caller may set (stored or polymorphic, not system)."""
        return [f for f in self if (f.stored or f.targets) and not f.system and not f.internal]

    @property
    def polymorphic(self) -> list[PolymorphicRef]:
        """The look-ups with several targets."""
        return [f.field for f in self if f.kind == "polyref"]


def model_of(label: str) -> Any:
    """The table behind a label such as 'erp.Customer'; LookupError when there is none."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise LookupError(f"no table {label!r}") from error
    if not issubclass(model, Table):
        raise LookupError(f"{label!r} is not a business table")
    return model


def schema(model: Any) -> Schema:
    """The schema of a table class or label."""
    return _schema(model_of(model) if isinstance(model, str) else model)


_EXTENSIONS: dict[str, dict[str, Calculated]] = {}


def extend(label: str, fields: Mapping[str, Calculated]) -> None:
    """Add calculated fields to a table of a lower app; lists, filters and API then know them.

    Only recorded: the table need not be loaded yet. A name may be added once.
    """
    known = _EXTENSIONS.setdefault(label, {})
    if doubled := set(known) & set(fields):
        raise ValueError(f"{label} has the extension fields {sorted(doubled)} already")
    known.update(fields)
    _schema.cache_clear()


def retract(label: str, *names: str) -> None:
    """Take extension fields away again (tests leave the tables as they found them)."""
    for name in names:
        _EXTENSIONS.get(label, {}).pop(name, None)
    _schema.cache_clear()


@cache
def _schema(model: Any) -> Schema:
    system = set(getattr(model, "SYSTEM", ())) | {"row_version"}
    stored = [f for f in model._meta.concrete_fields if not isinstance(f, models.GeneratedField)]
    infos = [(f.creation_counter, _stored(f, f.name in system)) for f in stored]
    for poly in _polymorphic(model):
        infos.extend((poly.creation_counter, info) for info in _pair(model, poly))
    extensions = _EXTENSIONS.get(model._meta.label, {})
    for name, calculated in {**getattr(model.Record, "calculated", {}), **extensions}.items():
        calculated.name = name
        infos.append((10**9, _calculated(name, calculated)))
    infos.sort(key=lambda pair: pair[0])
    hidden = {column for p in _polymorphic(model) for column in p.targets.values()}
    fields = {i.name: (i if i.name not in hidden else FieldInfo(**{**i.__dict__, "internal": True})) for _n, i in infos}
    meta = model._meta
    return Schema(
        model,
        meta.label,
        meta.db_table,
        meta.pk.name,
        meta.pk.column,
        fields,
        getattr(model.Record, "natural_key", None),
    )


def _stored(f: Any, system: bool) -> FieldInfo:
    kind = getattr(f, "kind", "") or next(
        (k for c, k in _STAMP_KINDS.items() if isinstance(f, c)), "ref" if f.is_relation else "text"
    )
    is_ref = bool(f.is_relation)
    return FieldInfo(
        name=f.name,
        kind="ref" if is_ref else kind,
        caption=f.verbose_name,
        field=f,
        column=f.column,
        max_length=None if is_ref else f.max_length,
        decimals=getattr(f, "decimal_places", None),
        options=getattr(f, "options", {}),
        extensible=getattr(f, "extensible", False),
        ref=f.related_model._meta.label if is_ref else "",
        ref_code=getattr(f, "code", None),
        required=getattr(f, "required", False),
        readonly=getattr(f, "readonly", False) or system,
        insert_only=getattr(f, "insert_only", False) or f.primary_key,
        internal=getattr(f, "internal", False),
        null=f.null,
        system=system and not f.primary_key,
    )


def _polymorphic(model: Any) -> list[PolymorphicRef]:
    found: dict[str, PolymorphicRef] = {}
    for base in model.__mro__:
        for name, value in vars(base).items():
            if isinstance(value, PolymorphicRef):
                found.setdefault(name, value)
    return list(found.values())


def _pair(model: Any, poly: PolymorphicRef) -> list[FieldInfo]:
    columns = {entity: model._meta.get_field(name).column for entity, name in poly.targets.items()}
    common: dict[str, Any] = {
        "targets": columns,
        "required": poly.required,
        "readonly": poly.readonly,
        "insert_only": poly.insert_only,
        "null": True,
    }
    return [
        FieldInfo(poly.name, "polyref", poly.caption, poly, companion=poly.type_name, **common),
        FieldInfo(
            poly.type_name, "entityname", poly.type_caption, poly, companion=poly.name, **{**common, "required": False}
        ),
    ]


def _calculated(name: str, c: Calculated) -> FieldInfo:
    kind = getattr(c.type, "kind", "") or "text"
    return FieldInfo(
        name=name,
        kind=kind,
        caption=c.caption or getattr(c.type, "verbose_name", None) or name,
        field=c,
        max_length=getattr(c.type, "max_length", None),
        decimals=getattr(c.type, "decimal_places", None),
        options=getattr(c.type, "options", {}),
        readonly=True,
        calculated=True,
        null=True,
    )
