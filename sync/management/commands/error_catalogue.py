"""`manage.py error_catalogue`: the error catalogue as a page of the documentation (`docs/administration/errors.md`)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from pages import registry
from sync import catalogue

NAMES = {"erp_product": "Business Central", "crm_product": "Dynamics 365 Sales"}
HEAD = """# Error catalogue

Every reason that the log can give for a record that was kept back or a job that failed, with its cause and what to do
about it. The page **Error Catalog** shows the same in the user's language, with the way to the page and the number of
open errors. In the API a reason is the `code` of the first column; `detail` is its sentence.

What to do with the records themselves: [conflicts.md](conflicts.md). How long the log is kept: [schedules.md](schedules.md#how-long-the-log-is-kept).

![Error Catalog](../images/error-catalogue.png)

| Code | Message | Cause | Next step | Page |
|---|---|---|---|---|
"""


class Command(BaseCommand):
    """Prints the page in English."""

    help = "Print docs/administration/errors.md"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it to stdout."""
        self.stdout.write(markdown(), ending="")


def markdown() -> str:
    """The page, from the catalogue as it is in the code."""
    with translation.override("en"):
        rows = [
            f"| `{reason.code}` | {_cell(reason.text)} | {_cell(reason.cause)} | {_cell(reason.step)} | {_page(reason)} |\n"
            for reason in catalogue.every(NAMES)
        ]
    return HEAD + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _page(reason: catalogue.Shown) -> str:
    return str(registry.get(reason.page).title)
