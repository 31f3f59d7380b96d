"""Editing integration table mappings and their field lines by program; the rules are in `coupling.mapping_rules`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from coupling.mapping_rules import LINE_FIELDS, MAPPING_FIELDS, raise_version
from coupling.models import IntegrationFieldMapping, IntegrationTableMapping
from coupling.signals import mappings_changed
from people.audit import audit
from records import writes
from records.errors import FieldError, Refused, Rejected
from records.schema import Schema, schema

#: Sent back by clients as they got them; never taken over.
INFORMATION = frozenset(
    {
        "id",
        "page",
        "row_version",
        "version",
        "user_defined",
        "synch_int_tbl_mod_on_fltr",
        "synch_modified_on_filter",
        "failed_count",
        "skipped_count",
        "pending_count",
        "no",
        "key",
        "mapping",
    }
)


@transaction.atomic
def mapping_create(*, values: Mapping[str, Any]) -> IntegrationTableMapping:
    """A new user-defined mapping, without field lines. Raises Rejected."""
    given = clean_values(IntegrationTableMapping, values, MAPPING_FIELDS)
    return _mapping(writes.insert(IntegrationTableMapping, [given], source="api").single().pk)


@transaction.atomic
def mapping_update(
    *, mapping: IntegrationTableMapping, values: Mapping[str, Any], row_version: int | None = None
) -> IntegrationTableMapping:
    """Change a mapping; with `row_version` only if nobody changed it since. Raises Rejected or Stale.

    The direction of an option mapping goes for all its lines.
    """
    given = clean_values(IntegrationTableMapping, values, MAPPING_FIELDS)
    edit = writes.Edit(str(mapping.pk), given, row_version)
    writes.update(IntegrationTableMapping, [edit], source="api").single()
    return _mapping(mapping.pk)


@transaction.atomic
def mapping_delete(*, mapping: IntegrationTableMapping, row_version: int | None = None) -> None:
    """Remove a mapping with its lines and option mappings. Raises Refused while it has couplings, Stale."""
    try:
        writes.delete(IntegrationTableMapping, [(str(mapping.pk), row_version)], source="api").single()
    except Rejected as error:
        first = error.errors[0]
        raise Refused(first.code, first.params) from None


@transaction.atomic
def line_create(*, mapping: IntegrationTableMapping, values: Mapping[str, Any]) -> IntegrationFieldMapping:
    """A new field line at the end, disabled unless said otherwise. Raises Rejected."""
    given = {**clean_values(IntegrationFieldMapping, values, LINE_FIELDS), "mapping": str(mapping.pk)}
    return _line(writes.insert(IntegrationFieldMapping, [given], source="api").single().pk)


@transaction.atomic
def line_update(
    *, line: IntegrationFieldMapping, values: Mapping[str, Any], row_version: int | None = None
) -> IntegrationFieldMapping:
    """Change a field line; with `row_version` only if nobody changed it since. Raises Rejected or Stale.

    The direction of a line of an option mapping is that of the mapping.
    """
    given = clean_values(IntegrationFieldMapping, values, LINE_FIELDS)
    writes.update(IntegrationFieldMapping, [writes.Edit(str(line.pk), given, row_version)], source="api").single()
    return _line(line.pk)


@transaction.atomic
def line_delete(*, line: IntegrationFieldMapping, row_version: int | None = None) -> None:
    """Remove a field line. Raises Stale."""
    writes.delete(IntegrationFieldMapping, [(str(line.pk), row_version)], source="api").single()


@transaction.atomic
def line_move(*, line: IntegrationFieldMapping, step: int) -> None:
    """Put a field line one place up (-1) or down (1) in the processing order; nothing happens at the ends."""
    mapping = IntegrationTableMapping.objects.select_for_update().get(pk=line.mapping_id)
    ordered = list(mapping.lines.order_by("no"))
    at = [one.pk for one in ordered].index(line.pk)
    to = at + step
    if not 0 <= to < len(ordered):
        return
    edits = [
        writes.Edit(str(ordered[at].pk), {"no": ordered[to].no}),
        writes.Edit(str(ordered[to].pk), {"no": ordered[at].no}),
    ]
    writes.update(IntegrationFieldMapping, edits, source="setup")
    raise_version(mapping)
    audit("mapping_line_move", target=f"{mapping.name}: {line}", old={"place": at + 1}, new={"place": to + 1})
    mappings_changed.send(IntegrationTableMapping, names=[mapping.name])


def _mapping(pk: Any) -> IntegrationTableMapping:
    return IntegrationTableMapping.objects.get(pk=pk)


def _line(pk: Any) -> IntegrationFieldMapping:
    return IntegrationFieldMapping.objects.select_related("mapping").get(pk=pk)


def clean_values(model: Any, values: Mapping[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """The stored values of what a caller gave; unknown names and wrong values are errors, information is ignored."""
    described, permitted = schema(model), set(allowed)
    clean: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in values.items():
        if name in permitted:
            try:
                clean[name] = _value(described, name, value)
            except FieldError as error:
                errors.append(FieldError(name, error.code, error.params))
        elif name not in INFORMATION:
            errors.append(FieldError(name, "unknown_field", {"field": name}))
    if errors:
        raise Rejected(errors)
    return clean


def _value(described: Schema, name: str, value: Any) -> Any:
    if name == "depends_on" and not isinstance(value, list):
        raise FieldError(name, "invalid_value", {"value": str(value)[:50]})
    if name == "constant" and isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, dict | list) and name != "depends_on":
        raise FieldError(name, "invalid_value", {"value": str(value)[:50]})
    return described[name].normalize(value)
