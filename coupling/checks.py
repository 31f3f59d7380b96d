"""`manage.py check`: every declared pair names tables and fields that exist and lines that can work."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from coupling import registry
from coupling.conversions import Known
from coupling.declare import DeclarationError, TableMapping
from coupling.validation import direction_errors, is_option, line_errors, mapping_errors
from records import messages
from records.errors import FieldError


@register()
def check_pairs(**_options: Any) -> list[CheckMessage]:
    """One error for each declaration that does not fit the tables."""
    try:
        pairs = registry.pairs()
    except (ImportError, ImproperlyConfigured, DeclarationError) as error:
        return [Error(f"TANDEM_PAIRS: {error}", id="coupling.E001")]
    known = _known([pair.mapping for pair in pairs])
    return [error for pair in pairs for error in _errors(pair, known)]


def _errors(pair: registry.Pair, known: Known | None) -> list[CheckMessage]:
    declared = pair.mapping
    found: list[CheckMessage] = [_error(pair, "", error) for error in mapping_errors(declared)]
    if found or known is None:
        return found
    enabled = [line for line in declared.lines if line.enabled]
    if not is_option(declared):
        found += [_error(pair, "", error) for error in direction_errors(declared.direction, enabled)]
    for number, line in enumerate(declared.lines):
        others = [other for index, other in enumerate(declared.lines) if index != number]
        errors = [e for e in line_errors(declared, line, others, known) if e.code != "tables_not_mapped"]
        found += [_error(pair, line.key, error) for error in errors]
    return found


def _known(declared: list[TableMapping]) -> Known | None:
    """What look-ups may use when all declared pairs are installed; None while a table is missing."""
    records: dict[tuple[str, str], str] = {}
    options: dict[tuple[str, str], tuple[str, str]] = {}
    for mapping in declared:
        try:
            if is_option(mapping):
                options[mapping.erp_table, mapping.crm_key_field] = ("", mapping.name)
            else:
                records[mapping.erp_table, mapping.crm_table] = mapping.name
        except LookupError:
            return None
    return Known(records, options)


def _error(pair: registry.Pair, line: str, error: FieldError) -> Error:
    place = f"{pair.package}: {pair.mapping.name}" + (f", line {line}" if line else "")
    text = messages.text(error.code, error.params)
    return Error(f"{place}, {error.field}: {text}", id="coupling.E002")
