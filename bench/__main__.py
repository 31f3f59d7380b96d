"""`python -m bench NAME ...`: run a benchmark by name."""

from __future__ import annotations

import importlib
import os
import sys

NAMES = ("sync", "importing", "pages", "matching")


def main() -> int:
    """Dispatch to the benchmark's module."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print(f"usage: script/bench {{{','.join(NAMES)}}} [options]", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    return int(importlib.import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
