"""Where this installation keeps its data. Standard library only: it is read before settings exist."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """Return the data folder: `TANDEM_DATA`, else `var/` beside `manage.py`; links resolved, not created."""
    named = os.environ.get("TANDEM_DATA", "")
    return Path(named).expanduser().resolve() if named else ROOT / "var"


def private_folder(path: Path) -> Path:
    """Create `path` (and its parents) readable by its owner alone where it does not exist yet; return it."""
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    return path
