"""May a rule stand in a bidirectional line? It may when what has been transformed once stays as it is.

Values go round in such a line: the transformed value arrives on the other side, comes back as it is when somebody
changes it there, and is transformed again on its next way. With f the rule and its conversion, and g the plain way
back, a rule is *stable* when f(g(f(x))) = f(x) for every x that f takes. Then one round settles every pair; a rule
that is not stable would change the record anew with each round (`$` by `x` adds one letter each time).

Types that turn one kind of value into another (`extract_from_date`, `unix_timestamp`) never are. All others are tried
on sample values: a common set, texts made from the parameters of the rules, and the values that the caller gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from coupling.transforms.chains import Chain
from coupling.transforms.rules import Rule, TransformError

#: The way through a line: the transformed text as it comes back. Raises TransformError for texts that do not arrive.
Round = Callable[[str], str]

_NEVER = ("extract_from_date", "unix_timestamp")
_SAMPLES = (
    "A", "z", "7", "0", "-12.5", "1234.5", "1,234.50", "1.234,50", "1,234", "1.234", "1.23", "0.125", "1 000", "12,5",
    "Adatum Corporation", "  A1 ", "trey research", "U.S.", "SO-104", "+45 12-34", "o'neill & sons", "a  b\tc",
    "STRASSE 5", "Straße 5", "Åre", "aabb", "abab", "aaaa", "((a)b)c", "[x] (y) {z}", "a/b/c", "1-2-3", "a, b, c",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789", "info@example.com", "http://example.com/a?b=c",
    "2026-12-31", "2026-05-03", "03-05-2026", "31-12-2026", "12/31/2026", "5/3/2026", "31.12.2026", "20261231",
    "20260503", "20261231235958", "20260503040506", "2026-05-03T04:05Z", "260503", "3 May 2026", "1767139200",
)  # fmt: skip
_MANY = 12


@dataclass(frozen=True, slots=True)
class Unstable:
    """A value that shows it: what the rule makes of it, and what it makes of that on the next way."""

    value: str
    once: str
    twice: str


def itself(text: str) -> str:
    """The way back where both fields keep the text as it is."""
    return text


def unstable(chain: Chain, back: Round = itself, samples: Iterable[str] = ()) -> Unstable | None:
    """A value that proves the chain not stable in a line with this way back; None where none was found."""
    for rule in chain.rules:
        if rule.type in _NEVER:
            return Unstable("", f"@:type_{rule.type}", "")
    tried = list(dict.fromkeys([*_SAMPLES, *(s for rule in chain.rules for s in _made_from(rule)), *samples]))
    once = chain.run(tried)
    arrived = [(value, _arrives(found, back)) for value, found in zip(tried, once, strict=True)]
    rounds = [(value, text) for value, text in arrived if text]
    twice = chain.run([text for _value, text in rounds])
    for (value, text), again in zip(rounds, twice, strict=True):
        if isinstance(again, TransformError):
            return Unstable(value, text, "")
        if _arrives(again, back) != text:
            return Unstable(value, text, again)
    return None


def _arrives(found: Any, back: Round) -> str:
    """A transformed text after its way through the fields; blank where it fails or does not arrive."""
    if isinstance(found, TransformError):
        return ""
    try:
        return back(found)
    except TransformError:
        return ""


def _made_from(rule: Rule) -> Sequence[str]:
    """Texts that are likely to show what a rule does with its own parameters."""
    found: list[str] = []
    for name in ("find", "replace", "starting_text", "ending_text", "pattern"):
        if text := rule.text(name):
            found += [text, f"x{text}y", f"{text}{text}", f"a{text}b{text}c"]
    if find := rule.text("find"):
        found += _around(find, find)
    if rule.type in ("date_formatting", "date_and_time_formatting"):
        found += _dates(rule)
    return found


def _around(find: str, middle: str) -> list[str]:
    """The text inside its own beginnings and ends: a replacement may make it anew (`ab` by nothing in `aabb`)."""
    size = min(len(find), _MANY)
    return [find[:i] + middle + find[len(find) - j :] for i in range(size) for j in range(size)]


def _dates(rule: Rule) -> list[str]:
    """Dates with a day that could be a month, in the shapes that the rule may expect."""
    shapes = ["03-05-2026", "3.5.2026", "05/03/2026", "2026/05/03", "2026-03-05"]
    form = rule.text("format")
    for token, text in (("yyyy", "2026"), ("yy", "26"), ("MM", "05"), ("dd", "03"), ("M", "5"), ("d", "3")):
        form = form.replace(token, text)
    for token, text in (("HH", "04"), ("hh", "04"), ("mm", "06"), ("ss", "07")):
        form = form.replace(token, text)
    return [*shapes, form]
