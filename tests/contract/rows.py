"""Valid rows of any table, made from its declaration alone: for tests that run over every registered page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models

from records import writes
from records.schema import FieldInfo, schema

#: tables whose rows are made by what happens, never by hand: written past the rules
_PAST_THE_RULES = ("coupling", "sync")


def _mapping(number: int) -> dict[str, Any]:
    """Another pair of tables for each mapping."""
    sides = [sorted(m._meta.label for m in apps.get_app_config(app).get_models()) for app in ("erp", "crm")]
    crm = sides[1][number % len(sides[1])]
    return {
        "erp_table": sides[0][number // len(sides[1]) % len(sides[0])],
        "crm_table": crm,
        "crm_key_field": schema(crm).pk,
    }


#: what tables need beside their declaration: number of the row -> values
SPECIAL: dict[str, Callable[[int], dict[str, Any]]] = {
    "coupling.IntegrationTableMapping": _mapping,
    "coupling.OptionMapping": lambda number: {"option_value": number + 1},
    "erp.ContactBusinessRelation": lambda number: {
        "business_relation_code": make("erp.BusinessRelation", 1, first=500 + number)[0],
    },
    "sync.RetentionPolicy": lambda number: {"log": f"log {number:04}", "days": 31},
    "erp.CurrencyExchangeRate": lambda _number: {"relational_exch_rate_amount": Decimal(2)},
}


def make(label: str, count: int, *, first: int = 0) -> list[str]:
    """Insert `count` rows; their keys. `first`: the number that unique values begin with."""
    table = schema(label)
    if not table.model._meta.managed:
        return []  # a view of the database shows what other tables hold
    values = [_values(label, first + number) for number in range(count)]
    if table.model._meta.app_label in _PAST_THE_RULES:
        made = [table.model(**_plain(table.model, first + number, row)) for number, row in enumerate(values)]
        table.model.objects.bulk_create(made)
        return [str(row.pk) for row in made]
    written = writes.insert(label, values, source="setup")
    assert not written.rejected, [error.args for row in written.rejected for error in row.errors][:3]
    return [row.pk for row in written.rows]


def _values(label: str, number: int) -> dict[str, Any]:
    table = schema(label)
    name = str(table.model.Record.title[-1])
    known = SPECIAL[label](number) if label in SPECIAL else {}
    return {
        info.name: _value(info, number)
        for info in table.writable
        if info.name != table.pk and not info.readonly and (info.required or info.name in (table.natural_key, name))
        if info.kind not in ("polyref", "entityname") and not _has_default(info)
    } | known


def _has_default(info: FieldInfo) -> bool:
    default = getattr(info.field, "default", None)
    return info.kind == "text" and isinstance(default, str) and bool(default)


def _value(info: FieldInfo, number: int) -> Any:
    if info.kind == "ref":
        found = schema(info.ref).model.objects.values_list("pk", flat=True).first()
        return str(found) if found else make(info.ref, 1, first=number)[0]
    if info.kind == "option":
        return next(iter(info.options), None)
    if info.kind in ("int", "decimal"):
        return Decimal(number + 1)
    if info.kind == "bool":
        return False
    if info.kind in ("date", "datetime"):
        return dt.date(2026, 1, 1) + dt.timedelta(days=number)
    return f"Å{number:04}"[: info.max_length or 250]


def _plain(model: Any, number: int, values: dict[str, Any]) -> dict[str, Any]:
    """Values for a model written past the rules: every column that may not be null and has no default gets one."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        info = schema(model).fields.get(field.name)
        if field.name in values and not field.is_relation:
            found[field.name] = values[field.name]
        elif field.is_relation and not field.null:
            known = field.related_model.objects.values_list("pk", flat=True).first()
            found[field.attname] = known or make(field.related_model._meta.label, 1, first=1000 + number)[0]
        elif info is not None and info.kind in ("code", "text") and not info.system and not field.null:
            found[field.name] = f"Å{number:04}"[: info.max_length or 20]
        elif isinstance(field, models.UUIDField) and not field.null and not field.primary_key:
            found[field.name] = f"00000000-0000-7000-8000-{number:012}"
    return found
