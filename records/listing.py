"""Ordered, searched and filtered querysets of a table, for lists of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField
from django.db.models.expressions import OrderBy, RawSQL
from django.db.models.lookups import Contains

from records.fields import Calculated
from records.filters import Checked, Filter, FilterError, to_q
from records.schema import FieldInfo, Schema, schema
from records.text import words


def select(
    model: Any,
    *,
    filter: Filter | Checked | str = "",
    search: str = "",
    ordering: Sequence[str] = (),
) -> QuerySet[Any]:
    """The records inside the filter that contain the searched text, in order; raises `FilterError`."""
    described = schema(model)
    return described.model.objects.filter(to_q(filter, described.model), search_q(described, search)).order_by(
        *order_by(described, ordering)
    )


def search_q(described: Schema, text: str) -> Q:
    """Records with all these words in their search fields; case and accents do not matter, see `records.text.words`.

    `Record.search_related` names fields of referenced records, for example `contact_no__name`: there the words are all in
    fields of the same one.
    """
    wanted = words(text)
    if not wanted:
        return Q()
    record = described.model.Record
    found = _with_all(wanted) if getattr(record, "search", ()) else Q(pk__in=[])
    fields: dict[str, list[str]] = {}
    for path in getattr(record, "search_related", ()):
        reference, _separator, name = path.partition("__")
        fields.setdefault(reference, []).append(name)
    for reference, names in fields.items():
        found |= Q(**{f"{reference}__in": _related(schema(described[reference].ref), names, wanted)})
    return found


def _with_all(wanted: Sequence[str]) -> Q:
    return Q(*(Q(search_fold__contains=word) for word in wanted))


def _related(target: Schema, names: Sequence[str], wanted: Sequence[str]) -> QuerySet[Any]:
    """Keys of referenced records with each of the words in one of these fields: their table is read once, by itself.

    Its own search column rules most records out before the single fields are looked at.
    """
    found = Q()
    for word in wanted:
        found &= Q(
            *(Q(Contains(Func(F(name), function="fold", output_field=TextField()), word)) for name in names),
            _connector=Q.OR,
        )
    if set(names) <= set(getattr(target.model.Record, "search", ())):
        found = _with_all(wanted) & found
    return target.model.objects.filter(found).values("pk")


def order_by(described: Schema, names: Sequence[str]) -> list[Any]:
    """Order expressions for field names (`-` for descending), by default those of the table; the key comes last."""
    wanted = [name for name in names if name] or list(getattr(described.model.Record, "sort", ()))
    return [*(_order(described, name) for name in wanted), "pk"]


def is_orderable(info: FieldInfo) -> bool:
    """True for fields that the database can sort by."""
    if info.internal or info.kind in ("polyref", "entityname", "json"):
        return False
    return info.stored or bool(getattr(info.field, "sql", None))


def _order(described: Schema, name: str) -> OrderBy:
    plain, is_descending = name.removeprefix("-"), name.startswith("-")
    info = described.fields.get(plain)
    if info is None or not is_orderable(info):
        raise FilterError("ordering_unknown_field", {"field": plain[:80]})
    expression = _expression(described, info)
    is_never_null = not info.null and (info.kind != "ref" or bool(info.ref_code))
    if is_never_null or hasattr(described.model, f"sort_{plain}"):
        return OrderBy(expression, descending=is_descending)
    return OrderBy(
        expression, descending=is_descending, nulls_first=not is_descending or None, nulls_last=is_descending or None
    )


def _expression(described: Schema, info: FieldInfo) -> Any:
    if isinstance(info.field, Calculated) and info.field.order:
        return _calculated_order(described, info.field.order)
    if isinstance(info.field, Calculated):
        return RawSQL(info.sql(f'"{described.table}"'), ())  # noqa: S611  (declared SQL, no input)
    if info.kind == "ref":
        target = schema(info.ref)
        return F(f"{info.name}__{_sort_name(target, info.ref_code or target.model.Record.title[-1])}")
    return F(_sort_name(described, info.name))


def _calculated_order(described: Schema, path: str) -> Any:
    """The field of a referenced record that a computed field repeats: joined once instead of asked for in each row."""
    reference, _separator, name = path.partition("__")
    return F(f"{reference}__{_sort_name(schema(described[reference].ref), name)}")


def _sort_name(described: Schema, name: str) -> str:
    return f"sort_{name}" if hasattr(described.model, f"sort_{name}") else name
