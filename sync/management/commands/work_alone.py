"""`manage.py work_alone`: a process beside a worker; people have no use for it."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sync.jobs.alone.child import Answer, serve
from sync.jobs.claim import Claim


class Command(BaseCommand):
    help = "Works on single records of a chunk that has ended workers; started by a worker."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("claim", type=json.loads)
        parser.add_argument("answers", type=int)

    def handle(self, **options: Any) -> None:
        def answer(said: Answer) -> None:
            os.write(options["answers"], (json.dumps(said) + "\n").encode())

        serve(Claim(**options["claim"]), sys.stdin, answer)
