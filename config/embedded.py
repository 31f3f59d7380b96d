"""The embedded PostgreSQL: started by the first process that needs it, shared by all, stopped by the last one.

What each process does:

1. `ensure()` takes the start lock, then a shared lock on the users file ("somebody needs the server").
2. It judges by connecting. Where nobody answers it clears the remains of a dead server and starts a new one.
3. At its end, `release()` stops the server when no other process holds the users file.

All locks are the kernel's and vanish with their process, so a kill leaves nothing to repair.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from config import postmaster
from config.cluster import Cluster, EmbeddedError, locate

_holds: dict[Path, int] = {}


def ensure(data: Path) -> Cluster:
    """Return the cluster of `data` with its server running, and keep it running until this process ends.

    Raises `EmbeddedError` where the server cannot run.
    """
    cluster = locate(data)
    with start_lock(data):
        hold(data)
        if not postmaster.answers(cluster):
            postmaster.start(cluster)
    return cluster


def is_held(data: Path) -> bool:
    """Say whether this process keeps the server of `data` running."""
    return data in _holds


def release(data: Path) -> None:
    """Give the server up; stop it when no other process needs it. Called by itself at the end of the process."""
    handle = _holds.pop(data, None)
    if handle is None:
        return
    with start_lock(data):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            postmaster.stop(locate(data))
        finally:
            os.close(handle)


def hold(data: Path) -> None:
    """Note, in the kernel, that this process needs the server."""
    if data in _holds:
        return
    handle = open_lock(data, "postgres.users")
    fcntl.flock(handle, fcntl.LOCK_SH)
    _holds[data] = handle
    atexit.register(release, data)


@contextlib.contextmanager
def start_lock(data: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server of `data`."""
    handle = open_lock(data, "postgres.lock")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def open_lock(data: Path, name: str) -> int:
    """Open a lock file below `run/` of the data folder; refuse one of another user."""
    folder = data / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise EmbeddedError(
            f"{data} is in use by another user. Run as that user, or name another folder with --data or TANDEM_DATA."
        ) from None


def forget_after_fork() -> None:
    """Drop the parent's hold in a forked child: a child that needs the server takes its own."""
    atexit.unregister(release)
    while _holds:
        os.close(_holds.popitem()[1])


os.register_at_fork(after_in_child=forget_after_fork)
