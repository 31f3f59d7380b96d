"""The lines of the full synchronization review: what is recommended for each mapping and how far it is."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from records.fields import Choice, Code, Guid
from sync.models.base import SyncTable

RECOMMENDATIONS = {
    "full_synchronization": _("Full Synchronization"),
    "couple_records": _("Couple Records"),
    "no_records": _("No Records Found"),
}
LINE_STATES = {
    "": "",
    "ready": _("Ready"),
    "in_process": _("In Process"),
    "finished": _("Finished"),
    "error": _("Error"),
}
PASS_STATES = {"": "", "in_process": _("In Process"), "success": _("Success"), "error": _("Error")}


class FullSyncLine(SyncTable):
    """A line that was started (or that an administrator changed). Mappings without one stand in the review as well.

    `job`: what was started; status and passes are read from it (see `sync.full_sync`).
    """

    mapping = Code(20, unique=True, caption=_("Name"), readonly=True)
    recommendation = Choice(RECOMMENDATIONS, caption=_("Recommendation"), readonly=True)
    job = Guid(caption=_("Job"), readonly=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Full Synchronization Review Line")
        verbose_name_plural = _("Full Synchronization Review Lines")

    class Record:
        label = _("Full Synchronization Review Line")
        plural = _("Full Synchronization Review Lines")
        natural_key = "mapping"
        title = ("mapping",)
        search = ("mapping",)
        sort = ("mapping",)
        path = "full-sync"

    def __str__(self) -> str:
        return f"{self.mapping} {self.recommendation}"
