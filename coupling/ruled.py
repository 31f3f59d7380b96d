"""A field line with a transformation rule: the passage of its values with the rule in one of the two directions.

The rule sees the source value as text, never blank; what comes out is converted into the destination field like a
text that somebody typed there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coupling.lookups import Codes
from coupling.plan import Conversion, ConversionError, Direction, Lookup, Problem
from coupling.texts import as_text, text_of
from coupling.transforms.chains import Chain
from coupling.transforms.rules import TransformError
from coupling.transforms.stability import Round, itself
from records.errors import FieldError
from records.schema import FieldInfo

#: Types of fields whose values have a text that a rule can work on.
RULED_KINDS = frozenset({"text", "code", "memo", "dateformula", "decimal", "int", "bool", "date", "datetime", "option"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule in a line: its chain and the direction in which it acts."""

    chain: Chain
    direction: Direction

    @property
    def code(self) -> str:
        """The code of the first rule."""
        return self.chain.rules[0].code


@dataclass(frozen=True, slots=True)
class Transformed:
    """A `Lookup`: the values of a chunk, each once, through a chain of rules.

    `before` translates what the rule cannot read (the key of a country into its code), `after` what it gives back.
    """

    chain: Chain
    text: Callable[[Any], str]
    field: str
    before: Lookup | None = None
    after: Lookup | None = None

    def __call__(self, values: Sequence[Any]) -> dict[Any, Any]:
        """What comes out for each value: text, None for blank, or a problem that names the rule and the value."""
        texts = dict(self.before(values)) if self.before else {value: self.text(value) for value in values}
        open_ = [value for value in values if isinstance(texts.get(value), str)]
        results = self.chain.run([texts[value] for value in open_])
        found = {value: self._answer(result) for value, result in zip(open_, results, strict=True)}
        if self.after:
            wanted = [text for text in dict.fromkeys(found.values()) if isinstance(text, str)]
            keys = dict(self.after(wanted)) if wanted else {}
            found = {v: keys.get(text) if isinstance(text, str) else text for v, text in found.items()}
        return {value: found.get(value, texts.get(value)) for value in values if value in found or value in texts}

    def _answer(self, result: Any) -> Any:
        if isinstance(result, TransformError):
            return Problem(result.code, result.params, self.field)
        return result or None


def ruled(plain: Conversion, typed: Conversion, source: FieldInfo, dest: FieldInfo, chain: Chain) -> Conversion:
    """The conversion of a line in the direction of its rule.

    `plain`: the line's conversion without a rule; `typed`: that of a text into the destination.
    """
    if isinstance(plain.lookup, Codes):
        return replace(plain, lookup=Transformed(chain, text_of, dest.name, before=plain.lookup))
    if plain.lookup is not None:
        return replace(plain, lookup=Transformed(chain, as_text(source), dest.name, after=plain.lookup))
    return replace(typed, lookup=Transformed(chain, as_text(source), dest.name))


def round_trip(there: Conversion, back: Conversion, source: FieldInfo, dest: FieldInfo) -> Round:
    """How a transformed text comes back through the two fields of a line; see `coupling.transforms.stability`.

    `there`: a text into the destination; `back`: the destination into the source. Fields with look-ups keep the text.
    """
    if there.lookup is not None or back.lookup is not None or "ref" in (source.kind, dest.kind):
        return itself
    write = as_text(source)

    def arrive(text: str) -> str:
        try:
            stored = _through(there, text)
            returned = _through(back, stored)
        except (ConversionError, FieldError):
            raise TransformError("does_not_arrive") from None
        return "" if returned in (None, "") else write(returned)

    return arrive


def _through(conversion: Conversion, value: Any) -> Any:
    if value in (None, ""):
        return None
    found = conversion.convert(value) if conversion.convert else value
    limit = conversion.max_length
    if isinstance(found, str) and limit is not None and len(found) > limit:
        if not conversion.truncate:
            raise TransformError("too_long")
        found = found[:limit].rstrip()
    return found
