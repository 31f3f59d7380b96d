"""Time-ordered identifiers made by the application (UUID version 7, RFC 9562)."""

from __future__ import annotations

import os
import threading
import time


class _State(threading.local):
    def __init__(self) -> None:
        self.last = 0
        self.entropy = b""
        self.used = 0


_state = _State()


def uuid7() -> str:
    """A new UUIDv7 as lowercase text with dashes; ascending within a thread, also inside one millisecond."""
    if _state.used + 8 > len(_state.entropy):
        _state.entropy, _state.used = os.urandom(8192), 0
    random = int.from_bytes(_state.entropy[_state.used : _state.used + 8], "big")
    _state.used += 8
    ticks = time.time_ns() * 4096 // 1_000_000  # milliseconds with 12 bits of fraction
    _state.last = ticks = max(ticks, _state.last + 1)
    millis, fraction = ticks >> 12, ticks & 0xFFF
    tail = (random & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000
    text = f"{millis:012x}7{fraction:03x}{tail:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
