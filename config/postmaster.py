"""The embedded server as processes: create the cluster, start, ask, clear the remains of a dead one, stop.

Whether a server runs is judged by connecting; a pid file alone proves nothing: it may be stale, empty, or name a
process that has its number by chance. Callers hold the start lock of `config.embedded`.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2

from config.cluster import (
    DATABASE,
    MAJOR,
    PORT,
    ROLE,
    Cluster,
    EmbeddedError,
    make_home,
    make_owned,
    secure_socket_folder,
)

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "idle_in_transaction_session_timeout": "5min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # a file for each weekday, overwritten after a week
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_min_duration_statement": "10s",
}
POLL_SECONDS = 0.05
PATIENCE_SECONDS = 5
STOP_SECONDS = 6
STARTING = ("starting up", "shutting down", "in recovery", "not yet accepting")
BUSY = ("too many clients", "reserved for roles")
SILENT = (
    "No such file", "Connection refused", "closed the connection", "timeout expired", "Connection reset", "Broken pipe",
)  # fmt: skip

_children: dict[Path, subprocess.Popen[bytes]] = {}


def answers(cluster: Cluster) -> bool:
    """Say whether the server accepts connections; while it says that it is starting or recovering, wait."""
    notice = Notice()
    while True:
        try:
            psycopg2.connect(**cluster.connection, connect_timeout=10).close()
        except psycopg2.OperationalError as error:
            text = str(error).strip()
        else:
            return True
        if f'database "{DATABASE}" does not exist' in text:
            create_database(cluster)
        elif any(word in text for word in BUSY):
            return True
        elif any(word in text for word in STARTING):
            notice.wait(text.splitlines()[-1])
        elif any(word in text for word in SILENT):
            return False
        else:
            raise EmbeddedError(f"The embedded database refuses this user: {text}")


class Notice:
    """Waits in small steps, and says once, after some seconds, what for."""

    def __init__(self) -> None:
        """Start the clock."""
        self.deadline = time.monotonic() + PATIENCE_SECONDS
        self.is_said = False

    @property
    def is_late(self) -> bool:
        """Say whether the patience is over."""
        return time.monotonic() > self.deadline

    def wait(self, what: str) -> None:
        """Wait one step."""
        if self.is_late and not self.is_said:
            print(f"Waiting for the embedded database: {what}", file=sys.stderr, flush=True)
            self.is_said = True
        time.sleep(POLL_SECONDS)


def start(cluster: Cluster) -> None:
    """Start the server (creating its cluster the first time) and return when it accepts connections."""
    if joined(cluster):
        return
    if not (cluster.folder / "PG_VERSION").exists():
        initialize(cluster)
    refuse_other_version(cluster)
    secure_socket_folder(cluster)
    reap(cluster)  # one that was killed a moment ago, before its place is taken
    process = launch(cluster)
    _children[cluster.data] = process
    while not answers(cluster):
        if process.poll() is not None:
            raise EmbeddedError(f"The embedded database did not start:\n{start_messages(cluster)}")
        time.sleep(POLL_SECONDS)


def joined(cluster: Cluster) -> bool:
    """Wait for a server that lives without answering; clear what a dead one left. True when one answers now.

    1. The postmaster lives: it is about to start or to end. Wait, however long a recovery takes. Where its socket was
       removed (a cleaner of `/tmp`), nobody can reach it: stop it.
    2. It is dead and its children live: they end by themselves within moments; after that they are killed.
    3. No process is left: the two pid files, of cluster and socket, name nobody, or a stranger. Remove them.
    """
    notice = Notice()
    while processes := server_processes(cluster):
        is_alive = postmaster_pid(cluster) in {process.pid for process in processes}
        if is_alive and answers(cluster):
            return True
        if is_alive and notice.is_late and not (cluster.socket / f".s.PGSQL.{PORT}").exists():
            stop(cluster)
        if not is_alive and notice.is_late:
            for process in processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        notice.wait("its former processes are still there")
    for stale in (cluster.folder / "postmaster.pid", cluster.socket / f".s.PGSQL.{PORT}.lock"):
        with contextlib.suppress(FileNotFoundError):
            stale.unlink()
    return False


def initialize(cluster: Cluster) -> None:
    """Create the cluster beside its place and move it there when it is whole, so that a killed start leaves none."""
    print("Creating the embedded database ...", file=sys.stderr, flush=True)
    if cluster.is_elsewhere:
        make_home(cluster.folder.parent)
    draft = cluster.folder.with_name("pg.new")
    shutil.rmtree(draft, ignore_errors=True)
    make_owned(draft, cluster.account)
    command = [
        cluster.program("initdb"), "-D", str(draft), "-U", ROLE, "--auth=peer", "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, **cluster.account.popen())
    if done.returncode:
        raise EmbeddedError(f"The embedded database could not be created:\n{done.stderr.strip()}")
    write_authentication(draft, cluster)
    draft.rename(cluster.folder)
    if cluster.is_elsewhere:
        (cluster.data / "pg").symlink_to(cluster.folder)


def write_authentication(folder: Path, cluster: Cluster) -> None:
    """Let the operating system vouch: this user and root own the database, nobody else gets in."""
    uids = {0, os.geteuid(), cluster.data.stat().st_uid}
    names = sorted(pwd.getpwuid(uid).pw_name for uid in uids)
    (folder / "pg_hba.conf").write_text("local all all peer map=tandem\n")
    (folder / "pg_ident.conf").write_text("".join(f'tandem "{name}" {ROLE}\n' for name in names))


def create_database(cluster: Cluster) -> None:
    """Create the application's database in a new cluster."""
    connection = psycopg2.connect(**cluster.connection | {"dbname": "postgres"})
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg2.errors.DuplicateDatabase:
        pass
    finally:
        connection.close()


