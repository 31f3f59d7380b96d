"""`manage.py prepare`: everything between an installed program and one that can serve."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

OLDEST_SERVER = 18


class Command(BaseCommand):
    help = "Apply migrations, collect static files and create company and users where there are none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo-data", action="store_true", help="create an empty company")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_old_server()
        call_command("migrate", interactive=False, verbosity=0)
        collect_static_files()
        if "setup_installation" in get_commands():
            call_command("setup_installation", no_demo_data=options["no_demo_data"], stdout=self.stdout)


def refuse_old_server() -> None:
    """Stop with a message when the database is older than what the program needs."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0]) // 10000
    except OperationalError as error:
        raise CommandError(f"The database cannot be reached: {error}") from error
    if version < OLDEST_SERVER:
        raise CommandError(f"Tandem needs PostgreSQL {OLDEST_SERVER} or newer; this server is {version}.")


def collect_static_files() -> None:
    """Collect when a static file has changed since the last time."""
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = storage.path(name), storage.size(name), storage.get_modified_time(name)
            found.update(repr(status).encode())
    stamp = settings.STATIC_ROOT / ".collected"
    if not stamp.exists() or stamp.read_text() != found.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(found.hexdigest())
