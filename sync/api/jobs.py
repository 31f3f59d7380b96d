"""/jobs/: the job log."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from pages.api import ApiView, ApiViewSet, BadParameter, after_commit, body_object, record_at, uuid_or_404
from records.errors import FieldError, Rejected
from records.listing import order_by
from records.schema import schema
from sync import selectors
from sync.api.base import JobSerializer, flag, started_response
from sync.models import Job, OutcomeRow
from sync.models.job import KINDS, STATES
from sync.services import job_cancel, job_follow_up, job_undo, jobs_delete, jobs_delete_entries

#: A cancelled job ends at the border of its chunk; the answer waits so long for that.
CANCEL_SECONDS = 5.0


class OutcomeSerializer(serializers.Serializer):
    """An outcome row as it is answered."""

    id = serializers.UUIDField()
    mapping = serializers.CharField()
    direction = serializers.CharField()
    erp_id = serializers.UUIDField(allow_null=True)
    crm_id = serializers.UUIDField(allow_null=True)
    erp_key = serializers.CharField()
    crm_name = serializers.CharField()
    action = serializers.CharField()
    reason = serializers.CharField()
    params = serializers.DictField()
    detail = serializers.CharField()
    changes = serializers.DictField()


class JobViewSet(ApiViewSet):
    """Jobs, newest first, with their outcome rows."""

    response_serializer = JobSerializer
    rights: ClassVar[dict[str, str]] = {"cancel": "use", "undo": "use"}

    def list(self, request: Any) -> Response:
        """Jobs by `mapping`, `kind`, `state` and `record` (of either side)."""
        query = request.query_params
        for name, known in (("kind", KINDS), ("state", STATES)):
            if query.get(name, "") and query[name] not in known:
                raise BadParameter(name, "bad_parameter", {"value": query[name][:50]})
        record = query.get("record", "")
        try:
            record = uuid_or_404(record) if record else ""
        except Http404:
            raise BadParameter("record", "bad_parameter", {"value": record[:50]}) from None
        found = selectors.jobs(
            mapping=query.get("mapping", "").upper(),
            kind=query.get("kind", ""),
            state=query.get("state", ""),
            record=record,
        )
        return self.answer_list(_narrowed(request, found, Job), selectors.show_jobs)

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One job as it is now."""
        return Response(selectors.show_jobs([_job(pk)])[0])

    @action(detail=True)
    def errors(self, request: Any, pk: str) -> Response:
        """The records that failed."""
        rows = selectors.outcome_rows(_job(pk), failed_only=True)
        return self.answer_list(_narrowed(request, rows, OutcomeRow), selectors.show_outcomes)

    @action(detail=True)
    def records(self, request: Any, pk: str) -> Response:
        """All records that were not unchanged."""
        rows = selectors.outcome_rows(_job(pk))
        return self.answer_list(_narrowed(request, rows, OutcomeRow), selectors.show_outcomes)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Any, pk: str) -> Response:
        """Stop the job; what is done stays. It ends at the border of a chunk."""
        job = job_cancel(user=request.user, job=_job(pk))

        def settle(answer: Response) -> None:
            selectors.wait([str(job.pk)], CANCEL_SECONDS)
            answer.data.update(selectors.show_jobs([_job(pk)])[0])

        response = Response(selectors.show_jobs([job])[0])
        return response if job.is_ended else after_commit(response, settle)

    @action(detail=True, methods=["post"])
    def undo(self, request: Any, pk: str) -> Response:
        """Take back what the job wrote, where nobody changed it since; `preview` only shows what that would do."""
        preview = flag(body_object(request), "preview")
        return started_response(request, job_undo(user=request.user, job=_job(pk), preview=preview))


class FollowUpInput(serializers.Serializer):
    """The answer to the question at the end of a full synchronization."""

    create_new = serializers.BooleanField()


class FollowUpView(ApiView):
    """May scheduled jobs create records, too? Asked after a full synchronization that was allowed to."""

    right_to_write = "setup"
    request_serializer = FollowUpInput
    response_serializer = JobSerializer

    def post(self, request: Any, pk: Any) -> Response:
        """Yes turns off Synch. Only Coupled Records of its mappings; 409 `no_follow_up` where nothing is asked."""
        given = flag(body_object(request), "create_new", None)
        if given is None:
            raise Rejected([FieldError("create_new", "required", {"caption": "create_new"})])
        job = job_follow_up(user=request.user, job=_job(str(pk)), create_new=given)
        return Response(selectors.show_jobs([job])[0])


class DeleteInput(serializers.Serializer):
    """How old entries have to be, or which ones."""

    older_than_days = serializers.IntegerField(required=False)
    ids = serializers.ListField(child=serializers.UUIDField(), required=False)


class DeleteAnswer(serializers.Serializer):
    """How many entries went, and how many old ones stayed."""

    deleted = serializers.IntegerField()
    kept = serializers.IntegerField()


class DeleteEntriesView(ApiView):
    """Delete old log entries; for administrators."""

    right_to_read = right_to_write = "setup"
    request_serializer = DeleteInput
    response_serializer = DeleteAnswer

    def post(self, request: Any) -> Response:
        """Delete ended jobs older than so many days, or the named ones, except those that something refers to."""
        body = body_object(request)
        if "ids" in body:
            deleted, kept = jobs_delete(user=request.user, ids=body["ids"])
        else:
            deleted, kept = jobs_delete_entries(user=request.user, older_than_days=body.get("older_than_days"))
        return Response({"deleted": deleted, "kept": kept})


def _job(pk: str) -> Job:
    return record_at(Job.objects.all(), pk)


def _narrowed(request: Any, found: Any, model: Any) -> Any:
    """`ordering` and `filter` of the request, over the fields of the table."""
    from records.filters import to_q

    query = request.query_params
    if query.get("filter"):
        found = found.filter(to_q(query["filter"], model))
    names = [name.strip() for name in query.get("ordering", "").split(",") if name.strip()]
    return found.order_by(*order_by(schema(model), names)) if names else found