def refuse_other_version(cluster: Cluster) -> None:
    """Refuse a cluster of another major version instead of letting the server fail."""
    version = (cluster.folder / "PG_VERSION").read_text().strip()
    if version != MAJOR:
        raise EmbeddedError(f"The data in {cluster.folder} is of PostgreSQL {version}; this release runs {MAJOR}.")


def launch(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Run `postgres` in a session of its own, so that Ctrl-C in a terminal reaches us and not the server."""
    options = SETTINGS | {"unix_socket_directories": f'"{cluster.socket}"'}
    command = [cluster.program("postgres"), "-D", str(cluster.folder)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with (cluster.data / "run" / "postgres.start").open("wb") as messages:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages, start_new_session=True,
            **cluster.account.popen(),
        )  # fmt: skip


def start_messages(cluster: Cluster) -> str:
    """Return the end of what the server said when it failed to start."""
    logs = sorted((cluster.folder / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    files = [cluster.data / "run" / "postgres.start", *logs[-1:]]
    return "\n".join(path.read_text(errors="replace")[-2000:] for path in files).strip()


def server_processes(cluster: Cluster) -> list[psutil.Process]:
    """Return the living `postgres` processes of this cluster: each has the cluster as its working folder."""
    reap(cluster)
    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] == "postgres" and process.info["status"] != psutil.STATUS_ZOMBIE:
            with contextlib.suppress(psutil.Error, OSError):
                if os.path.samefile(process.cwd(), cluster.folder):
                    found.append(process)
    return found


def reap(cluster: Cluster) -> None:
    """Collect a dead server that is our own child, so that it is no zombie."""
    process = _children.get(cluster.data)
    if process is not None:
        process.poll()


def postmaster_pid(cluster: Cluster) -> int | None:
    """Return the number in the cluster's pid file, or None when there is no file or no number in it."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((cluster.folder / "postmaster.pid").read_text().splitlines()[0])
    return None


def stop(cluster: Cluster) -> None:
    """Stop the server by its pid, rolling back what is open, after checking that the pid is this cluster's."""
    pid = postmaster_pid(cluster)
    processes = server_processes(cluster)
    server = next((process for process in processes if process.pid == pid), None)
    if server is None:
        return
    for sign in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(psutil.NoSuchProcess):
            server.send_signal(sign)
        if has_ended(cluster, processes):
            break
    with contextlib.suppress(OSError):
        cluster.socket.rmdir()


def has_ended(cluster: Cluster, processes: list[psutil.Process]) -> bool:
    """Wait for the server's processes to end; false after `STOP_SECONDS`."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        reap(cluster)
        if not any(is_alive(process) for process in processes):
            return True
        time.sleep(POLL_SECONDS)
    return False


def is_alive(process: psutil.Process) -> bool:
    """Say whether the process runs (a zombie does not)."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
