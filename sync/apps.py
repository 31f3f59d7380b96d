"""Jobs, the engine, schedules and the error work-list."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Jobs, the engine, schedules and the error work-list."""

    name = "sync"
