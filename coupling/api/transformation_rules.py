"""/transformation-rules/: rules by their code, and `/try/`, which shows what a rule makes of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from coupling.models import TransformationRule
from coupling.models.transformation import TYPES
from coupling.services import transformation as services
from coupling.transformation_rules import used_by
from coupling.transforms.rules import TransformError
from pages.api import ApiView, ApiViewSet, asked_for, body_object, if_match, telling_stored, versioned
from records.errors import FieldError, Rejected
from records.messages import text
from records.values import address

_MOST_VALUES = 100


class RuleSerializer(serializers.Serializer):
    """A rule. `parameters` are those of its type; `used_by` names the field lines and rules that use it."""

    code = serializers.CharField(max_length=20)
    description = serializers.CharField(required=False, allow_blank=True)
    type = serializers.ChoiceField(list(TYPES), required=False)
    parameters = serializers.DictField(required=False)
    next_rule = serializers.CharField(required=False, allow_blank=True)
    used_by = serializers.ListField(child=serializers.CharField(), read_only=True)
    row_version = serializers.IntegerField(read_only=True)


class TrySerializer(serializers.Serializer):
    """Values to try: one as `value`, or several as `values`."""

    value = serializers.CharField(required=False)
    values = serializers.ListField(child=serializers.CharField(), required=False)


class ResultSerializer(serializers.Serializer):
    """What a rule makes of a value; `error` is null where it works."""

    value = serializers.CharField()
    result = serializers.CharField(allow_null=True)
    error = serializers.DictField(allow_null=True)


class RuleViewSet(ApiViewSet):
    """List, read, make, change and remove transformation rules."""

    right_to_write = "setup"
    request_serializer = RuleSerializer
    response_serializer = RuleSerializer
    lookup_value_regex = "[^/]+"

    def list(self, request: Any) -> Response:
        """Rules by code."""
        return self.answer_list(asked_for(TransformationRule, request), shown)

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One rule."""
        return answer(rule_at(pk))

    def create(self, request: Any) -> Response:
        """A new rule, with all parameters that its type needs."""
        return answer(services.rule_create(values=body_object(request)), 201)

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change a rule; the lines that use it must be able to use it as it will be."""
        rule = rule_at(pk)
        with telling_stored(lambda: shown([rule_at(pk)])[0]):
            done = services.rule_update(rule=rule, values=body_object(request), row_version=if_match(request))
        return answer(done)

    def destroy(self, request: Any, pk: str) -> Response:
        """Remove a rule; 409 while it is in use."""
        with telling_stored(lambda: shown([rule_at(pk)])[0]):
            services.rule_delete(rule=rule_at(pk), row_version=if_match(request))
        return Response(status=204)


class TryView(ApiView):
    """Try a rule, with those that follow it; nothing is stored."""

    right_to_write = "setup"
    request_serializer = TrySerializer
    response_serializer = ResultSerializer

    def post(self, request: Any, code: str) -> Response:
        """What the rule makes of `value` (an object), or of each of `values` (`results`)."""
        body = body_object(request)
        rule = rule_at(code)
        if "values" in body:
            return Response({"results": tried(rule, _texts(body["values"]))})
        return Response(tried(rule, _texts([body.get("value")], "value"))[0])


def tried(rule: TransformationRule, values: Sequence[str]) -> list[dict[str, Any]]:
    """Each value with its result, or the reason why there is none."""
    try:
        results: Sequence[str | TransformError] = services.rule_try(rule.code, values)
    except TransformError as error:
        results = [error] * len(values)
    return [{"value": value, **_outcome(result)} for value, result in zip(values, results, strict=True)]


def _outcome(result: str | TransformError) -> dict[str, Any]:
    if isinstance(result, TransformError):
        error = {"code": result.code, "detail": text(result.code, result.params), "params": result.params}
        return {"result": None, "error": error}
    return {"result": result, "error": None}


def _texts(values: Any, name: str = "values") -> list[str]:
    if not isinstance(values, list) or len(values) > _MOST_VALUES or not all(isinstance(v, str) for v in values):
        raise Rejected([FieldError(name, "invalid_value", {"value": str(values)[:50]})])
    return values


def rule_at(code: str) -> TransformationRule:
    """The rule in an address. Raises Http404."""
    found = TransformationRule.objects.filter(code=code.upper()).first()
    if found is None:
        raise Http404
    return found


def answer(rule: TransformationRule, status: int = 200) -> Response:
    """One rule with its version as ETag."""
    return versioned(shown([rule])[0], status)


def shown(rules: Sequence[TransformationRule]) -> list[dict[str, Any]]:
    """Rules as they are answered; two queries for their users."""
    users = used_by([rule.code for rule in rules])
    return [
        {
            "id": str(rule.pk),
            **services.rule_values(rule),
            "used_by": users[rule.code],
            "row_version": rule.row_version,
            "page": address(TransformationRule, str(rule.pk)),
        }
        for rule in rules
    ]
