"""Which option a word names: by the member's name or English caption always, by one's own language where one types.

What is stored (filters, constants, values of templates, what a rule gives back) is read by whoever runs it, in whatever
language: inside `stored_text()` a word means the same for all of them, and `kept` gives a typed word the form in which
it can be stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.utils import translation

_stored: ContextVar[bool] = ContextVar("stored_text", default=False)
_NAMES = "_names_in_every_language"


class HasOptions(Protocol):
    """A field with a list of options: {value: (member, caption)}."""

    @property
    def options(self) -> Mapping[Any, tuple[str, Any]]:
        """The list."""


@contextmanager
def stored_text() -> Iterator[None]:
    """Inside, words are read as they are stored: captions of the active language mean nothing."""
    token = _stored.set(True)
    try:
        yield
    finally:
        _stored.reset(token)


def find(field: HasOptions, wanted: str) -> Any:
    """The option of a word (in lower case); None where it names none."""
    found = _names(field).get(wanted)
    if found is None and not _stored.get():
        captions = ((str(caption).casefold(), value) for value, (_member, caption) in field.options.items())
        found = next((value for caption, value in captions if caption == wanted), None)
    return found


def kept(field: HasOptions, text: str) -> str:
    """A typed word as it can be stored: itself where everybody reads it alike, else the member's name or number."""
    wanted = text.strip().casefold()
    if wanted in _names(field):
        return text
    found = find(field, wanted)
    if found is None:
        return text
    return str(field.options[found][0]) or str(found)


def _names(field: HasOptions) -> dict[str, Any]:
    """Member names and English captions; a member's name counts before another one's caption."""
    known: dict[str, Any] | None = field.__dict__.get(_NAMES)
    if known is None:
        options = list(field.options.items())[::-1]  # of two with the same word the first one counts
        with translation.override("en"):
            known = {str(caption).casefold(): value for value, (_member, caption) in options}
        known |= {str(member).casefold(): value for value, (member, _caption) in options}
        field.__dict__[_NAMES] = known
    return known
