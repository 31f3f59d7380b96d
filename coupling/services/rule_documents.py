"""Transformation rules as a part of mapping files: those that lines use, and made or compared where a file is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coupling.models import IntegrationTableMapping, TransformationRule
from coupling.services.transformation import rule_create, rule_values
from records.errors import FieldError, Rejected

#: What two rules of one code must have in common.
_SAME = ("type", "next_rule")


@dataclass(frozen=True, slots=True)
class RuleApplied:
    """What became of one rule. `action`: "create" or "unchanged"."""

    code: str
    action: str


def rules_used(mappings: Iterable[IntegrationTableMapping]) -> list[dict[str, Any]]:
    """The rules that the lines of these mappings use, with those that follow them, by code."""
    rules = {rule.code: rule for rule in TransformationRule.objects.order_by("code")}
    open_ = [
        code for m in mappings for code in m.lines.exclude(transformation="").values_list("transformation", flat=True)
    ]
    used: set[str] = set()
    while open_:
        code = open_.pop()
        if code in rules and code not in used:
            used.add(code)
            open_.append(rules[code].next_rule)
    return [rule_values(rule) for code, rule in rules.items() if code in used]


def rules_write(given: Sequence[Mapping[str, Any]]) -> list[RuleApplied]:
    """Make the rules that do not exist, those first that others go on with. Raises Rejected at `rules[0].type`.

    A rule that exists must be the same: other mappings use it, so it is never changed.
    """
    stored = {rule.code: rule for rule in TransformationRule.objects.all()}
    places = {_code(one): at for at, one in enumerate(given)}
    errors: list[FieldError] = []
    for code, at in places.items():
        if code in stored:
            errors += [_at(at, error) for error in _differences(rule_values(stored[code]), given[at])]
    _stop(errors)
    for at in _in_order({code: given[at] for code, at in places.items() if code not in stored}, places):
        try:
            rule_create(values=given[at])
        except Rejected as error:
            errors += [_at(at, e) for e in error.errors]
    _stop(errors)
    return [RuleApplied(code, "unchanged" if code in stored else "create") for code in places]


def _differences(stored: Mapping[str, Any], given: Mapping[str, Any]) -> list[FieldError]:
    params = {"rule": stored["code"]}
    found = [name for name in _SAME if str(given.get(name) or "") != str(stored[name] or "")]
    mine, theirs = stored["parameters"], given.get("parameters") or {}
    names = dict.fromkeys([*mine, *theirs]) if isinstance(theirs, dict) else {}
    found += [f"parameters.{n}" for n in names if str(mine.get(n) or "") != str(theirs.get(n) or "")]
    return [FieldError(name, "rule_differs", params) for name in found]


def _in_order(rules: Mapping[str, Mapping[str, Any]], places: Mapping[str, int]) -> list[int]:
    """The places of new rules, each after the one that follows it; rules in a circle come last and are refused."""
    open_, order = dict(rules), list[int]()
    while open_:
        ready = [code for code, one in open_.items() if str(one.get("next_rule") or "").upper() not in open_]
        for code in ready or list(open_):
            order.append(places[code])
            del open_[code]
    return order


def _code(one: Mapping[str, Any]) -> str:
    return str(one.get("code") or "").strip().upper()


def _at(at: int, error: FieldError) -> FieldError:
    return FieldError(f"rules[{at}].{error.field}" if error.field else f"rules[{at}]", error.code, error.params)


def _stop(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Rejected(errors)
