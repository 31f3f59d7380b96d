"""Rules of transformation rules, whoever writes them: validation, who uses them, new versions of the mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coupling import transformations
from coupling.choices import RULES
from coupling.mapping_rules import raise_version
from coupling.models import IntegrationFieldMapping, IntegrationTableMapping, TransformationRule
from coupling.models.transformation import columns_of, rule_from
from coupling.plan import jsonable
from coupling.signals import mappings_changed
from coupling.transformation_checks import line_rule_errors, rule_errors
from coupling.transforms.rules import PARAMETERS, Rule
from people.audit import audit, audit_change
from records.batch import Batch, Row
from records.errors import FieldError
from records.schema import schema

#: The columns of all parameters.
ALL_COLUMNS = sorted({column for type_ in PARAMETERS for column in columns_of(type_).values()})
#: What these parameters are where nothing is said.
_DEFAULTS = {"lookup_rule": "target", "rounding_direction": "nearest"}
FIELDS = ("code", "description", "type", "next_rule", *ALL_COLUMNS)


def before_rules(batch: Batch) -> None:
    """Check rules that are made, changed or deleted; a change clears what its type does not know."""
    if batch.source == "setup":
        return
    rules = transformations.stored_rules()
    for row in batch.live:
        if batch.kind == "delete":
            _refuse_in_use(row)
            continue
        if row.old is not None and row.old["code"] != row.get("code"):
            row.errors.append(FieldError("code", "insert_only", {"caption": "@coupling.TransformationRule.code"}))
        _clear_other_columns(row)
        rule = rule_from(row.new)
        row.errors += rule_errors(rule, rules)
        if not row.errors and row.old is not None and rule != rules.get(rule.code):
            _check_users(row, {**rules, rule.code: rule})


def after_rules(batch: Batch) -> None:
    """Note the change; mappings that use a rule get a new version, so that running jobs stop and others plan anew."""
    if batch.source == "setup":
        return
    RULES.forget()
    rules = transformations.stored_rules()
    touched: set[Any] = set()
    for row in batch.rows:
        _audit(batch.kind, row)
        if batch.kind == "update" and row.old is not None and rule_from(row.old) != rule_from(row.new):
            touched |= {line.mapping_id for line in lines_using(row.get("code"), rules)}
    mappings = [raise_version(m) for m in IntegrationTableMapping.objects.filter(pk__in=touched)]
    if mappings:
        mappings_changed.send(IntegrationTableMapping, names=[m.name for m in mappings])


def lines_using(code: str, rules: Mapping[str, Rule]) -> list[IntegrationFieldMapping]:
    """The field lines whose chain contains this rule."""
    codes = transformations.codes_leading_to(code, rules)
    found = IntegrationFieldMapping.objects.filter(transformation__in=codes).select_related("mapping")
    return list(found.order_by("mapping__name", "no"))


def named(line: IntegrationFieldMapping) -> str:
    """A line as messages call it: `CUSTOMER: Name - Account Name`."""
    erp, crm = schema(line.mapping.erp_table), schema(line.mapping.crm_table)
    names = [
        str(table[name].caption) if name in table else name
        for table, name in ((erp, line.erp_field), (crm, line.crm_field))
        if name
    ]
    return f"{line.mapping.name}: {' - '.join(names)}"


def lines_naming(code: str) -> list[tuple[IntegrationFieldMapping, str]]:
    """The field lines that name a rule, with what messages call them."""
    found = IntegrationFieldMapping.objects.filter(transformation=code).select_related("mapping")
    return [(line, named(line)) for line in found.order_by("mapping__name", "no")]


def used_by(codes: Sequence[str]) -> dict[str, list[str]]:
    """For each rule the lines and the rules that name it; two queries."""
    found: dict[str, list[str]] = {code: [] for code in codes}
    direct = IntegrationFieldMapping.objects.filter(transformation__in=codes).select_related("mapping")
    for line in direct.order_by("mapping__name", "no"):
        found[line.transformation].append(named(line))
    followed = TransformationRule.objects.filter(next_rule__in=codes).order_by("code")
    for code, next_rule in followed.values_list("code", "next_rule"):
        found[next_rule].append(code)
    return found


def _refuse_in_use(row: Row) -> None:
    code = row.get("code")
    users = used_by([code])[code]
    if users:
        row.reject("", "transformation_in_use", rule=code, lines="; ".join(users[:10]))


def _clear_other_columns(row: Row) -> None:
    """Parameters of another type have no place in a rule."""
    own = set(columns_of(row.get("type")).values())
    described = schema("coupling.TransformationRule")
    for column in ALL_COLUMNS:
        if column not in own and row.get(column) != described[column].blank:
            row.force(column, described[column].blank)
    for column, value in _DEFAULTS.items():
        if column in own and not row.get(column):
            row.force(column, value)


def _check_users(row: Row, rules: Mapping[str, Rule]) -> None:
    """Lines that use the rule must be able to use it as it will be; the message names the first that is not."""
    for line in lines_using(row.get("code"), rules):
        errors = line_rule_errors(line.mapping, line, rules)
        if errors:
            row.reject("", "transformation_breaks_line", line=named(line), rule=row.get("code"))
            row.errors.append(FieldError("", errors[0].code, errors[0].params))
            return


def _audit(kind: str, row: Row) -> None:
    target, new = row.get("code"), _shown(row.new)
    if kind == "update":
        audit_change("transformation_rule_update", target=target, old=_shown(row.old or {}), new=new)
    elif kind == "insert":
        audit("transformation_rule_create", target=target, new={name: v for name, v in new.items() if v})
    else:
        audit("transformation_rule_delete", target=target, old={name: v for name, v in new.items() if v})


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: jsonable(values.get(name)) for name in FIELDS}
