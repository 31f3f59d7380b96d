"""An installation for benchmarks in the data folder of this process: migrated, connected, without demo data."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.management import call_command


def prepare() -> None:
    """Migrate and set up once; mappings as shipped."""
    os.environ.setdefault("TANDEM_PASSWORD_ADMIN", "bench-bench-1")
    for folder in ("messages", "control"):
        (settings.BROKER_FOLDER / folder).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("setup_installation", "--no-demo-data")
    from coupling.models import Connection
    from coupling.services.connection import connection_enable

    if not Connection.load().enabled:
        connection_enable(install_defaults=True)
    from sync.models import Schedule

    Schedule.objects.update(state="on_hold")
