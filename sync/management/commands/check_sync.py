"""`manage.py check_sync`: the invariants of couplings, jobs and queues; exit code 1 when one is violated."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sync import invariants


class Command(BaseCommand):
    """Check what must always hold."""

    help = "Check what must always hold of couplings, jobs and waiting records (see sync/invariants.py)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--drain-seconds", type=int, default=3600, help="how long a change may wait")

    def handle(self, *args: Any, **options: Any) -> None:
        found = invariants.check(drain_seconds=options["drain_seconds"])
        for violation in found:
            self.stderr.write(f"{violation.invariant} {violation.found}")
        if found:
            sys.exit(1)
        self.stdout.write("all invariants hold")
