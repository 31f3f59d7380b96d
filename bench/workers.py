"""Worker processes of a benchmark, told over pipes when to work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any


class Workers:
    """Processes that run the product's jobs."""

    def __init__(self, count: int) -> None:
        command = [sys.executable, "-m", "bench.worker"]
        self.told: list[dict[str, Any]] = []
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
        ]
        for process in self.processes:
            self._line(process, "ready")

    @staticmethod
    def _line(process: subprocess.Popen[str], wanted: str = "") -> str:
        assert process.stdout is not None
        for line in process.stdout:
            if (wanted and line.strip() == wanted) or (not wanted and line.startswith('{"seconds"')):
                return line
        raise RuntimeError("a worker ended")

    def run(self) -> list[dict[str, Any]]:
        """Let all of them work until nothing is left; what each one tells."""
        self.go()
        return self.wait()

    def go(self) -> None:
        """Let all of them begin."""
        for process in self.processes:
            self._say(process, "go")

    def wait(self) -> list[dict[str, Any]]:
        """Wait until nothing is left; what each one tells."""
        self.told = [json.loads(self._line(process)) for process in self.processes]
        return self.told

    def wake(self, before: Callable[[], None]) -> None:
        """Let each of them connect and do what `before` asks for, as workers that wait for the bell have."""
        for process in self.processes:
            before()
            self._say(process, "wake")
            self._line(process, "ready")

    @staticmethod
    def _say(process: subprocess.Popen[str], word: str) -> None:
        assert process.stdin is not None
        process.stdin.write(f"{word}\n")
        process.stdin.flush()

    def stop(self) -> None:
        """End the processes."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)
