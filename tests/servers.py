"""Runs `script/server` as a user would, in a process of its own; for tests of the whole."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from config.folders import ROOT

START_SECONDS = 240


class RunningServer:
    """A server on a data folder of its own and a free port; `output` is what it printed so far."""

    def __init__(self, data: Path, *options: str, **environment: str) -> None:
        """Start it; `wait_until_served` waits for the first page."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("TANDEM", "DJANGO", "COV"))}
        self.data = data
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.server", "--data", str(data), *options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=kept | {"PYTHONUNBUFFERED": "1"} | environment,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self.lines.extend(iter(output.readline, ""))

    @property
    def output(self) -> str:
        """Return what the server printed so far."""
        return "".join(self.lines)

    @property
    def address(self) -> str:
        """Return the address it printed."""
        found = re.search(r"http://\S+", self.output)
        assert found, self.output
        return found[0]

    def wait_until_served(self) -> None:
        """Wait for the line with the address."""
        wait_for(lambda: "Tandem runs at" in self.output or self.process.poll() is not None, START_SECONDS)
        assert "Tandem runs at" in self.output, self.output

    def wait_to_end(self, seconds: float = 20) -> int:
        """Wait for the end; return the exit code."""
        code = self.process.wait(seconds)
        self.reader.join(5)
        return code

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and text of one address."""
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def children(self, role: str) -> list[psutil.Process]:
        """Return its processes of one role: web, worker or beat."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.cmdline()[-1:] == [role]:
                    found.append(child)
        return found

    def family(self) -> list[psutil.Process]:
        """Return the server and all processes below it."""
        whole = psutil.Process(self.process.pid)
        return [whole, *whole.children(recursive=True)]

    def stop(self) -> float:
        """Stop it as Ctrl-C does; return the seconds that took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.wait_to_end(30)
        return time.monotonic() - began


def wait_for(condition: Callable[[], object], seconds: float) -> None:
    """Wait until `condition` holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.05)
