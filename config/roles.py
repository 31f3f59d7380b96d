"""What the processes of `script/server` do: `python -m config.roles web|worker|beat`, run by the supervisor.

The web server gets its listening socket from the supervisor (file descriptor in `TANDEM_SOCKET`), so that a restart
loses no address and refuses no connection.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import warnings
from types import FrameType

from config import heartbeat
from config.lifeline import follow_supervisor

WEB_THREADS = 8


def web() -> None:
    """Serve pages and API with waitress."""
    import waitress
    from django.conf import settings

    from config.wsgi import application

    listening = socket.socket(fileno=int(os.environ["TANDEM_SOCKET"]))
    signal.signal(signal.SIGTERM, leave)
    waitress.serve(
        application,
        sockets=[listening],
        threads=WEB_THREADS,
        ident=None,
        max_request_body_size=settings.MAX_REQUEST_BYTES,
        channel_timeout=120,
        clear_untrusted_proxy_headers=True,
    )


def leave(_number: int, _frame: FrameType | None) -> None:
    """End at once: open requests are answered or repeated, the truth is in the database."""
    sys.exit(0)


def worker() -> None:
    """Run jobs, one at a time."""
    from celery import signals
    from celery.exceptions import SecurityWarning

    from config.celery import app

    # As root this warns that root is a bad idea; what is run are doorbells without content.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    name = os.environ["TANDEM_PROCESS"]
    signals.worker_shutting_down.connect(leave_when_idle)
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    app.worker_main(["worker", "--pool", "solo", "--hostname", f"{name}@%h", "--loglevel", "INFO", *quiet])


def leave_when_idle(**_: object) -> None:
    """End an idle worker at once: Celery's own way waits for the next turn of its loop, 2 to 4 s."""
    if heartbeat.is_idle():
        heartbeat.end()
        os._exit(0)


def beat() -> None:
    """Ring the sweep; exactly one such process runs."""
    from config.celery import app

    app.start(["beat", "--loglevel", "INFO", "--pidfile", ""])


ROLES = {"web": web, "worker": worker, "beat": beat}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    follow_supervisor()
    ROLES[sys.argv[1]]()
