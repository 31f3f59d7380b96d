"""A process of `script/server` ends when its supervisor is gone, however that ended: its standard input closes then."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

GRACE_SECONDS = 5


def follow_supervisor() -> None:
    """Watch standard input in the background; at its end stop this process, politely first."""
    threading.Thread(target=wait_and_end, name="lifeline", daemon=True).start()


def wait_and_end() -> None:
    """Read until the supervisor's end of the pipe closes, then end this process."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
