"""The Sales side."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """The Sales side."""

    name = "crm"
