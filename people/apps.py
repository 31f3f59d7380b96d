"""Users, permission sets, settings, saved views, tokens and audit."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Users, permission sets, settings, saved views, tokens and audit."""

    name = "people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Install the guards of the audit log after migrations."""
        from people import api, messages, sql

        assert api, messages  # they register themselves by being imported
        post_migrate.connect(sql.install_guards, sender=self, dispatch_uid="people.guards")
