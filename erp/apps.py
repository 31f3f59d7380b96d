"""The Business Central side."""

from django.apps import AppConfig


class ErpConfig(AppConfig):
    """The Business Central side."""

    name = "erp"
