"""The composition root as a Django app: management commands, health, and the configured Celery application."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Makes the Celery application known: whoever rings needs it configured."""

    name = "config"

    def ready(self) -> None:
        """Load the Celery application."""
        from config import celery

        celery.app.set_default()
