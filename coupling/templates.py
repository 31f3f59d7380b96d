"""Stored configuration templates made ready for the engine."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from coupling.filtering import checked_filter
from coupling.installation import Installation
from coupling.models import ConfigTemplate, ConfigTemplateLine, IntegrationTableMapping
from coupling.plan import Direction, Problem, Template
from records.errors import Rejected
from records.filters import FilterError, Matcher
from records.option_names import stored_text
from records.values import parse

_DIRECTION = {"erp": Direction.FROM_CRM, "crm": Direction.TO_CRM}


def templates_of(mapping: IntegrationTableMapping, facts: Installation | None) -> dict[Direction, tuple[Template, ...]]:
    """The templates of a mapping by the direction in which they act, the first to ask first; two queries."""
    stored = list(mapping.templates.select_related("mapping").order_by("priority", "name"))
    values: dict[Any, dict[str, str]] = defaultdict(dict)
    if stored:
        rows = ConfigTemplateLine.objects.filter(template__in=stored)
        for key, field, value in rows.values_list("template_id", "field", "value"):
            values[key][field] = value
    found: dict[Direction, list[Template]] = defaultdict(list)
    for template in stored:
        found[_DIRECTION[template.side]].append(_ready(template, values[template.pk], facts))
    return {direction: tuple(templates) for direction, templates in found.items()}


def _ready(template: ConfigTemplate, values: dict[str, str], facts: Installation | None) -> Template:
    """A template whose values or filter cannot be read any more fails the records that it would have filled."""
    try:
        with stored_text():
            checked = checked_filter(template.filter, template.source_table, facts)
            given = parse(template.table, values, insert=True)
    except Rejected as error:
        return Template(template.name, problem=_broken(template.name, error.errors[0].field))
    except FilterError:
        return Template(template.name, problem=_broken(template.name, "filter"))
    return Template(template.name, given, Matcher(checked) if checked else None, tuple(checked.filter.fields))


def _broken(name: str, field: str) -> Problem:
    return Problem("template_missing", {"template": name, "field": field})
