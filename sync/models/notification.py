"""Who is told of jobs that failed, how, and what was told: in the product and over a webhook."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.batch import Batch
from records.fields import Bool, Int, Text
from sync.models.base import SyncTable


class JobNotification(SyncTable):
    """The one row of settings, made with the table."""

    notify_starter = Bool(default=True, db_default=True, caption=_("Notify the User Who Started the Job"))
    notify_administrators = Bool(default=True, db_default=True, caption=_("Notify Administrators"))
    in_product = Bool(default=True, db_default=True, caption=_("Show a Notification Bar"))
    webhook_url = Text(500, db_default="", caption=_("Webhook Address"))
    threshold = Int(default=1, db_default=1, minimum=1, maximum=1000, caption=_("Notify After No. of Failed Jobs"))

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Job Failure Notifications")
        verbose_name_plural = _("Job Failure Notifications")

    class Record:
        label = _("Job Failure Notifications")
        plural = _("Job Failure Notifications")
        natural_key = None
        title = ()
        singleton = True
        path = "job-notifications"

    def __str__(self) -> str:
        return f"after {self.threshold}"

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """A webhook's address is one that may be called."""
        from sync.notifications.address import AddressError, parts

        for row in batch.live:
            url = row.get("webhook_url")
            if url and "webhook_url" in row.changed:
                try:
                    parts(url)
                except AddressError as error:
                    row.reject("webhook_url", error.code, **error.params)


class UntoldFailure(models.Model):
    """A job that failed and that nobody was told of yet, because there are not enough of them."""

    job = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.job)


class FailureNotice(models.Model):
    """One notification bar of one user: so many jobs failed, the last of them. Gone when it is closed."""

    id = models.BigAutoField(primary_key=True)
    user_name = models.CharField(max_length=80)
    count = models.IntegerField(default=1)
    job = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["user_name"], name="sync_notice_of_user")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.count}"


class WebhookDelivery(models.Model):
    """A message to the webhook: `waiting` until it was taken, `failed` when that was tried often enough.

    Written in the transaction that ends the job; sent by any worker afterwards.
    """

    id = models.BigAutoField(primary_key=True)
    body = models.JSONField()
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=50, default="", blank=True)
    error_params = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="sync_webhook_due")
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.attempts}"
