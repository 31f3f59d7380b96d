"""Entry helps: what people type into number and date fields, in their language, becomes what the tables store.

Numbers may be sums (`12*4`) and have their minus behind them; dates may be a word (`t`) or digits alone.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from django.utils import formats, timezone
from django.utils.translation import gettext as _

MAX_SUM = 100
_SPACES = re.compile(r"[\s\u00a0\u202f']+")
_TOKENS = re.compile(r"[0-9.,]+|[-+*/()]")
_DIGITS = re.compile(r"[0-9]{1,2}|[0-9]{4}|[0-9]{6}|[0-9]{8}")


def plain_number(typed: str) -> str:
    """A number or sum typed in the user's language, as the database writes it; anything else unchanged."""
    compact = _SPACES.sub("", typed)
    turned = f"-{compact[:-1]}" if compact.endswith("-") else compact
    found = _number(turned) or _sum(compact)
    return found or typed.strip()


def _number(compact: str) -> str:
    """One number without blanks; blank where it is none."""
    if re.fullmatch(r"[+-]?\d+", compact):
        return compact
    decimal = formats.get_format("DECIMAL_SEPARATOR")
    thousand = formats.get_format("THOUSAND_SEPARATOR")
    other = "," if decimal == "." else "."
    number = compact.replace(thousand, "") if thousand.strip() else compact
    if other != thousand and decimal not in number and number.count(other) == 1:
        number = number.replace(other, decimal)
    number = number.replace(decimal, ".")
    return number if re.fullmatch(r"[+-]?\d*\.?\d+|[+-]?\d+\.", number) else ""


def _sum(compact: str) -> str:
    """What a sum comes to; blank where it is none, or nothing that can be told."""
    tokens = _TOKENS.findall(compact)
    if len(compact) > MAX_SUM or "".join(tokens) != compact:
        return ""
    try:
        found = _Sum(tokens).value()
    except (ValueError, InvalidOperation, ZeroDivisionError):
        return ""
    return f"{found.normalize() + 0:f}"


class _Sum:
    """Reads a sum from left to right: `*` and `/` before `+` and `-`, and parentheses. Raises ValueError."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def value(self) -> Decimal:
        """The whole of it."""
        found = self.terms()
        if self.tokens:
            raise ValueError(self.tokens[0])
        return found

    def terms(self) -> Decimal:
        """Products, added and taken away."""
        found = self.product()
        while self.tokens and self.tokens[0] in "+-":
            sign, other = self.tokens.pop(0), self.product()
            found = found + other if sign == "+" else found - other
        return found

    def product(self) -> Decimal:
        """Factors, multiplied and divided."""
        found = self.factor()
        while self.tokens and self.tokens[0] in "*/":
            sign, other = self.tokens.pop(0), self.factor()
            found = found * other if sign == "*" else found / other
        return found

    def factor(self) -> Decimal:
        """A number, what stands in parentheses, or one of them with a sign."""
        if not self.tokens:
            raise ValueError("a number is missing")
        part = self.tokens.pop(0)
        if part in "+-":
            return self.factor() if part == "+" else -self.factor()
        if part != "(":
            return Decimal(_number(part) or "no number")
        found = self.terms()
        if not self.tokens or self.tokens.pop(0) != ")":
            raise ValueError("a parenthesis is open")
        return found


def plain_date(typed: str) -> str:
    """A date typed in the user's language, as ISO 8601; anything else unchanged.

    `t` and `w` (or the beginning of these words in the user's language) are today; digits alone stand for the day, day
    and month, or the whole date, in the order in which the user's language writes dates.
    """
    text = typed.strip()
    if _is_today(text):
        return timezone.localdate().isoformat()
    if _DIGITS.fullmatch(text):
        found = _of_digits(text, timezone.localdate())
        return found.isoformat() if found else text
    for known in ("%Y-%m-%d", *formats.get_format("DATE_INPUT_FORMATS")):
        try:
            return dt.datetime.strptime(text, known).date().isoformat()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return text


def _is_today(text: str) -> bool:
    """The work date is today."""
    words = ("today", "work date", _("today"), _("work date"))
    return bool(text) and any(word.casefold().startswith(text.casefold()) for word in words)


def _of_digits(digits: str, today: dt.date) -> dt.date | None:
    """The day that digits without separators mean; None where there is no such day."""
    order = [letter for letter in _order() if letter != "y"] if len(digits) == 4 else _order()
    sizes = {"y": len(digits) - 4, "m": 2, "d": 2}
    parts = {"y": today.year, "m": today.month}
    if len(digits) <= 2:
        order, sizes = ["d"], {"d": len(digits)}
    for letter in order:
        parts[letter], digits = int(digits[: sizes[letter]]), digits[sizes[letter] :]
    if sizes.get("y") == 2:
        parts["y"] += 1900 if parts["y"] >= 69 else 2000
    try:
        return dt.date(parts["y"], parts["m"], parts["d"])
    except ValueError:
        return None


def _order() -> list[str]:
    """The letters y, m and d as the short date of the user's language has them."""
    letters = {"Y": "y", "y": "y", "m": "m", "n": "m", "M": "m", "F": "m", "N": "m", "d": "d", "j": "d"}
    return [letters[sign] for sign in formats.get_format("SHORT_DATE_FORMAT") if sign in letters]
