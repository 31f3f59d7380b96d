"""`manage.py setup_installation`: users, company and Sales side of a new installation, with demo data."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from demo.installation import set_up


class Command(BaseCommand):
    help = "Create users, company and Sales side where there are none, with demo data unless told otherwise."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo-data", action="store_true", help="leave the company empty")

    def handle(self, *args: Any, **options: Any) -> None:
        set_up(demo_data=not options["no_demo_data"], tell=self.tell)

    def tell(self, line: str) -> None:
        """Show a line at once, also through a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
