"""Option mappings in the wizard: which code tables and which option sets are still free, and the document of a choice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coupling.validation import is_option_set, named_direction
from records.errors import FieldError
from records.schema import schema

WAYS = ("to_crm", "from_crm")


def code_tables(tables: Iterable[str], mappings: Iterable[Any]) -> list[str]:
    """The tables of codes whose codes stand for no options yet."""
    taken = {m.erp_table for m in mappings if m.is_option}
    return [label for label in tables if schema(label).natural_key == "code" and label not in taken]


def option_sets(tables: Iterable[str], mappings: Iterable[Any]) -> list[tuple[str, str, str]]:
    """(table, field, caption) of each option set that takes further values and has no mapping yet."""
    taken = {(m.crm_table, m.crm_key_field) for m in mappings if m.is_option}
    found = []
    for label in tables:
        described = schema(label)
        free = [i for i in described if is_option_set(described, i.name) and (label, i.name) not in taken]
        found += [(label, info.name, f"{described.model.Record.label}: {info.caption}") for info in free]
    return found


def option_errors(
    erp_table: str, chosen: tuple[str, str], direction: str, *, codes: list[str], sets: list[tuple[str, str, str]]
) -> list[FieldError]:
    """What is wrong with a choice: both ends must be free, and an option mapping goes one way."""
    found = []
    if erp_table not in codes:
        found.append(FieldError("erp_table", "required", {"caption": "@coupling.IntegrationTableMapping.erp_table"}))
    if chosen not in [(label, name) for label, name, _caption in sets]:
        found.append(FieldError("option_set", "required", {"caption": "@:option_set"}))
    if direction not in WAYS:
        found.append(FieldError("direction", "option_not_bidirectional", named_direction("to_crm")))
    return found


def option_document(head: dict[str, Any]) -> dict[str, Any]:
    """The mapping of `head` with its only line: the code, and the option that stands for it."""
    code = schema(head["erp_table"]).natural_key
    line = {
        "erp_field": code, "crm_field": head["crm_key_field"], "direction": head["direction"], "validate_erp": True,
        "match": True, "enabled": True,
    }  # fmt: skip
    more = {"create_new_in_case_of_no_match": head["direction"] == "to_crm", "synch_after_bulk_coupling": True}
    return {"mapping": head | more, "lines": [line]}
