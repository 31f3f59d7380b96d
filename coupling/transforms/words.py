"""Rules on letters and parts of texts."""

from __future__ import annotations

_APOSTROPHES = "'\u2019"


def title_case(value: str) -> str:
    """The first letter of each word becomes a capital; all other letters stay as they are."""
    before = " "
    letters = []
    for letter in value:
        inside = before.isalnum() or before in _APOSTROPHES
        letters.append(letter if inside else letter.title())
        before = letter
    return "".join(letters)


def remove_non_alphanumeric(value: str) -> str:
    """Letters and digits, of any script."""
    return "".join(letter for letter in value if letter.isalpha() or letter.isdigit())


def unquoted(text: str) -> str:
    """A starting or ending text without the quotes that keep its blanks."""
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def substring(value: str, *, start: int, starting_text: str, length: int, ending_text: str) -> str:
    """A part of the value. Positions count from 1; the two texts are what stands just outside the part.

    Blank when a starting or ending text does not occur.
    """
    first = start - 1 if start > 0 else 0
    if not start and starting_text:
        at = value.find(unquoted(starting_text))
        if at < 0:
            return ""
        first = at + len(unquoted(starting_text))
    if length > 0:
        return value[first : first + length]
    if ending_text:
        end = value.find(unquoted(ending_text), first)
        return value[first:end] if end >= 0 else ""
    return value[first:]
