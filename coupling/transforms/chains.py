"""Rules made into steps, and the steps of a chain run over all values of a chunk.

A step takes texts and answers one text or one `TransformError` for each; `field_lookup` needs a whole batch at once,
all others look at one value at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coupling.transforms import moments, numbers, patterns, words
from coupling.transforms.rules import LONGEST, PARAMETERS, Rule, TransformError, chain_of

Function = Callable[[str], str]
Step = Callable[[Sequence[str]], list[Any]]
#: (table, source field, target field, texts) -> {text: target as text}; a text without a row is missing.
Finder = Callable[[str, str, str, Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Site:
    """What rules need of the installation: the site's own functions by name, and a finder of rows."""

    custom: Mapping[str, Function] = field(default_factory=dict)
    finder: Finder | None = None


def _substring(rule: Rule) -> Function:
    start, length = rule.number("start_position"), rule.number("length")
    starting, ending = rule.text("starting_text"), rule.text("ending_text")

    def cut(value: str) -> str:
        return words.substring(value, start=start, starting_text=starting, length=length, ending_text=ending)

    return cut


def _replace(rule: Rule) -> Function:
    find, replacement = rule.text("find"), rule.text("replace")
    return lambda value: value.replace(find, replacement)


_FUNCTIONS: dict[str, Callable[[Rule], Function]] = {
    "uppercase": lambda _rule: str.upper,
    "lowercase": lambda _rule: str.lower,
    "title_case": lambda _rule: words.title_case,
    "trim": lambda _rule: str.strip,
    "substring": _substring,
    "replace": _replace,
    "regex_replace": lambda rule: patterns.regex_replace(rule.text("pattern"), rule.text("replace")),
    "remove_non_alphanumeric": lambda _rule: words.remove_non_alphanumeric,
    "date_formatting": lambda rule: moments.date_formatting(rule.text("format"), rule.text("culture")),
    "decimal_formatting": lambda rule: numbers.decimal_formatting(rule.text("format"), rule.text("culture")),
    "regex_match": lambda rule: patterns.regex_match(rule.text("pattern")),
    "date_and_time_formatting": lambda rule: moments.date_and_time_formatting(
        rule.text("format"), rule.text("culture")
    ),
    "round": lambda rule: numbers.rounding(rule.text("precision"), rule.text("direction")),
    "extract_from_date": lambda rule: moments.extract_from_date(rule.text("part")),
    "unix_timestamp": lambda _rule: moments.unix_timestamp,
}


def step_of(rule: Rule, site: Site) -> Step:
    """One rule ready to run. Raises TransformError where its parameters are missing or wrong."""
    if rule.type not in PARAMETERS:
        raise TransformError("unknown_transformation_type", type=rule.type)
    if rule.missing:
        raise TransformError("incomplete_transformation", code=rule.code, parameters=", ".join(rule.missing))
    if rule.type == "field_lookup":
        return _lookup(rule, site)
    return _each(rule, _custom(rule, site) if rule.type == "custom" else _FUNCTIONS[rule.type](rule))


def _custom(rule: Rule, site: Site) -> Function:
    name = rule.text("code")
    if name not in site.custom:
        raise TransformError("unknown_custom_transformation", name=name)
    return site.custom[name]


def _each(rule: Rule, function: Function) -> Step:
    """A function of one value as a step. What it raises becomes the answer for that value."""

    def one(value: str) -> Any:
        if len(value) > LONGEST:
            return failed(rule, value, TransformError("transform_too_long", max=LONGEST))
        try:
            found = function(value)
        except TransformError as error:
            return failed(rule, value, error)
        except Exception as error:  # noqa: BLE001 - the site's own functions may raise anything
            return failed(rule, value, TransformError("transform_error", error=str(error)[:200]))
        if not isinstance(found, str):
            return failed(rule, value, TransformError("transform_no_text"))
        return (
            found if len(found) <= LONGEST else failed(rule, value, TransformError("transform_too_long", max=LONGEST))
        )

    return lambda values: [one(value) for value in values]


def _lookup(rule: Rule, site: Site) -> Step:
    table, source, target = (rule.text(name) for name in ("table", "source_field", "target_field"))
    keeps = rule.text("rule") == "original_if_blank"

    def step(values: Sequence[str]) -> list[Any]:
        if site.finder is None:
            return [failed(rule, value, TransformError("no_lookup_here")) for value in values]
        try:
            found = site.finder(table, source, target, list(dict.fromkeys(values)))
        except TransformError as error:
            return [failed(rule, value, error) for value in values]
        return [found.get(value) or (value if keeps else "") for value in values]

    return step


def failed(rule: Rule, value: str, error: TransformError) -> TransformError:
    """The failure of a rule at a value: names both, and why."""
    why = {"error": f"@:{error.code}", **error.params}
    return TransformError("transformation_failed", **{"rule": rule.code, "value": value[:100], **why})


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A rule with all that follow it. `run` answers, for each text, what comes out or the `TransformError`."""

    rules: tuple[Rule, ...]
    steps: tuple[Step, ...]

    def run(self, values: Sequence[str]) -> list[Any]:
        """The values after the last rule; a value that fails takes no further step."""
        now: list[Any] = list(values)
        for step in self.steps:
            open_ = [i for i, value in enumerate(now) if isinstance(value, str)]
            for i, value in zip(open_, step([now[i] for i in open_]), strict=True):
                now[i] = value
        return now

    def one(self, value: str) -> str:
        """One value. Raises TransformError."""
        found = self.run([value])[0]
        if isinstance(found, TransformError):
            raise found
        return str(found)


def compile_chain(rules: Mapping[str, Rule], code: str, site: Site | None = None) -> Chain:
    """The chain that begins with this rule. Raises TransformError: unknown rule, cycle, wrong or missing parameters."""
    found = chain_of(rules, code)
    return Chain(tuple(found), tuple(step_of(rule, site or Site()) for rule in found))
