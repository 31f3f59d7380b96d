"""The embedded database: shared, found, recovered and refused as it should be; with real servers."""

from __future__ import annotations

import os
import platform
import pwd
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2
import pytest

from config import embedded, postmaster
from config.cluster import (
    SHARED,
    EmbeddedError,
    account_by_uid,
    can_run,
    data_hash,
    locate,
    socket_folder,
    wheel_binaries,
)
from tests.config.conftest import Users, clean_up

WAIT = "import sys; sys.stdin.read()"
is_root = os.geteuid() == 0
as_root = pytest.mark.skipif(not is_root, reason="needs root, to become somebody else")


def connected(users: Users, data: Path) -> subprocess.Popen[str]:
    """Start a process that uses the database until its input closes."""
    process = users.start(data, WAIT)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == "connected\n", process.communicate()[1]
    return process


def server_of(data: Path) -> psutil.Process:
    """Return the running server of a data folder."""
    pid = postmaster.postmaster_pid(locate(data))
    assert pid is not None
    return psutil.Process(pid)


def is_running(data: Path) -> bool:
    return bool(postmaster.server_processes(locate(data)))


# Sharing


def test_a_process_starts_the_server_for_its_own_duration(data: Path, users: Users):
    assert users.run(data, "cursor.execute('SELECT 6 * 7'); print(cursor.fetchone()[0])") == "42"

    assert not is_running(data)


def test_processes_that_start_at_once_share_one_server_and_the_last_one_stops_it(data: Path, users: Users):
    started = [users.start(data, WAIT) for _ in range(4)]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "connected\n"
    pid = server_of(data).pid

    for process in started[:3]:
        process.communicate("")
        assert server_of(data).pid == pid
    started[3].communicate("")

    assert not is_running(data)


@pytest.mark.faults
def test_the_starter_may_end_before_the_others(data: Path, users: Users):
    starter = connected(users, data)
    other = connected(users, data)

    starter.communicate("")

    assert server_of(data).is_running()
    other.communicate("")
    assert not is_running(data)


@pytest.mark.faults
def test_a_killed_user_does_not_keep_the_server_for_ever(data: Path, users: Users):
    killed = connected(users, data)
    killed.kill()
    killed.communicate()
    assert is_running(data)

    users.run(data)

    assert not is_running(data)


@pytest.mark.faults
def test_a_forked_child_that_ends_leaves_the_server_to_its_parent(data: Path, users: Users):
    code = "import os\nif os.fork() == 0: sys.exit(0)\nos.wait(); cursor.execute('SELECT 1'); print(cursor.fetchone())"

    assert users.run(data, code) == "(1,)"


# Places


def test_blank_accent_comma_quote_and_150_characters_in_the_path(place: Path, users: Users):
    folder = place / 'Grüße, an "Zoë\'s" Büro' / ("lång " * 30) / "data"
    assert len(str(folder)) > 150
    try:
        users.run(folder, "cursor.execute('CREATE TABLE kept (text text)')")
        assert users.run(folder, "cursor.execute('SELECT count(*) FROM kept'); print(cursor.fetchone()[0])") == "0"
    finally:
        clean_up(folder)


@pytest.mark.parametrize("language", [{}, {"LANG": "xx_YY.UTF-8", "LC_ALL": "tr_TR"}], ids=["unset", "unknown"])
def test_locale_and_postgres_variables_of_the_environment_do_not_matter(data, users, language, monkeypatch):
    for name in ("LANG", "LC_ALL", "LC_CTYPE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    hostile = {"PGPORT": "1", "PGHOST": "nowhere", "PGUSER": "nobody", "PGDATABASE": "none", "PGDATA": "/nowhere"}
    query = "SELECT lower('ÅÇİ'), 'Z' < 'a', 'é' > 'z', current_setting('server_encoding')"
    code = f"cursor.execute({query!r}); print(cursor.fetchone())"

    output = users.run(data, code, env=hostile | language | {"PYTHONIOENCODING": "utf-8"})

    assert output == "('åçi', True, True, 'UTF8')"


def test_only_the_data_folder_and_a_private_socket_folder_are_touched(place: Path, users: Users):
    parent = place / "closed"
    parent.mkdir(mode=0o755)
    before = stat.S_IMODE(parent.stat().st_mode), parent.stat().st_uid
    folder = parent / "data"
    try:
        process = connected(users, folder)
        socket = socket_folder(folder)

        assert (stat.S_IMODE(parent.stat().st_mode), parent.stat().st_uid) == before
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "pg").stat().st_mode) == 0o700
        assert [path.name for path in parent.iterdir()] == ["data"]
        process.communicate("")
        assert not socket.exists()
    finally:
        clean_up(folder)


