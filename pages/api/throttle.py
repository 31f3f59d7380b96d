"""How many requests a caller may make in a minute: counted for all processes in Redis, else in each by itself.

A broken Redis neither opens the door nor locks it: the count of this process then stands. Behind trusted proxies the
address is the one they name; what the caller writes into the header does not change whose count it is.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.conf import settings
from rest_framework.throttling import BaseThrottle

log = logging.getLogger(__name__)
WINDOW_SECONDS = 60
#: Callers that are counted at once; beyond that all counts of the past are forgotten.
MOST_CALLERS = 10_000
_RETRY_REDIS_SECONDS = 30


class Counts:
    """Requests by caller in the present window of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = 0
        self._found: dict[str, int] = {}

    def add(self, caller: str, window: int) -> int:
        """Count one; the number so far."""
        with self._lock:
            if window != self._window or len(self._found) > MOST_CALLERS:
                self._window, self._found = window, {}
            self._found[caller] = self._found.get(caller, 0) + 1
            return self._found[caller]


class _Shared:
    """The same in Redis; None while it cannot be reached."""

    def __init__(self) -> None:
        self._client: Any = None
        self._again_at = 0.0

    def add(self, caller: str, window: int) -> int | None:
        url = getattr(settings, "REDIS_URL", "")
        if not url or time.monotonic() < self._again_at:
            return None
        import redis

        try:
            self._client = self._client or redis.Redis.from_url(url, socket_timeout=0.2, socket_connect_timeout=0.2)
            key = f"tandem:requests:{caller}:{window}"
            with self._client.pipeline() as pipe:
                pipe.incr(key).expire(key, WINDOW_SECONDS * 2)
                return int(pipe.execute()[0])
        except redis.RedisError as error:
            log.warning("requests are counted by this process alone: %s", error)
            self._again_at = time.monotonic() + _RETRY_REDIS_SECONDS
            return None


counts, _shared = Counts(), _Shared()


class PerMinute(BaseThrottle):
    """So many requests of one user, or of one address without one."""

    def __init__(self) -> None:
        self._wait = 0.0

    def allow_request(self, request: Any, view: Any) -> bool:
        """True while the caller is below the limit; 0 means that there is none."""
        limit = int(settings.API_REQUESTS_PER_MINUTE)
        now = time.time()
        window = int(now // WINDOW_SECONDS)
        self._wait = (window + 1) * WINDOW_SECONDS - now
        caller = caller_of(request)
        shared = _shared.add(caller, window) if limit else 0
        return not limit or (counts.add(caller, window) if shared is None else shared) <= limit

    def wait(self) -> float:
        """Seconds until the next window."""
        return max(self._wait, 1.0)


def caller_of(request: Any) -> str:
    """The user, or the address that the request comes from."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    proxies = int(getattr(settings, "TRUSTED_PROXIES", 0))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    address = hops[-proxies] if proxies and len(hops) >= proxies else request.META.get("REMOTE_ADDR", "")
    return f"address:{address[:60]}"
