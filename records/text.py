"""Text helpers that agree with their SQL twins in `records.sql`."""

from __future__ import annotations

import re
import unicodedata

MAX_WORDS = 10
_WORDS = re.compile(r'"([^"]*)(?:"|$)|(\S+)')
_SPECIAL = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"})


def fold(text: str) -> str:
    """Lower case without accents, as the SQL function `fold()` does it."""
    if text.isascii():
        return text.lower()
    plain = "".join(ch for ch in unicodedata.normalize("NFD", text) if not "\u0300" <= ch <= "\u036f")
    return plain.lower().translate(_SPECIAL)


def words(text: str) -> list[str]:
    """What a search looks for, folded: the words in any order; `"two words"` stand together, and so does a long text."""
    found = [fold((phrase or word).strip()) for phrase, word in _WORDS.findall(text)]
    found = [word for word in dict.fromkeys(found) if word]
    return found if len(found) <= MAX_WORDS else [fold(text.strip())]


def like_escape(text: str) -> str:
    """The text with the wildcards of LIKE taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def simple_lower(text: str) -> str:
    """Lower case, one character for one, as SQL's `lower(... COLLATE pg_c_utf8)` does it."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := ch.lower()) == 1 else "i" if ch == "\u0130" else ch for ch in text)