@as_root
def test_root_runs_the_server_as_somebody_else_and_nobody_else_may_connect(data: Path, users: Users):
    process = connected(users, data)
    server = server_of(data)

    assert server.uids().effective != 0
    stranger = subprocess.run(
        ["psql", "-h", str(socket_folder(data)), "-U", "tandem", "-c", "SELECT 1"],
        executable=locate(data).program("psql"), capture_output=True, text=True, check=False,
        **locate(data).account.popen(),
    )  # fmt: skip
    assert stranger.returncode != 0
    process.communicate("")


@as_root
@pytest.mark.faults
def test_root_moves_cluster_and_binaries_where_its_account_can_reach_them(place: Path, users: Users):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    folder = closed / "data"
    home = SHARED / data_hash(folder)
    try:
        users.run(folder, "cursor.execute('CREATE TABLE kept (text text)')")

        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert (folder / "pg").resolve() == home / "pg"
        assert (home / "binaries").is_dir()
        assert users.run(folder, "cursor.execute('SELECT count(*) FROM kept'); print(cursor.fetchone()[0])") == "0"
    finally:
        clean_up(folder)


@as_root
def test_an_ordinary_user_runs_the_server_itself(place: Path, users: Users):
    nobody = pwd.getpwnam("nobody")
    home = place / "home of nobody"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    if not can_run(account_by_uid(nobody.pw_uid), wheel_binaries()):
        pytest.skip("another user cannot reach the installed programs")
    code = "cursor.execute('SELECT current_user'); print(cursor.fetchone()[0])"

    output = users.run(home / "data", code, env={"BECOME": str(nobody.pw_uid)})

    assert output == "tandem"
    assert (home / "data" / "pg").stat().st_uid == nobody.pw_uid
    # Root may look at it, with the server still run by its owner and nothing changed.
    users.run(home / "data")
    assert (home / "data" / "pg").stat().st_uid == nobody.pw_uid


@as_root
@pytest.mark.faults
def test_data_of_another_user_is_refused(data: Path, users: Users):
    users.run(data)

    process = users.start(data, "", env={"BECOME": str(pwd.getpwnam("daemon").pw_uid)})

    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "belongs to another user" in errors


# Remains of dead servers


def kill_server(data: Path) -> int:
    """Kill the server and everything it started; return its pid."""
    server = server_of(data)
    family = [server, *server.children(recursive=True)]
    for process in family:
        process.kill()
    deadline = time.monotonic() + 5
    while any(postmaster.is_alive(process) for process in family) and time.monotonic() < deadline:
        time.sleep(0.01)
    return server.pid


@pytest.mark.faults
def test_committed_data_survive_a_killed_server(data: Path, users: Users):
    process = connected(users, data)
    users.run(data, "cursor.execute('CREATE TABLE kept AS SELECT 1 AS n')")

    server_of(data).kill()

    assert users.run(data, "cursor.execute('SELECT n FROM kept'); print(cursor.fetchone()[0])") == "1"
    process.communicate("")


@pytest.mark.faults
@pytest.mark.parametrize("remains", ["dead pid", "reused pid", "empty file", "no number"])
def test_a_pid_file_that_lies_is_cleared(data: Path, users: Users, remains: str):
    connected(users, data)
    dead = kill_server(data)
    pid_file = locate(data).folder / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    assert int(lines[0]) == dead
    text = {"dead pid": str(dead), "reused pid": str(os.getpid()), "empty file": "", "no number": "hello"}[remains]
    pid_file.write_text("\n".join([text, *lines[1:]]) if text else "")

    assert users.run(data, "cursor.execute('SELECT 1'); print(cursor.fetchone()[0])") == "1"
    assert psutil.pid_exists(os.getpid())


