"""A fresh server with demo data, and a browser: for the browser tests and for the pictures of the documentation."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.config.conftest import clean_up
from tests.servers import RunningServer

PASSWORDS = {"admin": "admin-of-a-test-1", "salesperson": "salesperson-of-a-test-1", "viewer": "viewer-of-a-test-1"}


@contextlib.contextmanager
def demo_server() -> Iterator[str]:
    """Run a server with demo data in a folder that is removed afterwards; gives its address without a last slash."""
    place = Path(tempfile.mkdtemp(prefix="tandem-test-"))
    place.chmod(0o755)
    given = {f"TANDEM_PASSWORD_{name.upper()}": password for name, password in PASSWORDS.items()}
    running = RunningServer(place / "data", "--port", "0", **given)
    try:
        running.wait_until_served()
        yield running.address.rstrip("/")
    finally:
        running.stop()
        clean_up(running.data)
        shutil.rmtree(place)


@contextlib.contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Run a headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
