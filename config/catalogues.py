"""The texts of all languages: compile `django.po` to `django.mo` without GNU gettext.

Run as `python -m config.catalogues` it needs no settings and no database, and writes only what changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import polib

from config.folders import ROOT


def compile_all(root: Path = ROOT) -> list[Path]:
    """Compile each catalogue below `root/locale` that is newer than its compiled form; return those written."""
    return [compile_one(source) for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")) if is_stale(source)]


def is_stale(source: Path) -> bool:
    """Say whether the compiled form is missing or older than `source`."""
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def compile_one(source: Path) -> Path:
    """Compile one catalogue; the file is replaced as a whole, so that a running server reads the old or the new one."""
    target = source.with_suffix(".mo")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    polib.pofile(str(source), encoding="utf-8", check_for_duplicates=True).save_as_mofile(str(draft))
    draft.replace(target)
    return target


if __name__ == "__main__":
    compile_all()
