"""Is a workbook what it says, and small enough to be unpacked? Looked at before anything of it is read.

A workbook is a ZIP archive of XML files. What its directory announces bounds what can come out of it; what is kept in
memory (everything except the rows) is bounded more tightly, and the rows as they are read.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from sync.imports.rows import FileError

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MEGABYTE = 1_000_000
MOST_PARTS = 5_000
MOST_UNPACKED = 4_000 * MEGABYTE
MOST_TEXTS = 96 * MEGABYTE
MOST_OTHER = 16 * MEGABYTE
MOST_ROW = 8 * MEGABYTE
#: Real sheets shrink to a tenth or less; what shrinks far more, and is large, was made to burst.
BOMB_RATIO, BOMB_SIZE = 400, 200 * MEGABYTE


def is_workbook(path: Path) -> bool:
    """True for an archive. Raises FileError for a workbook of the old format, and for one that needs a password."""
    with path.open("rb") as file:
        start = file.read(8)
    if start == OLD:
        raise FileError("file_old_excel")
    return start.startswith(ZIP)


def check(path: Path) -> None:
    """Raises FileError for an archive that is broken, encrypted, no workbook, or too large when it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileError("file_not_excel", why=str(error)[:200]) from None
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or len(parts) > MOST_PARTS:
        raise FileError("file_not_excel", why="")
    if any(part.flag_bits & 1 for part in parts):
        raise FileError("file_old_excel")
    for part in parts:
        _check_part(part)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileError("file_bursts", max=MOST_UNPACKED // MEGABYTE)


def _check_part(part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    if name.startswith("xl/worksheets/") and part.file_size > BOMB_SIZE:
        if part.file_size > BOMB_RATIO * max(part.compress_size, 1):
            raise FileError("file_bursts", max=BOMB_SIZE // MEGABYTE)
        return
    if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/"):
        limit = MOST_TEXTS if name == "xl/sharedstrings.xml" else MOST_OTHER
        if part.file_size > limit:
            raise FileError("file_bursts", max=limit // MEGABYTE)


class Guarded:
    """The XML of a sheet while it is read: a single row may only be so large."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises FileError where a row does not end."""
        block = self.file.read(size)
        found = block.rfind(b"</row>")
        self.since = len(block) - found if found >= 0 else self.since + len(block)
        if self.since > MOST_ROW:
            raise FileError("file_bursts", max=MOST_ROW // MEGABYTE)
        return block
