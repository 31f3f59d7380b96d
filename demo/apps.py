"""The demo company."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo company."""

    name = "demo"
    default_auto_field = "django.db.models.BigAutoField"
