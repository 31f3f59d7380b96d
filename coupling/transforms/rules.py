"""What a transformation rule is: its type, the parameters of that type, and the rule that follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: The parameters of each type, by the name that API and documentation use. Types without parameters are here too.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "uppercase": (),
    "lowercase": (),
    "title_case": (),
    "trim": (),
    "substring": ("start_position", "starting_text", "length", "ending_text"),
    "replace": ("find", "replace"),
    "regex_replace": ("pattern", "replace"),
    "remove_non_alphanumeric": (),
    "date_formatting": ("format", "culture"),
    "decimal_formatting": ("format", "culture"),
    "regex_match": ("pattern",),
    "custom": ("code",),
    "date_and_time_formatting": ("format", "culture"),
    "field_lookup": ("table", "source_field", "target_field", "rule"),
    "round": ("precision", "direction"),
    "extract_from_date": ("part",),
    "unix_timestamp": (),
}
#: Without these a rule is not complete and no line may use it.
NEEDED: dict[str, tuple[str, ...]] = {
    "replace": ("find",),
    "regex_replace": ("pattern",),
    "regex_match": ("pattern",),
    "custom": ("code",),
    "field_lookup": ("table", "source_field", "target_field"),
    "round": ("precision",),
    "extract_from_date": ("part",),
}
LOOKUP_RULES = ("target", "original_if_blank")
ROUNDINGS = ("nearest", "up", "down")
DATE_PARTS = ("year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "second")
#: Longer values are refused: no rule has to look at a book.
LONGEST = 65_536


class TransformError(Exception):
    """A value that a rule cannot transform, or a parameter that no rule can work with: a code with parameters."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `parameters` holds what its type knows; what is missing is blank."""

    code: str
    type: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    next_rule: str = ""

    def text(self, name: str) -> str:
        """A parameter as text."""
        return str(self.parameters.get(name) or "")

    def number(self, name: str) -> int:
        """A parameter as whole number; 0 where it is blank."""
        return int(self.parameters.get(name) or 0)

    @property
    def missing(self) -> list[str]:
        """The parameters that the type needs and that are blank."""
        return [name for name in NEEDED.get(self.type, ()) if not self.parameters.get(name)]


def chain_of(rules: Mapping[str, Rule], code: str) -> list[Rule]:
    """The rule with this code and those that follow it. Raises TransformError: `unknown_transformation`, `rule_cycle`."""
    found: list[Rule] = []
    while code:
        if code not in rules:
            raise TransformError("unknown_transformation", code=code)
        if any(rule.code == code for rule in found):
            raise TransformError("rule_cycle", path=" > ".join([*(rule.code for rule in found), code]))
        found.append(rules[code])
        code = rules[code].next_rule
    return found
