"""Configuration templates by program; the rules are in `coupling.template_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from coupling.models import ConfigTemplate, ConfigTemplateLine, IntegrationTableMapping
from coupling.texts import text_of
from records import writes
from records.errors import FieldError, Rejected
from records.schema import schema

_FIELDS = ("side", "name", "priority", "filter")
_IGNORED = {"id", "row_version", "page", "mapping", "values"}


@transaction.atomic
def template_create(
    *, mapping: IntegrationTableMapping, values: Mapping[str, Any], source: str = "api"
) -> ConfigTemplate:
    """A new template of `side, name, priority, filter, values`. Raises Rejected.

    With the source `setup` the caller sees to the mapping's version and to the audit log.
    """
    given = {**_clean(values), "mapping": str(mapping.pk)}
    made = writes.insert(ConfigTemplate, [given], source=source).single()
    _set_values(made.pk, _values(values.get("values", {})), source)
    return template_at(made.pk)


@transaction.atomic
def template_update(
    *, template: ConfigTemplate, values: Mapping[str, Any], row_version: int | None = None, source: str = "api"
) -> ConfigTemplate:
    """Change a template; `values` replaces all of them. Raises Rejected, Stale. `source`: see `template_create`."""
    edit = writes.Edit(str(template.pk), _clean(values), row_version)
    writes.update(ConfigTemplate, [edit], source=source).single()
    if "values" in values:
        _set_values(str(template.pk), _values(values["values"]), source)
    return template_at(str(template.pk))


@transaction.atomic
def template_delete(*, template: ConfigTemplate, row_version: int | None = None) -> None:
    """Remove a template. Raises Stale."""
    writes.delete(ConfigTemplate, [(str(template.pk), row_version)], source="api").single()


def template_at(pk: str) -> ConfigTemplate:
    """The template with its mapping."""
    return ConfigTemplate.objects.select_related("mapping").get(pk=pk)


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    described = schema(ConfigTemplate)
    clean: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in values.items():
        if name in _FIELDS:
            try:
                clean[name] = _plain(described[name], name, value)
            except FieldError as error:
                errors.append(FieldError(name, error.code, error.params))
        elif name not in _IGNORED:
            errors.append(FieldError(name, "unknown_field", {"field": name}))
    if errors:
        raise Rejected(errors)
    return clean


def _plain(info: Any, name: str, value: Any) -> Any:
    if isinstance(value, dict | list):
        raise FieldError(name, "invalid_value", {"value": str(value)[:50]})
    return info.normalize(value)


def _values(given: Any) -> dict[str, str]:
    """Field values as text. Raises Rejected."""
    if not isinstance(given, dict) or any(isinstance(v, dict | list) for v in given.values()):
        raise Rejected([FieldError("values", "invalid_value", {"value": str(given)[:50]})])
    return {str(name): "" if value is None else text_of(value) for name, value in given.items()}


def _set_values(key: str, wanted: Mapping[str, str], source: str) -> None:
    """Make the lines of a template what is wanted; errors stand at `values.<field>`."""
    stored = {line.field: line for line in ConfigTemplateLine.objects.filter(template__pk=key)}
    new = [name for name in wanted if name not in stored]
    changed = [name for name in wanted if name in stored and stored[name].value != wanted[name]]
    gone = [(str(line.pk), None) for name, line in stored.items() if name not in wanted]
    rows = [{"template": key, "field": name, "value": wanted[name]} for name in new]
    edits = [writes.Edit(str(stored[name].pk), {"value": wanted[name]}) for name in changed]
    rejected = writes.insert(ConfigTemplateLine, rows, source=source).rejected if rows else []
    rejected += writes.update(ConfigTemplateLine, edits, source=source).rejected if edits else []
    if rejected:
        raise Rejected(
            FieldError(f"values.{row.get('field')}", error.code, error.params)
            for row in rejected
            for error in row.errors
        )
    if gone:
        writes.delete(ConfigTemplateLine, gone, source=source)
