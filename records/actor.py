"""Who is writing: the user name and the way in, carried along in a context variable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """`source` is how the write came in: page, api, import, sync, rule, setup."""

    user_name: str = ""
    source: str = "setup"

    @property
    def user_present(self) -> bool:
        """True where a person waits for the answer (page and API)."""
        return self.source in ("page", "api")


_NOBODY = Actor()
_current: ContextVar[Actor] = ContextVar("actor", default=_NOBODY)


def current() -> Actor:
    """The actor of the running request, command or job."""
    return _current.get()


@contextmanager
def acting(user_name: str, source: str) -> Iterator[Actor]:
    """Write as this user within the block."""
    token = _current.set(Actor(user_name, source))
    try:
        yield _current.get()
    finally:
        _current.reset(token)
