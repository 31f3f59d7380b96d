"""`manage.py compile_catalogues`: compile changed catalogues; the same as `python -m config.catalogues`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.catalogues import compile_all
from config.folders import ROOT


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/django.po to django.mo, without GNU gettext."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_all():
            self.stdout.write(str(path.relative_to(ROOT)))
