"""`script/server` itself, run as a user would from a folder with an awkward name and an empty environment."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from config.folders import ROOT
from tests.config.conftest import clean_up

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


@pytest.fixture
def copy(place: Path) -> Path:
    """A copy of the program, with the packages of this one, in a path with blanks, accents and 150 characters."""
    folder = place / "Mitt arbete, några försök" / ("mycket långt " * 12).strip() / "tandem"
    kept_out = shutil.ignore_patterns(".venv", "var", ".git", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, folder, ignore=kept_out)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    assert len(str(folder)) > 150
    return folder


def start(copy: Path, *options: str) -> subprocess.Popen[str]:
    """Start `script/server` from another folder, with nothing in the environment but a PATH."""
    return subprocess.Popen(
        [copy / "script" / "server", "--port", "0", "--no-demo-data", *options],
        cwd=copy.parent,
        env={"PATH": os.environ.get("PATH", os.defpath)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def read_until_served(process: subprocess.Popen[str]) -> str:
    """Return what it printed up to the address."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if "Tandem runs at" in line:
            return printed
    raise AssertionError(printed)


def test_the_two_starts_of_a_new_user(copy: Path):
    data = copy.parent / "min data"
    process = start(copy, "--data", "min data")
    try:
        first = read_until_served(process)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10)[0].endswith("Stopping ...\n")
        assert process.returncode == 0
        passwords = dict(re.findall(r"^ *(admin|salesperson|viewer) +(\S+)$", first, re.MULTILINE))
        assert len(set(passwords.values())) == 3
        assert (data / "pg").exists()

        process = start(copy, "--data", "min data")
        second = read_until_served(process)
        assert "Installing" not in second
        assert not set(passwords.values()) & set(second.split())
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
        clean_up(data)
