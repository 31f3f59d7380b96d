"""Page machinery: lists, cards, dialogs, registry."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Page machinery: lists, cards, dialogs, registry."""

    name = "pages"
