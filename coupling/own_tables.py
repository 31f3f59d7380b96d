"""Tables that no pair folder knows: an administrator may map them, and then their pages show it like the others."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from coupling import registry
from coupling.access import is_connected, is_option_table, mapping_of_table
from coupling.wizard import labels


def own_tables() -> list[str]:
    """Labels of the tables of both sides that may be mapped and that no declared pair names."""
    declared = {label for pair in registry.pairs() for label in (pair.mapping.erp_table, pair.mapping.crm_table)}
    return [label for side in ("erp", "crm") for label in labels(side) if label not in declared]


def is_mapped(label: str) -> Callable[[HttpRequest], bool]:
    """Asks whether a table is mapped now, under an enabled connection."""
    return lambda request: is_connected(request) and mapping_of_table(request, label) is not None


def has_records_mapped(label: str) -> Callable[[HttpRequest], bool]:
    """The same for tables whose records have partners; codes of an option mapping have none."""
    mapped = is_mapped(label)
    return lambda request: mapped(request) and not is_option_table(request, label)
