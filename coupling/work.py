"""The port through which couplings start synchronizing: whoever runs jobs offers it, nobody here knows who that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponseBase

from coupling.models import IntegrationTableMapping
from coupling.plan import Key
from records.errors import Refused


class Work(Protocol):
    """Starting jobs for records, and telling about them."""

    def synchronize(
        self,
        *,
        mapping: str,
        direction: str,
        erp_ids: Sequence[Key] = (),
        crm_ids: Sequence[Key] = (),
        create_new: bool = False,
        user_name: str = "",
    ) -> list[Any]:
        """Jobs that carry these records in one direction (`to_crm`, `from_crm`), written in this transaction."""

    def uncouple(self, *, mapping: str, erp_ids: Sequence[Key], user_name: str = "") -> list[Any]:
        """Jobs that remove the couplings of these records in the background."""

    def let_in_count(self, mapping: str) -> int:
        """How many records inside the filters of a mapping it would carry but nobody has looked at; see `sync.let_in`."""

    def missing_partners(
        self, request: HttpRequest, *, mapping: IntegrationTableMapping, side: str, keys: Sequence[Key]
    ) -> str:
        """The part of a dialog that tells what has to be coupled before these records go over; blank without any."""

    def show(self, jobs: Sequence[Any]) -> list[dict[str, Any]]:
        """Jobs as the API answers them, as they are now."""

    def wait(self, jobs: Sequence[Any], seconds: float) -> None:
        """Hold until the jobs have ended, at most so long."""

    def follow(self, request: HttpRequest, jobs: Sequence[Any], message: str) -> HttpResponseBase:
        """The answer of a dialog that started jobs: a notice that follows them and refreshes the page at their end."""


_offered: list[Work] = []


def offer(work: Work) -> None:
    """Offer the port; the last one counts."""
    _offered[:] = [work]


def offered() -> Work | None:
    """The port; None where nobody runs jobs."""
    return _offered[0] if _offered else None


def work() -> Work:
    """The offered port; Refused `unavailable` where nobody runs jobs."""
    if not _offered:
        raise Refused("unavailable")
    return _offered[0]
