"""The audit log: entries are added, never changed; the database refuses the rest (see `people.sql`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.messages import of_prefix

#: captions of actions are registered as messages with this before the code
PREFIX = "audit."


class AuditEntry(models.Model):
    """Who did what to whom, with the values before and after (secrets only as "changed")."""

    at = models.DateTimeField(_("Date and Time"), auto_now_add=True, db_index=True)
    user_name = models.CharField(_("User Name"), max_length=80, blank=True, default="")
    source = models.CharField(_("Source"), max_length=20, blank=True, default="")
    action = models.CharField(_("Action"), max_length=60)
    target = models.CharField(_("Record"), max_length=250, blank=True, default="")
    old = models.JSONField(_("Old Value"), null=True, blank=True)
    new = models.JSONField(_("New Value"), null=True, blank=True)

    @property
    def caption(self) -> str:
        """What was done, in the user's language; the code where it is not known (any more)."""
        return of_prefix(PREFIX).get(self.action, self.action)

    class Meta:
        verbose_name = _("Audit Log Entry")
        verbose_name_plural = _("Audit Log")
        ordering: ClassVar[list[str]] = ["-id"]
