"""A job has failed: once there are enough of them, notification bars and a message to the webhook, in its transaction."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections
from django.utils import timezone
from django.utils.translation import override

from records.messages import text
from sync.models import FailureNotice, Job, JobNotification, UntoldFailure, WebhookDelivery


def job_failed(job: Job) -> None:
    """Count it; at the threshold tell those who want to know. Previews and what depends on a failed job do not count."""
    if job.preview or job.message_code in ("dependency_failed", "mapping_changed"):
        return
    wanted = JobNotification.objects.first()
    if wanted is None or not (wanted.in_product or wanted.webhook_url):
        return
    UntoldFailure.objects.get_or_create(job=job.pk)
    if UntoldFailure.objects.count() >= wanted.threshold:
        count, _by_model = UntoldFailure.objects.all().delete()
        _tell(wanted, job, count)


def _tell(wanted: JobNotification, job: Job, count: int) -> None:
    names = recipients(wanted, job)
    if wanted.in_product:
        FailureNotice.objects.bulk_create(FailureNotice(user_name=name, count=count, job=job.pk) for name in names)
    if wanted.webhook_url and names:
        WebhookDelivery.objects.create(body=message(job, count, names), next_at=timezone.now())


def recipients(wanted: JobNotification, job: Job) -> list[str]:
    """The users who are told: whoever started the job, administrators, or both; no services."""
    people = get_user_model().objects.filter(active=True, is_service=False).order_by("username")
    return [
        user.username
        for user in people
        if (wanted.notify_starter and job.by_user and user.username == job.requested_by)
        or (wanted.notify_administrators and user.has_right("setup"))
    ]


def message(job: Job, count: int, names: list[str]) -> dict[str, Any]:
    """What the webhook gets; the sentence is in English."""
    with override("en"):
        said = text(job.message_code, job.message_params)
    return {
        "event": "job_failed",
        "count": count,
        "recipients": names,
        "job": {
            "id": str(job.pk),
            "kind": job.kind,
            "mapping": job.mapping,
            "requested_by": job.requested_by,
            "code": job.message_code,
            "detail": said,
        },
    }


def install(using: str = "default", **_: Any) -> None:
    """The row of settings; connected to `post_migrate` of this app."""
    if JobNotification._meta.db_table in connections[using].introspection.table_names():
        found = JobNotification.objects.using(using)
        if not found.exists():
            found.bulk_create([JobNotification()])
