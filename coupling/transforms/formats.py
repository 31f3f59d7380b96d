"""Dates read exactly as a format says: `dd-MM-yyyy`, `yyyyMMddHHmmss`, `d MMM yyyy`, `h:mm tt`, `'on' dd`.

The letters are those of Business Central's formats. A format is cut into tokens once; reading walks through the text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from coupling.transforms import cultures
from coupling.transforms.rules import TransformError

#: token -> (field, least digits, most digits)
_NUMBERS = {
    "d": ("day", 1, 2), "dd": ("day", 2, 2), "M": ("month", 1, 2), "MM": ("month", 2, 2),
    "yy": ("year", 2, 2), "yyyy": ("year", 4, 4),
    "H": ("hour", 1, 2), "HH": ("hour", 2, 2), "h": ("hour12", 1, 2), "hh": ("hour12", 2, 2),
    "m": ("minute", 1, 2), "mm": ("minute", 2, 2), "s": ("second", 1, 2), "ss": ("second", 2, 2),
}  # fmt: skip
_NAMES = {"MMM": "month", "MMMM": "month"}
_HALVES = {"tt": "half", "t": "half"}
_LETTERS = frozenset("dMyHhmst")
#: Two digits of a year below this belong to 2000, the others to 1900.
_PIVOT = 50


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a format: letters that stand for a part, or (`kind` blank) text that must be there."""

    kind: str
    text: str


def tokens(form: str) -> list[Token]:
    """The pieces of a format. Raises TransformError `invalid_format`."""
    found: list[Token] = []
    at = 0
    while at < len(form):
        letter = form[at]
        if letter in "'\"":
            end = form.find(letter, at + 1)
            if end < 0:
                raise TransformError("invalid_format", format=form)
            found.append(Token("", form[at + 1 : end]))
            at = end + 1
        elif letter == "\\" and at + 1 < len(form):
            found.append(Token("", form[at + 1]))
            at += 2
        elif letter in _LETTERS:
            end = at
            while end < len(form) and form[end] == letter:
                end += 1
            found.append(_part(form[at:end], form))
            at = end
        else:
            found.append(Token("", letter))
            at += 1
    return found


def _part(text: str, form: str) -> Token:
    kinds = (_NUMBERS, _NAMES, _HALVES)
    if not any(text in kind for kind in kinds):
        raise TransformError("invalid_format", format=form)
    return Token("part", text)


def reader(form: str, culture: str) -> Callable[[str], dt.datetime]:
    """Reads texts in this format; month names are those of the culture. Raises TransformError `invalid_format`.

    What it reads is taken as UTC; a text in another shape raises `not_a_date`.
    """
    pieces = tokens(form)
    parts = {_NUMBERS[t.text][0] if t.text in _NUMBERS else _NAMES.get(t.text, "half") for t in pieces if t.kind}
    if not {"year", "month", "day"} <= parts:
        raise TransformError("invalid_format", format=form)
    months = cultures.month_names(culture)

    def read(text: str) -> dt.datetime:
        found: dict[str, int] = {}
        at = 0
        text = text.strip()
        for piece in pieces:
            at = _step(piece, text, at, found, months)
        if at != len(text):
            raise TransformError("not_a_date")
        return moment(found)

    return read


def _step(piece: Token, text: str, at: int, found: dict[str, int], months: dict[str, int]) -> int:
    """Read one piece from a place on; the next place."""
    if not piece.kind:
        if not text.startswith(piece.text, at):
            raise TransformError("not_a_date")
        return at + len(piece.text)
    if piece.text in _HALVES:
        half = text[at : at + len(piece.text)].casefold()
        if half not in ("am", "pm", "a", "p"):
            raise TransformError("not_a_date")
        found["half"] = int(half.startswith("p"))
        return at + len(piece.text)
    if piece.text in _NAMES:
        name = max((n for n in months if text[at : at + len(n)].casefold() == n), key=len, default="")
        if not name:
            raise TransformError("not_a_date")
        found["month"] = months[name]
        end = at + len(name)
        return end + 1 if text[end : end + 1] == "." and piece.text == "MMM" else end
    name, least, most = _NUMBERS[piece.text]
    end = at
    while end < len(text) and end - at < most and text[end] in "0123456789":
        end += 1
    if end - at < least:
        raise TransformError("not_a_date")
    found[name] = century(int(text[at:end])) if piece.text == "yy" else int(text[at:end])
    return end


def century(year: int) -> int:
    """A year of two digits in full."""
    return year + (2000 if year < _PIVOT else 1900)


def moment(found: dict[str, int]) -> dt.datetime:
    """The moment of its parts. Raises TransformError `not_a_date` for a day that is none."""
    hour = found.get("hour", 0)
    if "hour12" in found:
        if not 1 <= found["hour12"] <= 12:
            raise TransformError("not_a_date")
        hour = found["hour12"] % 12 + 12 * found.get("half", 0)
    try:
        return dt.datetime(
            found["year"],
            found["month"],
            found["day"],
            hour,
            found.get("minute", 0),
            found.get("second", 0),
            tzinfo=dt.UTC,
        )
    except (ValueError, KeyError):
        raise TransformError("not_a_date") from None
