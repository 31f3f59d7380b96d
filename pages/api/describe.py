"""Serializers that describe a table in the OpenAPI document. They read and write nothing: `records.values` does."""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework import serializers

from records.schema import FieldInfo, schema


@cache
def record_serializer(label: str, *, for_request: bool) -> type[Any]:
    """The fields of a table as the API takes them (`for_request`) or shows them."""
    described = schema(label)
    fields: dict[str, Any] = {}
    if not for_request:
        fields = {
            "id": serializers.UUIDField(),
            "row_version": serializers.IntegerField(),
            "page": serializers.CharField(),
        }
    by_name = getattr(described.model, "OPTIONS_BY_NAME", True)
    for info in described:
        is_settable = is_list(info) or not (info.system or info.calculated or info.readonly)
        if info.internal or info.name == "row_version" or (for_request and not is_settable):
            continue
        fields[info.name] = _field(info, by_name=by_name)
        if not for_request and not info.ref_code and info.kind in ("ref", "polyref"):
            fields[f"{info.name}name"] = serializers.CharField(allow_null=True)
    name = label.replace(".", " ").title().replace(" ", "") + ("Input" if for_request else "")
    return type(name, (serializers.Serializer,), fields)


def is_list(info: FieldInfo) -> bool:
    """True for a computed field that lists records, for example the members of a team."""
    return info.calculated and isinstance(info.field.default, tuple)


def _field(info: FieldInfo, *, by_name: bool) -> serializers.Field:
    common: dict[str, Any] = {"required": False, "help_text": str(info.caption)}
    if is_list(info):
        return serializers.ListField(child=serializers.UUIDField(), **common)
    if info.null:
        common["allow_null"] = True
    if info.kind == "option" and not info.extensible:
        return _option(info, common, by_name=by_name)
    if info.kind == "ref" and info.ref_code:
        return serializers.CharField(allow_blank=True, required=False, help_text=str(info.caption))
    if info.kind in ("text", "code", "dateformula") and info.max_length:
        return serializers.CharField(allow_blank=True, max_length=info.max_length, **common)
    return _KINDS.get(info.kind, serializers.CharField)(**common)


def _option(info: FieldInfo, common: dict[str, Any], *, by_name: bool) -> serializers.Field:
    if not by_name:
        return serializers.IntegerField(**common)
    return serializers.ChoiceField([member for member, _caption in info.options.values()], allow_blank=True, **common)


def _decimal(**common: Any) -> serializers.Field:
    return serializers.DecimalField(max_digits=38, decimal_places=10, **common)


_KINDS: dict[str, Any] = {
    "int": serializers.IntegerField,
    "option": serializers.IntegerField,
    "bool": serializers.BooleanField,
    "decimal": _decimal,
    "date": serializers.DateField,
    "datetime": serializers.DateTimeField,
    "ref": serializers.UUIDField,
    "polyref": serializers.UUIDField,
    "guid": serializers.UUIDField,
}
