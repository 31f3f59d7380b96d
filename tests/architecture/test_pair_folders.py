"""A pair of tables is a folder: one from outside is added by one setting, one of ours is removed with its folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = (".git", ".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules")
#: What a pair could disturb: pairs, couplings, jobs, the engine, pages of both sides.
SUITE = ("coupling", "tests/coupling", "tests/unit", "tests/sync")
OUTSIDE = '''"""Countries and business units, from another place."""

from coupling.declare import Line, TableMapping

MAPPING = TableMapping(
    name="COUNTRY",
    erp_table="erp.CountryRegion",
    crm_table="crm.BusinessUnit",
    crm_key_field="businessunitid",
    lines=(Line(erp_field="name", crm_field="name", truncate=True, match=True),),
)
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree that may be changed."""
    copy = tmp_path / "tree"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
    return copy


def run(tree: Path, *command: str, pairs: str = "", path: str = "") -> str:
    """A command in the tree with data of its own; fails with its output."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TANDEM_", "DJANGO_", "PYTEST_"))}
    environment |= {
        "TANDEM_DATA": str(tree.parent / "data"),
        "TANDEM_PAIRS": pairs,
        "PYTHONPATH": os.pathsep.join([str(tree), path]),
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.tree
@pytest.mark.timeout(900)
def test_the_suite_is_green_with_a_pair_from_outside(tree: Path) -> None:
    outside = tree.parent / "outside"
    (outside / "country_unit").mkdir(parents=True)
    (outside / "country_unit" / "__init__.py").write_text('"""A pair."""\n')
    (outside / "country_unit" / "mapping.py").write_text(OUTSIDE)
    setting = {"pairs": "country_unit", "path": str(outside)}

    run(tree, "manage.py", "check", **setting)

    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITE, **setting)


@pytest.mark.tree
@pytest.mark.timeout(900)
def test_the_suite_is_green_without_a_pair(tree: Path) -> None:
    shutil.rmtree(tree / "coupling" / "pairs" / "shipping_agent")

    run(tree, "manage.py", "check")

    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITE)
