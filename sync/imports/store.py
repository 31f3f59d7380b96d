"""Where uploaded files are kept until their job ends: below `imports` of the installation's files."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.conf import settings

from records.errors import FieldError, Rejected
from records.messages import text
from sync import conf
from sync.models import Job

log = logging.getLogger(__name__)
_BLOCK = 1 << 20
FORGET_SECONDS = 24 * 3600


def folder() -> Path:
    """The folder, made when it is needed."""
    path = Path(settings.MEDIA_ROOT) / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(name: str) -> Path:
    """The file that belongs to a key (made by `store`)."""
    return folder() / f"{name}.csv"


def store(name: str, blocks: Iterable[bytes]) -> Path:
    """Write a file block by block. Raises Rejected where it grows larger than an import may be."""
    tidy()
    path, size, limit = path_of(name), 0, int(conf.value("IMPORT_MAX_BYTES"))
    with path.open("xb") as file:
        for block in blocks:
            size += len(block)
            if size > limit:
                break
            file.write(block)
    if size > limit:
        path.unlink()
        raise too_large()
    return path


def blocks_of(file: IO[bytes]) -> Iterable[bytes]:
    """An open file in blocks."""
    while block := file.read(_BLOCK):
        yield block


def too_large() -> Rejected:
    """The refusal of a file."""
    return Rejected([FieldError("file", "file_too_large", _limit())])


def said_of_large() -> str:
    """The same for people, before the file is sent."""
    return text("file_too_large", _limit())


def _limit() -> dict[str, int]:
    return {"max": int(conf.value("IMPORT_MAX_BYTES")) // 1_000_000}


def has(name: str) -> bool:
    """True where a file is stored under this key."""
    return bool(name) and path_of(name).is_file()


def tidy() -> None:
    """Remove files that were uploaded and never imported."""
    oldest = time.time() - FORGET_SECONDS
    for path in folder().glob("*.csv"):
        try:
            is_old = path.stat().st_mtime < oldest
        except FileNotFoundError:
            continue
        if is_old and not Job.objects.filter(pk=path.stem, finished_at=None).exists():
            remove(path.stem)


def remove(name: str) -> None:
    """Forget a file; one that is gone already is gone."""
    try:
        path_of(name).unlink(missing_ok=True)
    except OSError as error:
        log.warning("the file of import %s stays behind: %s", name, error)
