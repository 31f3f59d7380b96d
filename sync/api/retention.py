"""/retention-policies/: how long the log of jobs is kept."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pages.api import ApiViewSet, body_object, if_match, record_at, telling_stored, versioned
from records.values.present import address, moment
from sync import services
from sync.models import RetentionPolicy


class RetentionSerializer(serializers.Serializer):
    """A retention policy as it is answered."""

    id = serializers.UUIDField(read_only=True)
    log = serializers.CharField(read_only=True)
    enabled = serializers.BooleanField()
    days = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True, read_only=True)
    applied_at = serializers.DateTimeField(allow_null=True, read_only=True)
    deleted = serializers.IntegerField(read_only=True)
    kept = serializers.IntegerField(read_only=True)
    row_version = serializers.IntegerField(read_only=True)


class RetentionViewSet(ApiViewSet):
    """Retention policies: reading with *view*, changing and applying with *setup*."""

    right_to_write = "setup"
    request_serializer = response_serializer = RetentionSerializer

    def list(self, _request: Any) -> Response:
        """All policies."""
        return self.answer_list(RetentionPolicy.objects.order_by("log"), lambda found: [show(each) for each in found])

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One policy."""
        return answer(_policy(pk))

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change the days, or switch it on or off."""
        policy, version = _policy(pk), if_match(request)
        with telling_stored(lambda: show(_policy(pk))):
            changed = services.retention_update(
                user=request.user, policy=policy, values=body_object(request), version=version
            )
        return answer(changed)

    @action(detail=True, methods=["post"])
    def apply(self, request: Any, pk: str) -> Response:
        """Delete now what the policy lets go."""
        deleted, kept = services.retention_apply(user=request.user, policy=_policy(pk))
        return Response({"deleted": deleted, "kept": kept})


def show(policy: RetentionPolicy) -> dict[str, Any]:
    """A policy as the API answers it."""
    return {
        "id": str(policy.pk),
        "row_version": policy.row_version,
        "page": address(RetentionPolicy, str(policy.pk)),
        "log": policy.log,
        "enabled": policy.enabled,
        "days": policy.days,
        "due_at": moment(policy.due_at) if policy.due_at else None,
        "applied_at": moment(policy.applied_at) if policy.applied_at else None,
        "deleted": policy.deleted,
        "kept": policy.kept,
    }


def answer(policy: RetentionPolicy) -> Response:
    """One policy with its version as ETag."""
    return versioned(show(policy))


def _policy(pk: str) -> RetentionPolicy:
    return record_at(RetentionPolicy.objects.all(), pk)
