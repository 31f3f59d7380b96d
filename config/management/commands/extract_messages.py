"""`manage.py extract_messages`: bring the catalogues of all languages up to date with the texts in the program."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.extraction import extract, update
from config.languages import LANGUAGES


class Command(BaseCommand):
    help = "Collect all texts from Python files and templates into locale/*/LC_MESSAGES/django.po."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        template = extract()
        for language, name in LANGUAGES:
            if language == "en":
                continue  # the source text is American English
            came, went = update(language, template)
            self.stdout.write(f"{name}: {len(template)} texts, {came} new, {went} gone")
