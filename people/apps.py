"""Users, permission sets, settings, saved views, tokens and audit."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, permission sets, settings, saved views, tokens and audit."""

    name = "people"
