"""/sync-errors/: the work-list *Coupled Data Synchronization Errors* and its actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from pages.api import ApiView, BadParameter, after_commit, body_object
from records.errors import FieldError, Rejected
from sync import selectors
from sync.api.base import JobSerializer, wait_seconds, word, words
from sync.models.work_list import WORK_STATES
from sync.worklist import actions, conflicts, deleted, entries, repair
from sync.worklist.actions import Answer


class FieldSerializer(serializers.Serializer):
    """The three values of a field."""

    field = serializers.CharField()
    base = serializers.CharField(allow_null=True)
    erp = serializers.CharField(allow_null=True)
    crm = serializers.CharField(allow_null=True)


class EntrySerializer(serializers.Serializer):
    """A row of the work-list."""

    id = serializers.UUIDField()
    mapping = serializers.CharField()
    erp = serializers.DictField()
    crm = serializers.DictField()
    coupling = serializers.UUIDField(allow_null=True)
    state = serializers.CharField()
    reason = serializers.CharField()
    params = serializers.DictField()
    detail = serializers.CharField()
    failed_at = serializers.DateTimeField(allow_null=True)
    fields_ = FieldSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name that serializers use themselves."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class RefusalSerializer(serializers.Serializer):
    """A row that nothing was done for."""

    id = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class AnswerSerializer(serializers.Serializer):
    """What an action did."""

    done = serializers.IntegerField()
    refused = RefusalSerializer(many=True)
    created = serializers.ListField(child=serializers.DictField())
    jobs = JobSerializer(many=True)


class IdsInput(serializers.Serializer):
    """The rows."""

    ids = serializers.ListField(child=serializers.UUIDField())


class SynchronizeInput(IdsInput):
    """The rows and the side that wins: for all fields, or field by field for one row."""

    direction = serializers.ChoiceField(["to_crm", "from_crm", "merge"], required=False)
    fields = serializers.DictField(child=serializers.ChoiceField(["erp", "crm"]), required=False)
    choices = serializers.DictField(child=serializers.DictField(), required=False)


class MappingInput(serializers.Serializer):
    """A mapping, or all."""

    mapping = serializers.CharField(required=False)


class SyncErrorsView(ApiView):
    """What failed, conflicts, is skipped or broken."""

    response_serializer = EntrySerializer

    def get(self, request: Any) -> Response:
        """The rows, last failure first; `mapping` and `state` narrow them down."""
        query = request.query_params
        state = query.get("state", "")
        if state and state not in WORK_STATES:
            raise BadParameter("state", "bad_parameter", {"value": state[:50]})
        found = entries.items(mapping=query.get("mapping", "").upper(), state=state)
        return self.answer_list(found, lambda rows: entries.show(entries.tell(rows)))


class ActionView(ApiView):
    """An action over rows."""

    request_serializer: Any = IdsInput
    response_serializer = AnswerSerializer


class RetryView(ActionView):
    """Retry."""

    def post(self, request: Any) -> Response:
        """Clear the marks of the rows and run them once more."""
        ids = identifiers(body_object(request))
        return answered(request, actions.retry(ids=ids, user_name=request.user.get_username()))


class RetryAllView(ActionView):
    """Retry All."""

    request_serializer = MappingInput

    def post(self, request: Any) -> Response:
        """Clear the marks of all rows (of a mapping) and run what waits."""
        name = mapping_name(body_object(request))
        return answered(request, actions.retry_all(mapping=name, user_name=request.user.get_username()))


class SynchronizeView(ActionView):
    """Synchronize."""

    request_serializer = SynchronizeInput

    def post(self, request: Any) -> Response:
        """Let one side win, merge, or decide field by field: `fields` for one row, `choices` for several."""
        body = body_object(request)
        if "choices" in body:
            return answered(
                request, conflicts.answer(choices=several(body["choices"]), user_name=request.user.get_username())
            )
        answer = actions.synchronize(
            ids=identifiers(body),
            user_name=request.user.get_username(),
            direction=word(body, "direction"),
            fields=choices(body.get("fields")),
        )
        return answered(request, answer)


class RestoreView(ActionView):
    """Restore Records."""

    def post(self, request: Any) -> Response:
        """Make the missing record of each row again from the one that is left."""
        answer = repair.restore(ids=identifiers(body_object(request)), user_name=request.user.get_username())
        response = answered(request, answer)
        if not answer.jobs:
            return response

        def settle(late: Response) -> None:
            late.data = shown(repair.settle(answer))

        return after_commit(response, settle)


class DeleteRecordsView(ActionView):
    """Delete Records."""

    def post(self, request: Any) -> Response:
        """Delete the record that is left of each row, and the coupling."""
        ids = identifiers(body_object(request))
        return answered(request, repair.delete_records(ids=ids, user_name=request.user.get_username()))


class FindDeletedView(ActionView):
    """Find for Deleted."""

    request_serializer = MappingInput

    def post(self, request: Any) -> Response:
        """Mark couplings that have lost a record, remove those that have lost both."""
        return answered(request, deleted.find_deleted(mapping=mapping_name(body_object(request))))


def answered(request: Any, answer: Answer) -> Response:
    """200, or 202 where jobs run; `?wait=SECONDS` holds the answer until they end."""
    seconds = wait_seconds(request)
    open_ids = [str(job.pk) for job in answer.jobs if not job.is_ended]
    response = Response(shown(answer), status=202 if open_ids else 200)
    if not (seconds and open_ids):
        return response

    def hold(late: Response) -> None:
        selectors.wait(open_ids, seconds)
        late.data["jobs"] = selectors.show_jobs(selectors.jobs_by_id([str(job.pk) for job in answer.jobs]))

    return after_commit(response, hold)


def shown(answer: Answer) -> dict[str, Any]:
    """What an action did, with sentences in the language of the request."""
    return {
        "done": answer.done,
        "refused": [{"id": r.id, "code": r.code, "params": r.params, "detail": r.detail} for r in answer.refused],
        "created": answer.created,
        "jobs": selectors.show_jobs(answer.jobs),
    }


def identifiers(body: Mapping[str, Any]) -> list[str]:
    """`ids` of a body, each once. Raises Rejected."""
    given = words(body, "ids")
    if not given:
        raise Rejected([FieldError("ids", "no_records_chosen")])
    try:
        return list(dict.fromkeys(str(UUID(key)) for key in given))
    except ValueError:
        raise Rejected([FieldError("ids", "invalid_value", {"value": str(given)[:50]})]) from None


def choices(given: Any) -> dict[str, str] | None:
    """`fields` of a body: a side for each field. Raises Rejected."""
    if given is None:
        return None
    if not isinstance(given, dict) or not all(isinstance(side, str) for side in given.values()):
        raise Rejected([FieldError("fields", "invalid_value", {"value": str(given)[:50]})])
    return dict(given)


def several(given: Any) -> dict[str, conflicts.Choice]:
    """`choices` of a body: {row: {field: side}}. Raises Rejected."""
    if not isinstance(given, dict) or not given:
        raise Rejected([FieldError("choices", "invalid_value", {"value": str(given)[:50]})])
    identifiers({"ids": list(given)})
    return {str(UUID(key)): conflicts.Choice(fields=choices(value) or {}) for key, value in given.items()}


def mapping_name(body: Mapping[str, Any]) -> str:
    """`mapping` of a body, '' for all. Raises Rejected where there is none of this name."""
    from sync.services.sync_now import mapping_named

    name = word(body, "mapping")
    return mapping_named(name).name if name else ""
