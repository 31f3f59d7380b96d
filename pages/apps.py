"""Page machinery: lists, cards, dialogs, registry."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Page machinery: lists, cards, dialogs, registry."""

    name = "pages"

    def ready(self) -> None:
        """Register the system checks."""
        from pages import checks

        assert checks  # they register themselves by being imported
