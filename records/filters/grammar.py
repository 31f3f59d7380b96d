"""The ERP filter grammar: text to a small tree of dataclasses and back, without any knowledge of tables.

    filter     = term { "," term }
    term       = field "=" expression
    expression = and { "|" and }
    and        = factor { "&" factor }
    factor     = [ "<>" | "<" | "<=" | ">" | ">=" ] value | value ".." [ value ] | ".." value
    value      = "''" (blank) | quoted "'...'" | text with wildcards * and ?, leading @ ignores case

A quote inside a quoted value is doubled. Signs of the grammar mean themselves only inside quotes.
`parse(to_text(tree)) == tree` for every tree that `parse` can return.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from records.filters.errors import FilterError

MAX_LENGTH = 2048
MAX_FACTORS = 100
OPERATORS = ("<>", "<=", ">=", "<", ">")
DELIMITERS = ",|&"

_FIELD = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=")
_UNSAFE = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Value:
    """One value as typed. Quoted values are literal; bare ones may hold the wildcards `*` and `?`."""

    text: str
    quoted: bool = False
    ignore_case: bool = False

    @property
    def is_blank(self) -> bool:
        """True for `''`: blank text or no value."""
        return self.quoted and not self.text

    @property
    def has_wildcards(self) -> bool:
        """True where `*` or `?` stand for other characters."""
        return not self.quoted and ("*" in self.text or "?" in self.text)


@dataclass(frozen=True, slots=True)
class Compare:
    """`op` is "=", "<>", "<", "<=", ">" or ">="."""

    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included; None is an open end (never both)."""

    low: Value | None
    high: Value | None


Factor = Compare | Range


@dataclass(frozen=True, slots=True)
class Term:
    """One field with its condition: any of the groups, of a group all factors."""

    field: str
    groups: tuple[tuple[Factor, ...], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """All terms must hold; no term at all lets every record in."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return to_text(self)

    @property
    def fields(self) -> tuple[str, ...]:
        """The field names in the order of the terms, each once."""
        return tuple(dict.fromkeys(term.field for term in self.terms))


def parse(text: str) -> Filter:
    """Read a filter; blank text is the filter without terms. Raises `FilterError`."""
    if len(text) > MAX_LENGTH:
        raise FilterError("filter_too_long", {"max": MAX_LENGTH, "length": len(text)})
    if _UNSAFE.search(text):
        raise FilterError("filter_bad_character")
    if not text.strip():
        return Filter()
    return _Parser(text).filter()


def parse_expression(text: str, field: str) -> Term:
    """Read one expression (what stands behind `field=`), as a filter pane holds it. Raises `FilterError`."""
    parsed = parse(f"{field}={text}")
    if len(parsed.terms) != 1:
        raise FilterError("filter_comma", {"field": field})
    return parsed.terms[0]


class _Parser:
    """Recursive descent over one text; `position` always stands before what is read next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.factors = 0

    def filter(self) -> Filter:
        terms = [self.term()]
        while self.take(","):
            terms.append(self.term())
        return Filter(tuple(terms))

    def term(self) -> Term:
        match = _FIELD.match(self.text, self.position)
        if match is None:
            raise self.error("filter_field_expected")
        self.position = match.end()
        groups = [self.group()]
        while self.take("|"):
            groups.append(self.group())
        return Term(match[1], tuple(groups))

    def group(self) -> tuple[Factor, ...]:
        factors = [self.factor()]
        while self.take("&"):
            factors.append(self.factor())
        return tuple(factors)

    def factor(self) -> Factor:
        self.factors += 1
        if self.factors > MAX_FACTORS:
            raise FilterError("filter_too_many_terms", {"max": MAX_FACTORS})
        self.skip_blanks()
        for operator in OPERATORS:
            if self.take(operator):
                value = Compare(operator, self.value())
                if self.take(".."):
                    raise self.error("filter_operator_with_range")
                return value
        return self.range_or_value()

    def range_or_value(self) -> Factor:
        if self.take(".."):
            return Range(None, self.value())
        low = self.value()
        if not self.take(".."):
            return Compare("=", low)
        high = None if self.at_end_of_factor() else self.value()
        if self.take(".."):
            raise self.error("filter_second_range")
        return Range(low, high)

    def value(self) -> Value:
        self.skip_blanks()
        ignore_case = self.take("@")
        if self.take("'"):
            text = self.quoted()
            if ignore_case and not text:
                raise self.error("filter_value_expected")
            return Value(text, quoted=True, ignore_case=ignore_case)
        return Value(self.bare(), ignore_case=ignore_case)

    def quoted(self) -> str:
        parts = []
        while True:
            end = self.text.find("'", self.position)
            if end < 0:
                raise self.error("filter_quote_open")
            parts.append(self.text[self.position : end])
            self.position = end + 1
            if not self.take("'", blanks=False):
                break
            parts.append("'")
        if not self.at_end_of_factor() and not self.at(".."):
            raise self.error("filter_text_after_quote")
        return "".join(parts)

    def bare(self) -> str:
        start = self.position
        while self.position < len(self.text) and self.text[self.position] not in DELIMITERS and not self.at(".."):
            self.position += 1
        text = self.text[start : self.position].strip()
        if not text:
            raise self.error("filter_value_expected")
        if text[0] in "(=<>":
            raise self.error("filter_quotes_needed", text=text)
        return text

    def take(self, sign: str, *, blanks: bool = True) -> bool:
        if blanks:
            self.skip_blanks()
        if not self.at(sign):
            return False
        self.position += len(sign)
        return True

    def at(self, sign: str) -> bool:
        return self.text.startswith(sign, self.position)

    def at_end_of_factor(self) -> bool:
        self.skip_blanks()
        return self.position >= len(self.text) or self.text[self.position] in DELIMITERS

    def skip_blanks(self) -> None:
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1

    def error(self, code: str, **params: object) -> FilterError:
        return FilterError(code, {"position": self.position + 1, "near": self.text[self.position :][:20], **params})


def to_text(tree: Filter | Term) -> str:
    """Print a tree in the grammar."""
    if isinstance(tree, Filter):
        return ",".join(to_text(term) for term in tree.terms)
    return f"{tree.field}={expression_text(tree)}"


def expression_text(term: Term) -> str:
    """Print what stands behind `field=`."""
    return "|".join("&".join(_factor_text(factor) for factor in group) for group in term.groups)


def _factor_text(factor: Factor) -> str:
    if isinstance(factor, Compare):
        return ("" if factor.op == "=" else factor.op) + _value_text(factor.value)
    low = "" if factor.low is None else _value_text(factor.low)
    high = "" if factor.high is None else _value_text(factor.high)
    gap = " " if low.endswith(".") else ""
    return f"{low}{gap}..{high}"


def _value_text(value: Value) -> str:
    sign = "@" if value.ignore_case else ""
    if value.quoted:
        return sign + "'" + value.text.replace("'", "''") + "'"
    return sign + value.text


def literal(text: str) -> Value:
    """The value that means exactly this text, quoted only where it must be."""
    bare = (
        bool(text)
        and text == text.strip()
        and text[0] not in "(=<>@'"
        and not any(sign in text for sign in (*DELIMITERS, "..", "*", "?"))
    )
    return Value(text, quoted=not bare)


def equals_any(field: str, texts: Iterable[str]) -> Term:
    """The term that lets in any of these values, taken literally."""
    return Term(field, tuple((Compare("=", literal(text)),) for text in texts))
