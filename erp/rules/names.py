"""F13: a person's name and its parts."""

from __future__ import annotations

NAME_LIMIT, PART_LIMIT = 92, 30


def split_name(name: str) -> dict[str, str]:
    """The last word is the surname, from three words on the one before it the middle name, the rest the first name.

    One word is the first name. Parts are cut to 30 characters.
    """
    words = name.split()
    surname = words.pop() if len(words) > 1 else ""
    middle = words.pop() if len(words) > 1 else ""
    parts = {"first_name": " ".join(words), "middle_name": middle, "surname": surname}
    return {field: part[:PART_LIMIT].rstrip() for field, part in parts.items()}


def join_name(first_name: str, middle_name: str, surname: str) -> str:
    """The parts that are there, joined by one blank, cut at 92 characters."""
    return " ".join(part for part in (first_name, middle_name, surname) if part)[:NAME_LIMIT].rstrip()
