"""The Sales side."""

from typing import Any

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """The Sales side."""

    name = "crm"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register texts and API; keep a system user for each user of the installation."""
        from crm import api, messages
        from people.signals import user_saved

        assert messages  # the texts register themselves by being imported
        api.register()
        user_saved.connect(_follow_user, dispatch_uid="crm.system_user")


def _follow_user(user: Any, **_: object) -> None:
    from crm.services.system_user import system_user_ensure

    system_user_ensure(
        user_name=user.get_username(), e_mail=getattr(user, "email", ""), is_service=user.is_service, active=user.active
    )
