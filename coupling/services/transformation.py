"""Transformation rules by program: the shipped ones, making and changing rules, trying one on values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from coupling import transformations
from coupling.models import TransformationRule
from coupling.models.transformation import columns_of, rule_from
from coupling.transformation_checks import samples_of
from coupling.transformation_rules import lines_naming
from coupling.transforms.rules import PARAMETERS, TransformError
from records import db, writes
from records.errors import FieldError, Refused, Rejected
from records.schema import schema

#: The rules that are there from the start: code, description, type, parameters.
SHIPPED: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("UPPERCASE", "Upper Case Text", "uppercase", {}),
    ("LOWERCASE", "Lower Case Text", "lowercase", {}),
    ("TITLECASE", "Title Case Text", "title_case", {}),
    ("TRIM", "Trim Text", "trim", {}),
    ("FOURTH_TO_SIXTH_CHAR", "Fourth to Sixth Characters Text", "substring", {"start_position": 4, "length": 3}),
    ("YYYYMMDD_DATE", "yyyyMMdd Date Text", "date_formatting", {"format": "yyyyMMdd"}),
    (
        "YYYYMMDDHHMMSS_FMT",
        "yyyyMMddHHmmss Date/Time Format",
        "date_and_time_formatting",
        {"format": "yyyyMMddHHmmss"},
    ),
    ("ALPHANUMERIC_ONLY", "Alphanumeric Text Only", "remove_non_alphanumeric", {}),
    ("DK_DECIMAL_FORMAT", "Danish Decimal Format", "decimal_formatting", {"culture": "da-DK"}),
    ("US_DATE_FORMAT", "U.S. Date Format", "date_formatting", {"culture": "en-US"}),
    ("US_DATETIME_FORMAT", "U.S. Date/Time Format", "date_and_time_formatting", {"culture": "en-US"}),
    ("UNIXTIMESTAMP", "Unix Timestamp Text", "unix_timestamp", {}),
)
_HEAD = ("code", "description", "type", "next_rule")


@transaction.atomic
def rules_install() -> int:
    """Add the shipped rules that do not exist; the number of new ones."""
    known = set(TransformationRule.objects.values_list("code", flat=True))
    rows = [
        {"code": code, "description": description, "type": type_, **_columns(type_, parameters)}
        for code, description, type_, parameters in SHIPPED
        if code not in known
    ]
    if rows:
        writes.insert(TransformationRule, rows, source="setup")
    return len(rows)


def ensure_rules(**_kwargs: Any) -> None:
    """The shipped rules of a new installation; connected to `post_migrate` of this app."""
    table = schema(TransformationRule).table
    if db.one("SELECT to_regclass(%s)", [table]) != (None,) and not TransformationRule.objects.exists():
        rules_install()


@transaction.atomic
def rule_create(*, values: Mapping[str, Any]) -> TransformationRule:
    """A new rule of `code, description, type, parameters, next_rule`. Raises Rejected."""
    given = _clean(values, str(values.get("type") or "uppercase"))
    made = writes.insert(TransformationRule, [given], source="api").single()
    return _whole(made.pk)


@transaction.atomic
def rule_update(
    *, rule: TransformationRule, values: Mapping[str, Any], row_version: int | None = None
) -> TransformationRule:
    """Change a rule; `parameters` replaces all of them. Raises Rejected, Stale."""
    type_ = str(values.get("type") or rule.type)
    given = _clean(values, type_)
    if "code" in given and given["code"] == rule.code:
        del given["code"]
    writes.update(TransformationRule, [writes.Edit(str(rule.pk), given, row_version)], source="api").single()
    return _whole(rule.pk)


@transaction.atomic
def rule_delete(*, rule: TransformationRule, row_version: int | None = None) -> None:
    """Remove a rule that nothing uses. Raises Refused (`transformation_in_use`), Stale."""
    try:
        writes.delete(TransformationRule, [(str(rule.pk), row_version)], source="api").single()
    except Rejected as error:
        raise Refused(error.errors[0].code, error.errors[0].params) from None


def rule_try(code: str, values: Sequence[str]) -> list[str | TransformError]:
    """What a rule and its followers make of each value; nothing is stored. Raises TransformError for a broken rule."""
    chain = transformations.chain_named(code)
    found = chain.run([value for value in values if value])
    results = iter(found)
    return [next(results) if value else "" for value in values]


#: Values that show what a type does.
_EXAMPLES: dict[str, tuple[str, ...]] = {
    "date_formatting": ("31-12-2026", "20261231", "12/31/2026"),
    "date_and_time_formatting": ("20261231140500", "12/31/2026 2:05 PM"),
    "decimal_formatting": ("1.234,50", "1234.5"),
    "round": ("1.23", "-12.5"),
    "extract_from_date": ("2026-11-20",),
    "unix_timestamp": ("0", "1767139200"),
    "field_lookup": ("DK", "SE"),
    "regex_match": ("SO-104", "Order 7 of 9"),
}


def rule_examples(rule: TransformationRule) -> list[str]:
    """Values to try a rule on: those of the fields that it stands at, else such as its type is made for."""
    for line, _name in lines_naming(rule.code):
        side, name = ("erp", line.erp_field) if line.transformation_direction == "to_crm" else ("crm", line.crm_field)
        table = schema(line.mapping.erp_table if side == "erp" else line.mapping.crm_table)
        found = samples_of(table, table[name])[:5] if name in table else []
        if found:
            return found
    return list(_EXAMPLES.get(rule.type, ("Adatum Corporation", "  A1 ", "+45 12-34")))


def rule_values(rule: TransformationRule) -> dict[str, Any]:
    """A rule as the API answers it."""
    described = schema(TransformationRule)
    pure = rule_from({name: getattr(rule, name) for name in described.fields if name != "id"})
    head = {name: getattr(rule, name) for name in _HEAD}
    return {**head, "parameters": {name: pure.parameters.get(name, "") for name in PARAMETERS[rule.type]}}


def _whole(pk: Any) -> TransformationRule:
    """The stored rule; one that cannot be used is refused here. Raises Rejected."""
    rule = TransformationRule.objects.get(pk=pk)
    pure = rule_from({column: getattr(rule, column) for column in (*_HEAD, *columns_of(rule.type).values())})
    if pure.missing:
        raise Rejected([FieldError(f"parameters.{name}", "parameter_missing", {"name": name}) for name in pure.missing])
    return rule


def _clean(values: Mapping[str, Any], type_: str) -> dict[str, Any]:
    """Stored values; unknown names and wrong values are errors."""
    described = schema(TransformationRule)
    errors = [
        FieldError(name, "unknown_field", {"field": name})
        for name in values
        if name not in (*_HEAD, "parameters", "id", "row_version", "page", "used_by")
    ]
    parameters = values.get("parameters")
    if parameters is not None and not isinstance(parameters, dict):
        errors.append(FieldError("parameters", "invalid_value", {"value": str(parameters)[:50]}))
        parameters = None
    clean: dict[str, Any] = {}
    for name in _HEAD:
        if name in values:
            _take(clean, errors, described, name, values[name], name)
    columns = columns_of(type_)
    for name, value in (parameters or {}).items():
        if name in columns:
            _take(clean, errors, described, columns[name], value, f"parameters.{name}")
        else:
            errors.append(FieldError(f"parameters.{name}", "unknown_field", {"field": name}))
    if parameters is not None:
        clean.update({column: described[column].blank for column in columns.values() if column not in clean})
    if errors:
        raise Rejected(errors)
    return clean


def _take(clean: dict[str, Any], errors: list[FieldError], described: Any, column: str, value: Any, name: str) -> None:
    try:
        if isinstance(value, dict | list):
            raise FieldError(name, "invalid_value", {"value": str(value)[:50]})
        clean[column] = described[column].normalize(value)
    except FieldError as error:
        errors.append(FieldError(name, error.code, error.params))


def _columns(type_: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    columns = columns_of(type_)
    return {columns[name]: value for name, value in parameters.items()}
