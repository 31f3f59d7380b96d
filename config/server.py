"""`script/server`: database, migrations, first data, then web server, workers and scheduler until Ctrl-C.

1. One server for each data folder (a kernel lock), one program for each port (bound before anything else).
2. The database runs and has all migrations; static files are collected; a first start creates company and users.
3. The supervisor keeps everything running. Ctrl-C, SIGTERM and SIGHUP end all of it within ten seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from config import embedded, postmaster
from config.cluster import Cluster, EmbeddedError
from config.folders import ROOT, data_folder
from config.supervisor import TICK_SECONDS, Child, Supervisor, signal_group

DATABASE_SECONDS = 1.0


class StartError(Exception):
    """The server cannot start; the text says why and what to do."""


def main() -> None:
    """Run the server; the exit code is 0 after Ctrl-C, 1 when it could not start."""
    options = read_options()
    if options.data:
        os.environ["TANDEM_DATA"] = str(Path(os.environ.get("TANDEM_CALLER", "."), options.data).resolve())
    stopping = Stopping()
    stopping.catch_signals()
    try:
        run(options, data_folder(), stopping)
    except (StartError, EmbeddedError) as error:
        sys.exit(str(error))


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run Tandem on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="port of the web server (8000)")
    parser.add_argument("--data", metavar="DIR", help="data folder (var/)")
    parser.add_argument("--no-demo-data", action="store_true", help="start with an empty company")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="number of worker processes (2)")
    options = parser.parse_args()
    if options.workers < 1:
        parser.error("--workers needs at least 1")
    if not 0 <= options.port <= 65535:
        parser.error("--port is a number from 1 to 65535")
    return options


class Stopping(threading.Event):
    """Set by the signals that mean "end"; where waiting has no limit, they also break it off."""

    is_breakable = False

    def catch_signals(self) -> None:
        """Listen to Ctrl-C, SIGTERM and the end of the terminal."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """Note the wish to end; break off what may be broken off."""
        self.set()
        if self.is_breakable:
            self.is_breakable = False
            raise StartError("Stopped while the database was starting; the next start goes on.")

    @contextlib.contextmanager
    def breakable(self) -> Iterator[None]:
        """Let a signal break off what follows: a database that recovers takes the time it takes."""
        self.is_breakable = True
        try:
            yield
        finally:
            self.is_breakable = False


def run(options: argparse.Namespace, data: Path, stopping: Stopping) -> None:
    """Start everything, watch over it, end it."""
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    with only_server(data) as note, listen(options.port) as listening:
        address = f"http://localhost:{listening.getsockname()[1]}/"
        note(address)
        try:
            keep = start_database(data, stopping)
            prepare(options, stopping)
            empty_broker(data / "broker")
            supervisor = Supervisor(children(options.workers, listening), logs_folder(data), keep)
            try:
                supervise(supervisor, address, stopping)
            finally:
                print("Stopping ...", flush=True)
                supervisor.stop()
        finally:
            embedded.release(data)


def start_database(data: Path, stopping: Stopping) -> Callable[[], None]:
    """Start the embedded database, unless another one is named; return what keeps it running."""
    if os.environ.get("DATABASE_URL"):
        return lambda: None
    with stopping.breakable():
        cluster = embedded.ensure(data)
    if cluster.is_elsewhere:
        print(
            f"The database and its programs are in {cluster.folder.parent}: the account {cluster.account.name}, "
            f"which runs the database, cannot reach {data} or the installed programs.",
            flush=True,
        )
    return EmbeddedKeeper(cluster, stopping).check


@contextlib.contextmanager
def only_server(data: Path) -> Iterator[Callable[[str], None]]:
    """Hold the data folder for this server, or refuse; yields a function that notes the address."""
    handle = embedded.open_lock(data, "server")
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = os.pread(handle, 200, 0).decode("utf-8", errors="replace").strip()
            raise StartError(
                f"Tandem is running on {data} already ({who}). Stop it, or name another folder with --data DIR."
            ) from None

        def note(address: str) -> None:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()}, {address}\n".encode(), 0)

        yield note
    finally:
        os.close(handle)


@contextlib.contextmanager
def listen(port: int) -> Iterator[socket.socket]:
    """Bind the web server's socket, or refuse a port that is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise StartError(
                f"Port {port} cannot be used ({error.strerror}). Choose another: script/server --port {port + 1}"
            ) from None
        listening.listen(128)
        yield listening
    finally:
        listening.close()


def prepare(options: argparse.Namespace, stopping: Stopping) -> None:
    """Run `manage.py prepare`: migrations, static files, first company and users; it prints the passwords."""
    command = [sys.executable, "manage.py", "prepare"] + ["--no-demo-data"] * options.no_demo_data
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None:
        if stopping.wait(TICK_SECONDS):
            signal_group(process, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(3)
            signal_group(process, signal.SIGKILL)
            process.wait()
            raise StartError("Stopped before the start was complete; the next start goes on.")
    if process.returncode:
        raise StartError("The start failed; the reason is above.")


def empty_broker(folder: Path) -> None:
    """Throw old messages away: they only say that there is work, and the first sweep finds it without them."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("messages", "control"):
        (folder / name).mkdir(mode=0o700, parents=True)


def logs_folder(data: Path) -> Path:
    """Return the folder of the logs."""
    (data / "log").mkdir(mode=0o700, exist_ok=True)
    return data / "log"


def children(workers: int, listening: socket.socket) -> list[Child]:
    """Return the processes to run: one web server, the workers, one scheduler."""
    handle = listening.fileno()
    found = [Child("web", "web", {"TANDEM_SOCKET": str(handle)}, (handle,))]
    found += [Child("worker", f"worker-{number}", {}) for number in range(1, workers + 1)]
    return [*found, Child("beat", "beat", {})]


class EmbeddedKeeper:
    """Starts the embedded database again when it has died; asks once every `DATABASE_SECONDS`."""

    def __init__(self, cluster: Cluster, stopping: Stopping) -> None:
        """Remember what to keep."""
        self.cluster = cluster
        self.stopping = stopping
        self.next_at = 0.0

    def check(self) -> None:
        """Look after the database, if it is time."""
        if time.monotonic() < self.next_at:
            return
        with self.stopping.breakable():
            if not postmaster.answers(self.cluster):
                print("The embedded database ended; starting it again", file=sys.stderr, flush=True)
                embedded.ensure(self.cluster.data)
        self.next_at = time.monotonic() + DATABASE_SECONDS


def supervise(supervisor: Supervisor, address: str, stopping: Stopping) -> None:
    """Run until told to stop; say the address as soon as pages are served."""
    supervisor.start()
    is_told = False
    while not stopping.wait(TICK_SECONDS):
        supervisor.tick()
        if not is_told and is_served(address):
            print(f"\nTandem runs at {address}   (Ctrl-C stops it)", flush=True)
            is_told = True


def is_served(address: str) -> bool:
    """Say whether the web server answers."""
    try:
        with urllib.request.urlopen(f"{address}healthz", timeout=1):  # noqa: S310  our own address
            return True
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    main()
