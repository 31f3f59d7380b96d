"""Stored transformation rules ready to run: chains for field lines, the site's own functions, look-ups of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from coupling.models.transformation import TransformationRule, columns_of, rule_from
from coupling.plan import Direction
from coupling.ruled import Ruling
from coupling.texts import as_text
from coupling.transforms.chains import Chain, Site, compile_chain
from coupling.transforms.rules import Rule, TransformError, chain_of
from records import db
from records.schema import FieldInfo, Schema, schema

#: Fields that a field lookup can search in, and those whose values it can give back.
SOURCE_KINDS = frozenset({"text", "code"})
TARGET_KINDS = SOURCE_KINDS | {"memo", "decimal", "int", "bool", "date", "datetime", "option", "dateformula"}


def stored_rules() -> dict[str, Rule]:
    """All rules by code; one query."""
    columns = sorted({c for type_ in _types() for c in columns_of(type_).values()})
    rows = TransformationRule.objects.values("code", "type", "next_rule", *columns)
    return {row["code"]: rule_from(row) for row in rows}


def _types() -> Iterable[str]:
    from coupling.models.transformation import TYPES

    return TYPES


def site() -> Site:
    """What rules need of this installation."""
    return Site(custom=custom_functions(custom_names()), finder=find_targets)


def custom_names() -> tuple[tuple[str, str], ...]:
    """The site's own transformations as settings name them: name and dotted path."""
    return tuple(sorted(getattr(settings, "TANDEM_TRANSFORMATIONS", {}).items()))


@cache
def custom_functions(named: tuple[tuple[str, str], ...]) -> Mapping[str, Callable[[str], str]]:
    """The functions behind the names; a path that leads nowhere is an error at the first use."""
    return {name: import_string(path) for name, path in named}


def find_targets(table: str, source: str, target: str, texts: Sequence[str]) -> dict[str, str]:
    """The target of the first row whose source field has each text; one query. Raises TransformError."""
    described, found_in, given = lookup_fields(table, source, target)
    keys = {text: text.strip().upper() if found_in.kind == "code" else text.rstrip(" ") for text in texts}
    sql = (
        f'SELECT {found_in.sql("t")}, {given.sql("t")} FROM "{described.table}" t '
        f'WHERE {found_in.sql("t")} = ANY(%s) ORDER BY t."{described.pk_column}" DESC'
    )
    rows = dict(db.rows(sql, [list(set(keys.values()) - {""})]))
    write = as_text(given)
    shown = {key: write(value) for key, value in rows.items() if value is not None and value != ""}
    return {text: shown[key] for text, key in keys.items() if key in shown}


def lookup_fields(table: str, source: str, target: str) -> tuple[Schema, FieldInfo, FieldInfo]:
    """The table and the two fields of a field lookup. Raises TransformError where they cannot be used."""
    try:
        described = schema(table)
    except LookupError:
        raise TransformError("unknown_table", table=table) from None
    fields = []
    for name, kinds in ((source, SOURCE_KINDS), (target, TARGET_KINDS)):
        if name not in described:
            raise TransformError("unknown_field", field=name)
        if not described[name].stored or described[name].internal or described[name].kind not in kinds:
            raise TransformError("not_a_lookup_field", field=name)
        fields.append(described[name])
    return described, fields[0], fields[1]


def chain_named(code: str, rules: Mapping[str, Rule] | None = None) -> Chain:
    """The chain that begins with the rule of this code. Raises TransformError."""
    rules = stored_rules() if rules is None else rules
    chain = compile_chain(rules, code, site())
    for rule in chain.rules:
        if rule.type == "field_lookup":
            lookup_fields(rule.text("table"), rule.text("source_field"), rule.text("target_field"))
    return chain


def rulings(lines: Iterable[Any]) -> dict[Any, Ruling | TransformError]:
    """The rule of each line that has one; an error where it cannot be used. No query where no line has a rule."""
    ruled = [line for line in lines if line.transformation]
    rules = stored_rules() if ruled else {}
    return {line: ruling_of(line, rules) for line in ruled}


def ruling_of(line: Any, rules: Mapping[str, Rule]) -> Ruling | TransformError:
    """The rule of a line in its direction; that of a one-way line is its own."""
    way = line.transformation_direction if line.direction == "bidirectional" else line.direction
    try:
        return Ruling(chain_named(line.transformation, rules), Direction(way))
    except TransformError as error:
        return error


def rules_of_lines(lines: Iterable[Any]) -> dict[str, Any]:
    """The rules that lines use, as a mapping version keeps them: {code: the chain as type, parameters pairs}."""
    codes = {line.transformation for line in lines if line.transformation}
    rules = stored_rules() if codes else {}
    found = {}
    for code in sorted(codes):
        try:
            found[code] = [[rule.type, dict(rule.parameters)] for rule in chain_of(rules, code)]
        except TransformError:
            found[code] = []
    return found


def codes_leading_to(code: str, rules: Mapping[str, Rule]) -> set[str]:
    """The rules whose chain contains this one, itself too."""
    found = set()
    for start in rules:
        try:
            if any(rule.code == code for rule in chain_of(rules, start)):
                found.add(start)
        except TransformError:
            continue
    return found | {code}
