"""One reading for several columns: the columns of a grid ask for the same list of keys, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Reading(Generic[T]):
    """What `load` found for the keys of the grid that this thread draws."""

    def __init__(self, load: Callable[[Sequence[str]], Mapping[str, T]]) -> None:
        self._load = load
        self._last = threading.local()

    def all(self, keys: Sequence[str]) -> Mapping[str, T]:
        """Found values by key. Another list, even with the same keys, is read anew."""
        if getattr(self._last, "keys", None) is not keys:
            self._last.found, self._last.keys = self._load(keys), keys
        found: Mapping[str, T] = self._last.found
        return found

    def drawn(self, key: str) -> T | None:
        """The value of a row that is being drawn: its computed columns have been read before."""
        found: Mapping[str, T] = getattr(self._last, "found", {})
        return found.get(key)
