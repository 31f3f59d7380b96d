"""The composition root as a Django app: management commands, checks and start-up wiring."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wires the apps together once all of them are loaded."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Connect the apps (see `config.wiring`)."""
        from config import wiring
        from config.celery import app as _celery  # noqa: F401  rings need the configured application

        wiring.connect()