@pytest.mark.faults
def test_a_server_that_is_a_zombie_counts_as_dead(data: Path):
    embedded.ensure(data)
    try:
        server = server_of(data)
        server.kill()  # our own child: a zombie until somebody collects it
        deadline = time.monotonic() + 5
        while server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.01)

        found = embedded.ensure(data)

        psycopg2.connect(**found.connection).close()
        assert server_of(data).pid != server.pid
    finally:
        embedded.release(data)


@pytest.mark.faults
def test_a_killed_initdb_is_begun_anew(data: Path, users: Users):
    (data / "pg.new").mkdir(parents=True)
    (data / "pg.new" / "PG_VERSION").write_text("18\n")

    users.run(data)

    assert not (data / "pg.new").exists()


@pytest.mark.faults
def test_stop_leaves_a_stranger_with_the_recorded_pid_alone(data: Path, users: Users):
    users.run(data)
    stranger = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    (locate(data).folder / "postmaster.pid").write_text(f"{stranger.pid}\n")

    postmaster.stop(locate(data))

    assert stranger.poll() is None
    stranger.communicate(b"")


# Refusals


def test_a_socket_folder_of_somebody_else_is_refused(data: Path, users: Users):
    socket_folder(data).mkdir(mode=0o755)
    try:
        process = users.start(data, "")
        _, errors = process.communicate(timeout=30)

        assert process.returncode == 1
        assert "is no private folder" in errors
    finally:
        socket_folder(data).rmdir()


@pytest.mark.faults
def test_another_major_version_is_refused(data: Path, users: Users):
    users.run(data)
    (locate(data).folder / "PG_VERSION").write_text("17\n")

    process = users.start(data, "")

    assert "is of PostgreSQL 17; this release runs 18" in process.communicate(timeout=30)[1]


def test_a_lost_cluster_is_not_replaced_by_an_empty_one(data: Path):
    data.mkdir()
    (data / "pg").symlink_to(data.parent / "gone")

    with pytest.raises(EmbeddedError, match="is gone"):
        locate(data)
    (data / "pg").unlink()


@pytest.mark.faults
def test_a_failed_start_shows_what_the_server_said(data: Path, users: Users):
    users.run(data)
    (locate(data).folder / "postgresql.conf").write_text("no_such_setting = 1\n")

    process = users.start(data, "")

    assert "no_such_setting" in process.communicate(timeout=30)[1]


@pytest.mark.parametrize(("system", "library"), [("Windows", ""), ("Linux", "musl"), ("FreeBSD", "")])
def test_an_unsupported_system_is_refused_with_the_way_out(monkeypatch, data: Path, system: str, library: str):
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "libc_ver", lambda: (library, ""))

    with pytest.raises(EmbeddedError, match="DATABASE_URL"):
        locate(data)
    assert not data.exists()


@pytest.mark.faults
def test_the_settings_of_the_server_are_those_that_were_measured(data: Path, users: Users):
    names = [
        "shared_buffers",
        "max_wal_size",
        "random_page_cost",
        "synchronous_commit",
        "fsync",
        "data_checksums",
        "listen_addresses",
        "idle_in_transaction_session_timeout",
    ]
    code = f"for name in {names!r}:\n    cursor.execute('SHOW ' + name); print(name, *cursor.fetchone())"

    assert users.run(data, code).splitlines() == [
        "shared_buffers 256MB",
        "max_wal_size 4GB",
        "random_page_cost 1.1",
        "synchronous_commit on",
        "fsync on",
        "data_checksums on",
        "listen_addresses ",
        "idle_in_transaction_session_timeout 5min",
    ]


@pytest.mark.faults
def test_signals_of_a_terminal_do_not_reach_the_server(data: Path, users: Users):
    process = connected(users, data)
    server = server_of(data)

    assert os.getsid(server.pid) != os.getsid(process.pid)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert not is_running(data)


@pytest.mark.faults
def test_a_server_whose_socket_was_removed_is_replaced(data: Path, users: Users):
    connected(users, data)
    lost = server_of(data)
    for path in socket_folder(data).iterdir():
        path.unlink()

    assert users.run(data, "cursor.execute('SELECT 1'); print(cursor.fetchone()[0])") == "1"
    assert not postmaster.is_alive(lost)
