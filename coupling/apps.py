"""Connection, mappings, couplings and gateways to the two sides."""

from django.apps import AppConfig


class CouplingConfig(AppConfig):
    """Connection, mappings, couplings and gateways to the two sides."""

    name = "coupling"
