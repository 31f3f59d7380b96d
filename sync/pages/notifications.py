"""Job Failure Notifications: who is told of jobs that failed and how, the bars, and what the webhook has taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pages import Action, ActionView, CardPage, Chip, Done, FactBox, FastTab, Help, Row, Selection, register, registry
from pages.shell import Bar, announce, home
from records.messages import text
from sync.models import WebhookDelivery
from sync.notifications import outbox
from sync.services import notifications as services

SHOWN = 5
_CHIPS = {
    "waiting": Chip(_("Waiting"), "warn", "clock"),
    "sent": Chip(_("Sent"), "ok", "checkmark_circle"),
    "failed": Chip(_("Failed"), "bad", "error_circle"),
}


def deliveries(_request: HttpRequest, _record: Row) -> dict[str, Any]:
    """The last messages to the webhook."""
    rows = [
        {
            "at": found.created_at,
            "chip": _CHIPS[found.state],
            "attempts": found.attempts,
            "error": text(found.error_code, found.error_params) if found.error_code else "",
        }
        for found in WebhookDelivery.objects.order_by("-id")[:SHOWN]
    ]
    return {"rows": rows}


def send_test(request: HttpRequest, _selection: Selection) -> Done:
    """Send a message at once."""
    services.webhook_try(user=request.user)  # type: ignore[arg-type]
    return Done(_now("The webhook has taken the message."), changed=False)


@register
class NotificationCard(CardPage):
    """The settings."""

    name = "sync.job_notification.card"
    model = "sync.JobNotification"
    path = "sync/job-notifications/"
    title = _("Job Failure Notifications")
    right = "setup"
    edit_right = "setup"
    menu = ("setup", 70)
    icon = "alert"
    keywords = _("notify, notification, failed job, webhook, alert")
    help = Help(
        _(
            "When jobs have failed, a notification bar stands on the home page of those who are to know, and a message "
            "goes to the webhook. A message that is not taken is sent again after 10 seconds, 1, 5 and 30 minutes."
        )
    )
    fasttabs = (
        FastTab(
            "who",
            _("General"),
            ("notify_starter", "notify_administrators", "threshold"),
            summary=("threshold",),
        ),
        FastTab("how", _("Notification"), ("in_product", "webhook_url"), summary=("webhook_url",)),
    )
    factboxes = (FactBox("deliveries", _("Messages to the Webhook"), "sync/_deliveries.html", deliveries, "history"),)
    actions = (Action("send_test", _("Send Test Message"), run=send_test, right="setup", icon="play"),)


@register
class CloseNotice(ActionView):
    """Close a notification bar of one's own."""

    name = "sync.notice.close"
    path = "sync/notices/<int:key>/close/"
    title = _("Close")
    right = "view"

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Close it."""
        if not services.notice_close(user=request.user, key=kwargs["key"]):  # type: ignore[arg-type]
            raise Http404
        return Done(url=home("erp"))


def bars(request: HttpRequest) -> Sequence[Bar]:
    """Jobs that failed, and for administrators a webhook that does not take its messages."""
    user: Any = request.user
    found = [
        Bar(
            ngettext("%(n)s job has failed.", "%(n)s jobs have failed.", notice.count) % {"n": notice.count},
            registry.reverse("sync.job.card", pk=str(notice.job)),
            _now("Show details"),
            "bad",
            registry.reverse("sync.notice.close", key=notice.pk),
            kind="job_failed",
        )
        for notice in services.notices_of(user)[:3]
    ]
    if user.has_right("setup") and (last := outbox.failing()) is not None:
        said = text(last.error_code, last.error_params)
        page = registry.reverse("sync.job_notification.card")
        found.append(Bar(said, page, _("Job Failure Notifications"), kind="webhook_failing"))
    return found


announce(
    bars,
    kinds={
        "job_failed": _("A job has failed"),
        "webhook_failing": _("The webhook of job failures does not answer (administrators)"),
    },
)
