"""Hooks the database functions and triggers to migrate."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class RecordsConfig(AppConfig):
    """The record layer has no tables of its own."""

    name = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Install functions before and version triggers after migrations."""
        from records import sql

        pre_migrate.connect(sql.install_functions, sender=self, dispatch_uid="records.functions")
        post_migrate.connect(sql.install_version_triggers, dispatch_uid="records.version_triggers")
