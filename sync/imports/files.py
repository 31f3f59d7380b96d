"""Opening a file of either kind: what it holds decides, not what it is called."""

from __future__ import annotations

from pathlib import Path

from sync.imports import archive
from sync.imports.reader import Reader
from sync.imports.rows import FileError
from sync.imports.workbook import WorkbookReader

AnyReader = Reader | WorkbookReader


def open_file(path: Path, sheet: str = "") -> AnyReader:
    """A CSV file or a sheet of a workbook. Raises FileError."""
    if archive.is_workbook(path):
        return WorkbookReader(path, sheet)
    if sheet:
        raise FileError("unknown_sheet", sheet=sheet[:80], known="")
    return Reader(path)


def open_back(path: Path) -> WorkbookReader:
    """A workbook that was made to be edited and sent back. Raises FileError."""
    if not archive.is_workbook(path):
        raise FileError("file_not_for_edit")
    return WorkbookReader(path, back=True)
