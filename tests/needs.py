"""What some tests need on the machine: a browser, a Redis server. Where it is missing, the run says so loudly."""

from __future__ import annotations

import os
import shutil

SPECIAL = ("browser", "faults", "model", "redis", "tree")


def find_chromium() -> str | None:
    """Return the path of Chromium or Chrome: `CHROMIUM`, else what is on the PATH."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def find_redis() -> str | None:
    """Return the path of `redis-server`."""
    return shutil.which("redis-server")


MISSING = {
    "browser": (find_chromium, "no Chromium was found: install the package chromium, or set CHROMIUM to its path"),
    "redis": (find_redis, "no redis-server was found: install the package redis-server"),
}


def missing_reason(marker: str) -> str:
    """Return why tests with this marker cannot run here, or an empty text."""
    if marker not in MISSING:
        return ""
    find, reason = MISSING[marker]
    return "" if find() else reason
