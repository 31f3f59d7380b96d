"""The tools that everybody would otherwise have to remember: imports, style, types, migrations, checks."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.folders import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the environment in the root of the project."""
    python = [sys.executable, "-m", *command]
    return subprocess.run(python, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ)


def test_each_layer_imports_only_what_is_below_it():
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_the_style_is_that_of_ruff():
    done = run("ruff", "check", ".")

    assert done.returncode == 0, done.stdout


def test_the_types_hold():
    done = run("mypy", ".")

    assert done.returncode == 0, done.stdout


def test_every_change_of_a_model_has_its_migration():
    done = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_own_check_of_django_is_silent():
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
