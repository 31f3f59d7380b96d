"""/full-sync/: the full synchronization review."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from pages.api import ApiView, body_object
from sync import full_sync, restored, selectors
from sync.api.base import StartedSerializer, flag, started_response, word, words
from sync.models import DatabaseMark, Job
from sync.models.full_sync import RECOMMENDATIONS
from sync.services import Started, require


class FullSyncLineSerializer(serializers.Serializer):
    """A line of the review as it is answered."""

    mapping = serializers.CharField()
    depends_on = serializers.ListField(child=serializers.CharField())
    recommendation = serializers.ChoiceField(list(RECOMMENDATIONS))
    status = serializers.CharField()
    to_crm_status = serializers.CharField()
    from_crm_status = serializers.CharField()
    job = serializers.UUIDField(allow_null=True)


class StartInput(serializers.Serializer):
    """Which lines to start, how, or only what that would do."""

    mappings = serializers.ListField(child=serializers.CharField(), required=False)
    recommendation = serializers.ChoiceField(list(RECOMMENDATIONS), required=False)
    preview = serializers.BooleanField(required=False)


class FullSyncView(ApiView):
    """The review."""

    response_serializer = FullSyncLineSerializer

    def get(self, _request: Any) -> Response:
        """All lines in dependency order."""
        lines = selectors.show_full_sync()
        return self.answer_list(lines, list)


class StartView(ApiView):
    """Start the lines."""

    request_serializer = StartInput
    response_serializer = StartedSerializer

    def post(self, request: Any) -> Response:
        """Start lines that were not started, each after those it depends on; 409 `nothing_pending`.

        `preview`: the jobs show what the run would do, with those that would follow; nothing else is written.
        """
        require(request.user, "use")
        body = body_object(request)
        parent = full_sync.start(
            user_name=request.user.get_username(),
            mappings=words(body, "mappings"),
            recommendation=word(body, "recommendation"),
            preview=flag(body, "preview"),
        )
        return launched(request, parent)


class RestartInput(serializers.Serializer):
    """Which lines to start again, or only what that would do."""

    mappings = serializers.ListField(child=serializers.CharField(), required=False)
    preview = serializers.BooleanField(required=False)


class RestartView(ApiView):
    """Start lines again."""

    request_serializer = RestartInput
    response_serializer = StartedSerializer

    def post(self, request: Any) -> Response:
        """Start lines again that ended in error, or the named ones; 409 `nothing_pending`.

        `preview`: the jobs show what the run would do; the lines stay as they ended.
        """
        require(request.user, "use")
        body = body_object(request)
        parent = full_sync.restart(
            user_name=request.user.get_username(), mappings=words(body, "mappings"), preview=flag(body, "preview")
        )
        return launched(request, parent)


class ResetView(ApiView):
    """Forget the lines."""

    response_serializer = FullSyncLineSerializer

    def post(self, request: Any) -> Response:
        """Begin the review anew; 409 while a line is in process."""
        require(request.user, "use")
        full_sync.reset()
        return self.answer_list(selectors.show_full_sync(), list)


class ComparisonSerializer(serializers.Serializer):
    """Whether a comparison is awaited after a restore."""

    awaited = serializers.BooleanField()


class ComparisonView(ApiView):
    """After a restore of the database."""

    response_serializer = ComparisonSerializer

    def get(self, _request: Any) -> Response:
        """True while scheduled runs wait for a comparison."""
        return Response({"awaited": DatabaseMark.is_comparison_awaited()})


class CompareView(ApiView):
    """Compare everything."""

    response_serializer = StartedSerializer

    def post(self, request: Any) -> Response:
        """Compare every value of all mappings in previews; nothing is written."""
        return started_response(request, restored.compare_everything(user=request.user))


class NotNeededView(ApiView):
    """Go on without a comparison."""

    response_serializer = ComparisonSerializer

    def post(self, request: Any) -> Response:
        """Let scheduled runs go on."""
        restored.comparison_not_needed(user=request.user)
        return Response({"awaited": DatabaseMark.is_comparison_awaited()})


def launched(request: Any, parent: Job) -> Response:
    """202 with the parent job and its children."""
    children = list(Job.objects.filter(parent=parent.pk).order_by("id"))
    return started_response(request, Started([parent, *children], len(children)))
