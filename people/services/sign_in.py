"""Counting failed sign-ins in the database: longer and longer locks for an account and for an address.

The count works without Redis and across all processes. An attempt during a lock is not looked at and not counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from people.models import SignInFailure
from records import db

#: Failures before the first lock: of one account, of one address.
FREE = {"user": 5, "address": 20}
FIRST_LOCK_SECONDS = 30
LONGEST_LOCK_SECONDS = 900
#: A count without a failure for this long starts again.
FORGET_AFTER = dt.timedelta(hours=1)

_COUNT = """
INSERT INTO people_signinfailure (key, failures, last_at) VALUES (%(key)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at, failures = CASE
  WHEN people_signinfailure.last_at < %(forget)s THEN 1 ELSE people_signinfailure.failures + 1 END
RETURNING failures
"""


def keys_of(username: str, address: str) -> list[str]:
    """What an attempt counts against."""
    return [f"user:{username.strip().casefold()[:80]}", f"address:{address[:60]}"]


def seconds_locked(keys: Iterable[str]) -> int:
    """Seconds until an attempt is looked at again; 0 when it is now."""
    now = timezone.now()
    ends = SignInFailure.objects.filter(key__in=list(keys), locked_until__gt=now).values_list("locked_until", flat=True)
    return max((int((end - now).total_seconds()) + 1 for end in ends if end), default=0)


def failure_record(keys: Iterable[str]) -> None:
    """Count one failure against each key, and lock those that had too many."""
    now = timezone.now()
    for key in keys:
        found = db.one(_COUNT, {"key": key, "now": now, "forget": now - FORGET_AFTER})
        failures = found[0] if found else 1
        beyond = failures - FREE[key.split(":", 1)[0]]
        if beyond >= 0:
            seconds = min(FIRST_LOCK_SECONDS * 2 ** min(beyond, 10), LONGEST_LOCK_SECONDS)
            SignInFailure.objects.filter(pk=key).update(locked_until=now + dt.timedelta(seconds=seconds))


def failure_clear(key: str) -> None:
    """Forget the failures of an account after a good sign-in."""
    SignInFailure.objects.filter(pk=key).delete()
