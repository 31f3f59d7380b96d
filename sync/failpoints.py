"""Named points in the data path at which tests stop, kill or delay a process. Inert outside test settings.

Armed by the environment variable `TANDEM_FAILPOINTS`, read once, and only where the setting `FAILPOINTS` is true:
`before_commit=kill9` acts at the first passage, `before_commit=kill9@3` at the third, `after_claim=sleep:0.5@*` at
each one. Several are joined by commas. Actions: `kill9`, `stop` (SIGSTOP), `sleep:SECONDS`, `raise:SQLSTATE`, `cut` (the
server ends the database session).
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass

from django.conf import settings

VARIABLE = "TANDEM_FAILPOINTS"
NAMES = frozenset(
    {
        "after_claim",
        "after_plan",
        "before_dest_write",
        "after_dest_write",
        "after_coupling",
        "before_commit",
        "after_commit",
        "mid_route",
    }
)


class FailpointError(ValueError):
    """A failpoint or its action is misspelt."""


@dataclass(slots=True)
class _Armed:
    """One armed failpoint: what it does, at which passage (0: at each), and how often it was passed."""

    action: str
    argument: str
    at: int
    passed: int = 0


class _State:
    armed: dict[str, _Armed] | None = None


def reach(name: str) -> None:
    """Pass a failpoint; where it is armed its action happens."""
    armed = _State.armed if _State.armed is not None else load()
    if not armed:
        return
    point = armed.get(name)
    if point is None:
        return
    point.passed += 1
    if point.at in (0, point.passed):
        _act(point)


def load() -> dict[str, _Armed]:
    """Read the environment; nothing is armed outside test settings."""
    text = os.environ.get(VARIABLE, "") if getattr(settings, "FAILPOINTS", False) else ""
    _State.armed = {}
    for part in filter(None, text.split(",")):
        name, _, rest = part.partition("=")
        if name not in NAMES:
            raise FailpointError(f"no failpoint {name!r}")
        rest, _, at = rest.partition("@")
        action, _, argument = rest.partition(":")
        if action not in ("kill9", "stop", "sleep", "raise", "cut"):
            raise FailpointError(f"no action {action!r}")
        _State.armed[name] = _Armed(action, argument, 0 if at == "*" else int(at or 1))
    return _State.armed


def forget() -> None:
    """Read the environment again at the next passage (tests)."""
    _State.armed = None


def _act(point: _Armed) -> None:
    if point.action == "kill9":
        os.kill(os.getpid(), signal.SIGKILL)
    elif point.action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif point.action == "sleep":
        time.sleep(float(point.argument))
    elif point.action == "cut":
        _cut_connection()
    else:
        raise _database_error(point.argument)


def _cut_connection() -> None:
    """What an administrator or a failover does: the server ends this process's session, without asking it."""
    from django.db import connection

    connection.ensure_connection()
    own = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [own])
    other.close()


def _database_error(sqlstate: str) -> Exception:
    """An error as the database would raise it."""
    import psycopg2
    from django.db import DatabaseError, IntegrityError, OperationalError

    class Raised(psycopg2.Error):
        """A database error with a chosen SQLSTATE."""

        pgcode = sqlstate

    kind = {"23": IntegrityError, "40": OperationalError, "53": OperationalError, "55": OperationalError}
    error = kind.get(sqlstate[:2], DatabaseError)(f"failpoint raised {sqlstate}")
    error.__cause__ = Raised(sqlstate)
    return error
