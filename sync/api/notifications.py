"""/job-notifications/: who is told of jobs that failed, and how. /job-notices/: the user's own notification bars."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from pages.api import ApiView, body_object, if_match, telling_stored, versioned
from records.messages import text
from records.values.present import address, moment
from sync.models import FailureNotice, JobNotification, WebhookDelivery
from sync.services import notifications as services

SHOWN = 20


class DeliverySerializer(serializers.Serializer):
    """A message to the webhook."""

    state = serializers.ChoiceField(["waiting", "sent", "failed"])
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    message = serializers.DictField()


class NotificationSerializer(serializers.Serializer):
    """The settings as they are answered."""

    notify_starter = serializers.BooleanField()
    notify_administrators = serializers.BooleanField()
    in_product = serializers.BooleanField()
    webhook_url = serializers.CharField(allow_blank=True, max_length=500)
    threshold = serializers.IntegerField(min_value=1)
    deliveries = DeliverySerializer(many=True, read_only=True)
    row_version = serializers.IntegerField(read_only=True)


class NotificationView(ApiView):
    """The settings; for administrators."""

    right_to_read = right_to_write = "setup"
    request_serializer = response_serializer = NotificationSerializer

    def get(self, _request: Any) -> Response:
        """Who is told, and the last messages to the webhook."""
        return versioned(show())

    def patch(self, request: Any) -> Response:
        """Change it."""
        body, version = body_object(request), if_match(request)
        values = {name: value for name, value in body.items() if name != "deliveries"}
        with telling_stored(show):
            services.notification_update(user=request.user, values=values, version=version)
        return versioned(show())


class TestView(ApiView):
    """A message to try the webhook."""

    right_to_read = right_to_write = "setup"

    def post(self, request: Any) -> Response:
        """Send it at once; 409 with the reason where it was not taken."""
        services.webhook_try(user=request.user)
        return Response(status=204)


class NoticeSerializer(serializers.Serializer):
    """A notification bar."""

    id = serializers.IntegerField()
    count = serializers.IntegerField()
    job = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class NoticesView(ApiView):
    """The user's own notification bars."""

    response_serializer = NoticeSerializer

    def get(self, request: Any) -> Response:
        """Newest first."""
        return self.answer_list(services.notices_of(request.user), lambda found: [show_notice(one) for one in found])


class CloseView(ApiView):
    """Closing a notification bar."""

    right_to_write = "view"

    def post(self, request: Any, pk: int) -> Response:
        """Close one of one's own."""
        if not services.notice_close(user=request.user, key=pk):
            raise Http404
        return Response(status=204)


def show() -> dict[str, Any]:
    """The settings with the last messages."""
    stored = JobNotification.objects.get()
    return {
        **{name: getattr(stored, name) for name in services.FIELDS},
        "row_version": stored.row_version,
        "page": address(JobNotification, str(stored.pk)),
        "deliveries": [show_delivery(one) for one in WebhookDelivery.objects.order_by("-id")[:SHOWN]],
    }


def show_delivery(found: WebhookDelivery) -> dict[str, Any]:
    """A message, and why it was not taken."""
    detail = text(found.error_code, found.error_params) if found.error_code else ""
    return {
        "state": found.state,
        "attempts": found.attempts,
        "created_at": moment(found.created_at),
        "message": {"code": found.error_code, "params": found.error_params, "detail": detail},
    }


def show_notice(found: FailureNotice) -> dict[str, Any]:
    """A bar."""
    return {
        "id": found.pk,
        "count": found.count,
        "job": str(found.job),
        "created_at": moment(found.created_at),
    }
