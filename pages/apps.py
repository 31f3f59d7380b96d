"""Page machinery: lists, cards, dialogs, registry."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Page machinery: lists, cards, dialogs, registry."""

    name = "pages"

    def ready(self) -> None:
        """Register the system checks and the page of the machinery itself."""
        from pages import checks, keyboard

        assert checks, keyboard  # they register themselves by being imported
