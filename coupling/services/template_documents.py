"""Configuration templates as a part of documents: those of a mapping as they are, and made what a document says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coupling.documents import template_key
from coupling.models import ConfigTemplate, IntegrationTableMapping
from coupling.services.template import template_create, template_update
from records import writes
from records.errors import FieldError, Rejected


def templates_write(mapping: IntegrationTableMapping, given: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Make the templates of a mapping what is given, each named by its side and name; errors at `templates[0].filter`."""
    stored = {(t.side, t.name): t for t in ConfigTemplate.objects.filter(mapping=mapping)}
    errors: list[FieldError] = []
    named: set[tuple[str, str]] = set()
    for at, one in enumerate(given):
        key = template_key(one)
        if key in named:
            errors.append(FieldError(f"templates[{at}].name", "mapping_file_template_double", {"name": key[1]}))
        named.add(key)
    gone = [(str(template.pk), None) for key, template in stored.items() if key not in named]
    writes.delete(ConfigTemplate, gone, source="setup")
    for at, one in enumerate(given if not errors else ()):
        errors += [
            FieldError(f"templates[{at}].{e.field}", e.code, e.params) for e in _write(mapping, stored, one)
        ]  # fmt: skip
    return errors


def _write(
    mapping: IntegrationTableMapping, stored: Mapping[tuple[str, str], ConfigTemplate], one: Mapping[str, Any]
) -> list[FieldError]:
    template = stored.get(template_key(one))
    try:
        if template is None:
            template_create(mapping=mapping, values=one, source="setup")
        else:
            values = {"priority": 0, "filter": "", "values": {}, **one}
            template_update(template=template, values=values, source="setup")
    except Rejected as error:
        return error.errors
    return []
