"""The embedded PostgreSQL: started by the first process that needs it, shared by all, stopped by the last one.

What each process does:

1. `ensure()` takes the start lock, then a shared lock on the users file (it says "somebody needs the server").
2. It judges by connecting. Where nobody answers it clears the remains of a dead server and starts a new one.
3. At its end, `release()` stops the server if no other process holds the users file.

All locks are the kernel's and vanish with their process, so a kill leaves nothing to repair. There is no limit on the
start: crash recovery takes the time it takes, as long as the server process lives.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import errorcodes

from config.cluster import DATABASE, MAJOR, ROLE, Cluster, EmbeddedError, locate, secure_socket_folder
from config.folders import private_folder

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "idle_in_transaction_session_timeout": "5min",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_min_duration_statement": "10s",
}
POLL_SECONDS = 0.05
QUIET_SECONDS = 5
ORPHAN_SECONDS = 5
STOP_SECONDS = 8

_users: dict[Path, int] = {}
_started: dict[Path, subprocess.Popen[bytes]] = {}


def connection_settings(cluster: Cluster) -> dict[str, str]:
    """Return host, name and user by which any process connects to the running server."""
    return {"host": str(cluster.socket), "dbname": DATABASE, "user": ROLE}


def ensure(data: Path, *, may_start: bool = True) -> Cluster:
    """Return the cluster of `data` with its server running, and keep it running until this process ends.

    With `may_start=False` a server that does not run is an `EmbeddedError`: the processes of `script/server` leave
    starting to their supervisor.
    """
    cluster = locate(data)
    with start_lock(data):
        hold(data)
        if answers(cluster):
            return cluster
        if not may_start:
            raise EmbeddedError("The embedded database does not run.")
        start(cluster)
    return cluster


def release(data: Path) -> None:
    """Give the server up; stop it when no other process needs it."""
    handle = _users.pop(data, None)
    if handle is None:
        return
    with start_lock(data):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            stop(locate(data))
        finally:
            os.close(handle)


def hold(data: Path) -> None:
    """Note, in the kernel, that this process needs the server; undone by `release` at exit."""
    if data in _users:
        return
    handle = os.open(private_folder(data / "run") / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)
    _users[data] = handle
    atexit.register(release, data)


@contextlib.contextmanager
def start_lock(data: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server of `data`."""
    handle = os.open(private_folder(data / "run") / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def forget_after_fork() -> None:
    """Drop the parent's hold in a forked child: a child that needs the server takes its own."""
    for data, handle in list(_users.items()):
        atexit.unregister(release)
        os.close(handle)
        del _users[data]
    _started.clear()


os.register_at_fork(after_in_child=forget_after_fork)


def answers(cluster: Cluster) -> bool:
    """Say whether the server accepts connections; wait while it says that it is starting or recovering."""
    began = time.monotonic()
    while True:
        try:
            psycopg2.connect(**connection_settings(cluster), connect_timeout=10).close()
        except psycopg2.OperationalError as error:
            text = str(error)
            if "starting up" in text or "shutting down" in text or "recovery" in text:
                say_waiting(began, text)
                time.sleep(POLL_SECONDS)
                continue
            if "too many clients" in text or "reserved for roles" in text:
                return True
            if f'database "{DATABASE}" does not exist' in text:
                create_database(cluster)
                continue
            if "No such file" in text or "Connection refused" in text or "closed the connection" in text:
                return False
            raise EmbeddedError(f"The embedded database refuses this user: {text.strip()}") from error
        return True


def say_waiting(began: float, text: str) -> None:
    """Tell on the terminal, after a few seconds, what the start waits for."""
    waited = time.monotonic() - began
    if QUIET_SECONDS <= waited < QUIET_SECONDS + POLL_SECONDS * 2:
        print(f"Waiting for the embedded database: {text.strip().splitlines()[-1]}", file=sys.stderr, flush=True)


def start(cluster: Cluster) -> None:
    """Start the server (after `initdb` the first time) and return when it accepts connections."""
    clear_remains(cluster)
    if not cluster.is_initialized:
        initialize(cluster)
    refuse_other_version(cluster)
    secure_socket_folder(cluster)
    if cluster.is_elsewhere:
        print(f"Database and its programs are in {cluster.folder.parent}: the account "
              f"{cluster.account.name} cannot reach {cluster.data} or the installed binaries.", flush=True)
    process = launch(cluster)
    _started[cluster.data] = process
    while not answers(cluster):
        if process.poll() is not None:
            raise EmbeddedError(f"The embedded database did not start:\n{start_messages(cluster)}")
        time.sleep(POLL_SECONDS)


def launch(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Run `postgres` in a session of its own, so that Ctrl-C in a terminal reaches us and not the server."""
    options = SETTINGS | {"unix_socket_directories": '"' + str(cluster.socket) + '"'}
    command = [cluster.program("postgres"), "-D", str(cluster.folder)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with (cluster.data / "run" / "postgres.start").open("wb") as messages:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages, start_new_session=True,
            **cluster.account.popen(),
        )


def start_messages(cluster: Cluster) -> str:
    """Return what the server said when it failed to start."""
    texts = [(cluster.data / "run" / "postgres.start").read_text(errors="replace")]
    logs = sorted((cluster.folder / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    texts += [path.read_text(errors="replace") for path in logs[-1:]]
    return "\n".join(text[-2000:] for text in texts).strip()


def initialize(cluster: Cluster) -> None:
    """Create the cluster: UTF-8, PostgreSQL's own C.UTF-8, checksums, peer authentication only."""
    print("Creating the embedded database ...", file=sys.stderr, flush=True)
    for path in cluster.folder.iterdir():  # the remains of an initdb that was killed
        remove(path)
    command = [
        cluster.program("initdb"), "-D", str(cluster.folder), "-U", ROLE, "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=peer", "--data-checksums", "--no-instructions",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **cluster.account.popen())
    if done.returncode:
        raise EmbeddedError(f"The embedded database could not be created:\n{done.stderr.strip()}")
    write_authentication(cluster)
    (cluster.folder / "tandem.ready").touch()


def remove(path: Path) -> None:
    """Remove a file or a whole folder."""
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            remove(inner)
        path.rmdir()
    else:
        path.unlink()


def write_authentication(cluster: Cluster) -> None:
    """Let the operating system vouch: this user and root are the database's owner, nobody else gets in."""
    import pwd

    names = {pwd.getpwuid(0).pw_name, pwd.getpwuid(os.geteuid()).pw_name}
    if not cluster.account.switch or cluster.account.uid == cluster.data.stat().st_uid:
        names.add(cluster.account.name)
    (cluster.folder / "pg_hba.conf").write_text("local all all peer map=tandem\n")
    (cluster.folder / "pg_ident.conf").write_text("".join(f'tandem "{name}" {ROLE}\n' for name in sorted(names)))


def create_database(cluster: Cluster) -> None:
    """Create the application's database (once, after `initdb`)."""
    connection = psycopg2.connect(**connection_settings(cluster) | {"dbname": "postgres"})
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg2.Error as error:
        if error.pgcode != errorcodes.DUPLICATE_DATABASE:
            raise
    finally:
        connection.close()


def refuse_other_version(cluster: Cluster) -> None:
    """Refuse a cluster of another major version instead of letting the server fail."""
    version = (cluster.folder / "PG_VERSION").read_text().strip()
    if version != MAJOR:
        raise EmbeddedError(f"The data in {cluster.folder} is of PostgreSQL {version}; this release runs {MAJOR}.")


def clear_remains(cluster: Cluster) -> None:
    """Remove what a dead server left: its orphaned children, then its pid file, which may name anybody by now."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    while processes := server_processes(cluster):
        if postmaster_pid(cluster) in {process.pid for process in processes}:
            wait_for_live_server(cluster)
            return
        if time.monotonic() > deadline:
            for process in processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        time.sleep(POLL_SECONDS)
    (cluster.folder / "postmaster.pid").unlink(missing_ok=True)


def wait_for_live_server(cluster: Cluster) -> None:
    """Wait for a server of this cluster that lives but does not answer: it is about to start or to stop."""
    began = time.monotonic()
    while server_processes(cluster):
        if answers(cluster):
            return
        say_waiting(began, "a server of this data folder is running and does not answer yet")
        time.sleep(POLL_SECONDS)


def server_processes(cluster: Cluster) -> list[psutil.Process]:
    """Return the living `postgres` processes of this cluster: each has the cluster as working folder."""
    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] != "postgres" or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if os.path.samefile(process.cwd(), cluster.folder):
                found.append(process)
    reap(cluster)
    return found


def reap(cluster: Cluster) -> None:
    """Collect our own dead server, so that it is no zombie."""
    process = _started.get(cluster.data)
    if process is not None:
        process.poll()


def postmaster_pid(cluster: Cluster) -> int | None:
    """Return the pid in the cluster's pid file, or None when there is none, or it is empty."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((cluster.folder / "postmaster.pid").read_text().splitlines()[0])
    return None


def stop(cluster: Cluster) -> None:
    """Stop the server fast (open transactions are rolled back), after checking that the pid is really its own."""
    pid = postmaster_pid(cluster)
    processes = server_processes(cluster)
    if pid not in {process.pid for process in processes}:
        return
    for sign in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        _, alive = psutil.wait_procs(processes, timeout=STOP_SECONDS)
        reap(cluster)
        if not [process for process in alive if process.pid == pid and process.status() != psutil.STATUS_ZOMBIE]:
            break
    with contextlib.suppress(OSError):
        cluster.socket.rmdir()
