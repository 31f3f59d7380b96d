"""What rules and the lines that use them must fulfil, as field errors with codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coupling import lines, transformations
from coupling.conversions import Ends, Known, NotMappable, convert_fields, typed
from coupling.ruled import RULED_KINDS, Ruling, round_trip
from coupling.texts import as_text
from coupling.transforms.rules import Rule, TransformError
from coupling.transforms.stability import Round, Unstable, itself, unstable
from records import db
from records.errors import FieldError
from records.schema import FieldInfo, Schema, schema

_SAMPLES = 200


def line_rule_errors(mapping: Any, line: Any, rules: Mapping[str, Rule] | None = None) -> list[FieldError]:
    """Errors of the rule of a line: it must exist, work, fit the fields, and be stable where values flow both ways."""
    if not line.transformation:
        return []
    rules = transformations.stored_rules() if rules is None else rules
    if lines.is_constant(line):
        return [FieldError("transformation", "transformation_with_constant")]
    if mapping.crm_key_field != schema(mapping.crm_table).pk:
        return [FieldError("transformation", "transformation_in_option_mapping")]
    ruling = transformations.ruling_of(line, rules)
    if isinstance(ruling, TransformError):
        return [FieldError("transformation", ruling.code, ruling.params)]
    erp, crm = schema(mapping.erp_table), schema(mapping.crm_table)
    ends = Ends(erp, crm, erp[line.erp_field], crm[line.crm_field])
    try:
        if ends.erp.kind == "ref" and ends.crm.kind not in RULED_KINDS - {"option"}:
            raise NotMappable("transformation_on_lookup", field=line.erp_field)
        convert_fields(ends, Known(), None, truncate=line.truncate, ruling=ruling)
    except NotMappable as error:
        return [FieldError("transformation", error.code, error.params)]
    if lines.effective_direction(mapping.direction, "person", line) != "bidirectional":
        return []
    found = unstable_in(ends, ruling, truncate=line.truncate)
    return [_not_stable(ruling.code, found)] if found else []


def unstable_in(ends: Ends, ruling: Ruling, *, truncate: bool) -> Unstable | None:
    """The proof that a rule is not stable between these two fields, tried on values that are there too."""
    to_crm = ruling.direction == "to_crm"
    table, source, dest = (ends.erp_schema, ends.erp, ends.crm) if to_crm else (ends.crm_schema, ends.crm, ends.erp)
    back: Round = itself
    if source.kind in RULED_KINDS and dest.kind in RULED_KINDS:
        plain = convert_fields(ends, Known(), None, truncate=truncate)
        way_back = plain.from_crm if to_crm else plain.to_crm
        assert way_back is not None
        back = round_trip(typed(dest, source, truncate=truncate), way_back, source, dest)
    return unstable(ruling.chain, back, [*samples_of(table, source), *_lookup_samples(ruling)])


def samples_of(table: Schema, info: FieldInfo) -> list[str]:
    """Some values that a field has now, as rules see them."""
    if info.kind not in RULED_KINDS or not info.stored:
        return []
    sql = f'SELECT DISTINCT v FROM (SELECT {info.sql("t")} AS v FROM "{table.table}" t LIMIT {_SAMPLES}) x'
    write = as_text(info)
    return [write(value) for (value,) in db.rows(sql, []) if value is not None and value != ""]


def _lookup_samples(ruling: Ruling) -> list[str]:
    """What field lookups of the chain can find."""
    found: list[str] = []
    for rule in ruling.chain.rules:
        if rule.type == "field_lookup":
            table, source, _target = transformations.lookup_fields(
                rule.text("table"), rule.text("source_field"), rule.text("target_field")
            )
            found += samples_of(table, source)
    return found


def _not_stable(code: str, found: Unstable) -> FieldError:
    if not found.value:
        return FieldError("transformation", "transformation_one_way_type", {"rule": code, "type": found.once})
    params = {"rule": code, "value": found.value[:60], "once": found.once[:60], "twice": found.twice[:60]}
    return FieldError("transformation", "transformation_not_stable", params)


def rule_errors(rule: Rule, rules: Mapping[str, Rule]) -> list[FieldError]:
    """Errors of a rule beside the others: wrong parameters, an unknown rule behind it, a cycle.

    Missing parameters are none: on its card a rule is filled in field by field. No line can use it until then.
    """
    everything = {**rules, rule.code: rule}
    try:
        transformations.chain_named(rule.code, everything)
    except TransformError as error:
        if error.code == "incomplete_transformation":
            return []
        return [FieldError(_FIELD_OF.get(error.code, ""), error.code, error.params)]
    return []


#: The field of the rule at which an error stands.
_FIELD_OF = {
    "unknown_transformation": "next_rule",
    "rule_cycle": "next_rule",
    "invalid_pattern": "find_value",
    "invalid_group": "replace_value",
    "invalid_format": "data_format",
    "unknown_culture": "data_formatting_culture",
    "invalid_precision": "precision",
    "invalid_rounding": "rounding_direction",
    "invalid_part": "date_part",
    "unknown_table": "lookup_table",
    "unknown_field": "source_field",
    "not_a_lookup_field": "source_field",
    "unknown_custom_transformation": "custom_code",
}
