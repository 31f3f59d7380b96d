"""Messages that wait for the webhook: any worker sends those that are due, again after growing pauses, then gives up."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sync.models import JobNotification, WebhookDelivery
from sync.notifications import webhook
from sync.notifications.address import AddressError

#: Seconds until the next attempt; after the last one the message is given up.
PAUSES = (10, 60, 300, 1800)
#: A worker that dies while it sends has lost the message for so long.
_LEASE_SECONDS = 60
#: Messages that one worker sends before it looks for other work.
ROUND = 3
KEPT_DAYS = 31


def send_due() -> None:
    """Send what is due; others are not kept waiting by an address that does not answer."""
    for _place in range(ROUND):
        if (found := _claim()) is None:
            return
        _send(found)


def _claim() -> WebhookDelivery | None:
    """Take a message for a while, in a transaction of its own: nothing is locked while it is under way."""
    now = timezone.now()
    due = WebhookDelivery.objects.filter(state="waiting", next_at__lte=now)
    if not due.exists():
        return None
    with transaction.atomic():
        found = due.select_for_update(skip_locked=True).order_by("next_at").first()
        if found is None:
            return None
        found.attempts += 1
        found.next_at = now + dt.timedelta(seconds=_LEASE_SECONDS)
        found.save(update_fields=["attempts", "next_at"])
    return found


def _send(found: WebhookDelivery) -> None:
    wanted = JobNotification.objects.first()
    try:
        if wanted is None or not wanted.webhook_url:
            raise AddressError("webhook_address")
        webhook.post(wanted.webhook_url, found.body, allows_private=settings.WEBHOOK_PRIVATE_ADDRESSES)
    except AddressError as error:
        _failed(found, error)
    else:
        _store(found, state="sent", done_at=timezone.now(), error_code="", error_params={})
    old = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    WebhookDelivery.objects.exclude(state="waiting").filter(created_at__lt=old).delete()


def _failed(found: WebhookDelivery, error: AddressError) -> None:
    said = {"error_code": error.code, "error_params": error.params}
    if found.attempts > len(PAUSES):
        _store(found, state="failed", done_at=timezone.now(), **said)
        return
    pause = PAUSES[found.attempts - 1]
    _store(found, next_at=timezone.now() + dt.timedelta(seconds=pause), **said)


def _store(found: WebhookDelivery, **values: object) -> None:
    WebhookDelivery.objects.filter(pk=found.pk, attempts=found.attempts).update(**values)


def failing() -> WebhookDelivery | None:
    """The last message, where it was not taken (yet); None when all is well."""
    last = WebhookDelivery.objects.order_by("-id").first()
    return last if last is not None and last.error_code else None
