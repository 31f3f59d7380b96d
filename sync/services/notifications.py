"""Job failure notifications: who is told and how, a message to try it, closing a bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from people.audit import audit_change
from people.models import User
from records import writes
from records.errors import Refused
from records.values import parse
from sync.models import FailureNotice, JobNotification
from sync.notifications import webhook
from sync.notifications.address import AddressError
from sync.services.rights import require

FIELDS = ("notify_starter", "notify_administrators", "in_product", "webhook_url", "threshold")


@transaction.atomic
def notification_update(*, user: User, values: Mapping[str, Any], version: int | None = None) -> JobNotification:
    """Change who is told, and how. Raises PermissionDenied, Rejected, Stale."""
    require(user, "setup")
    stored = JobNotification.objects.get()
    given = parse(JobNotification, values, insert=False, current={})
    writes.update(JobNotification, [writes.Edit(str(stored.pk), given, version)], source="api").single()
    changed = JobNotification.objects.get()
    audit_change("notification_update", target="", old=_shown(stored), new=_shown(changed))
    return changed


def _shown(stored: JobNotification) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in FIELDS}


def webhook_try(*, user: User) -> None:
    """Send a message that says it is one to try. Raises PermissionDenied and Refused: why it was not taken."""
    require(user, "setup")
    url = JobNotification.objects.get().webhook_url
    try:
        webhook.post(url, {"event": "test"}, allows_private=settings.WEBHOOK_PRIVATE_ADDRESSES)
    except AddressError as error:
        raise Refused(error.code, error.params) from None


def notices_of(user: User) -> list[FailureNotice]:
    """The notification bars of a user, newest first."""
    return list(FailureNotice.objects.filter(user_name=user.get_username()).order_by("-id")[:20])


def notice_close(*, user: User, key: int) -> bool:
    """Close a bar of one's own; False where there is none."""
    return bool(FailureNotice.objects.filter(pk=key, user_name=user.get_username()).delete()[0])
