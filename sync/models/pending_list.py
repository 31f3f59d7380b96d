"""What waits for each mapping, as a list page can show it: a view over `Pending`."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from records.fields import Choice, Code, DateTime, Guid, Text
from sync.models.base import SyncTable
from sync.models.failure import SIDES


class PendingItem(SyncTable):
    """One waiting record. Nothing is stored here; `id` is made from mapping, side and record."""

    mapping = Code(20, caption=_("Mapping"), readonly=True)
    side = Choice(SIDES, max_length=3, caption=_("Side"), readonly=True)
    record = Guid(internal=True)
    reason = Text(50, caption=_("Reason"), readonly=True)
    not_before = DateTime(caption=_("Not Before"), readonly=True)
    queued_at = DateTime(caption=_("Waiting Since"), readonly=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        managed = False
        db_table = "sync_pending_list"
        verbose_name = _("Waiting Record")
        verbose_name_plural = _("Waiting Records")

    class Record:
        label = _("Waiting Record")
        plural = _("Waiting Records")
        natural_key = None
        title = ("mapping",)
        sort = ("queued_at",)
        path = "pending"

    def __str__(self) -> str:
        return f"{self.mapping} {self.side} {self.record}"
