"""Keys that a small installation makes for itself and keeps in its data folder, readable by their owner alone."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from config.folders import private_folder


def stored_key(path: Path) -> str:
    """Return the key in `path`, made on first use: 32 random bytes as URL-safe base64 (a Fernet key), mode 0600.

    Two processes that start at once agree: the file appears complete or not at all, and the first one wins.
    """
    private_folder(path.parent)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(base64.urlsafe_b64encode(os.urandom(32)))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise ValueError(f"The key file {path} is empty. Put the old key back, or delete the file.")
    return key
