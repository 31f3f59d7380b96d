"""Every error of the API in one shape; bad input never becomes a 500.

400 `{"errors": {field: [{code, detail, params}]}}`; all other errors `{code, detail, params}` (401, 403, 404 ... too).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from pages.api import messages as _texts
from records.errors import FieldError, Refused, Rejected, Stale, TooMany
from records.filters import FilterError
from records.messages import text

assert _texts  # registered by being imported


class BadParameter(Exception):
    """A query parameter or header that cannot be read; answered 400 with that key."""

    def __init__(self, key: str, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(key, code)
        self.error = FieldError(key, code, params)


#: Said to who has too many jobs waiting.
RETRY_SECONDS = 30


class Conflict(Exception):
    """The record has changed since the caller read it; answered 412 with the present one."""

    def __init__(self, present: Mapping[str, Any]) -> None:
        super().__init__()
        self.present = present


def handle(error: Exception, _context: Mapping[str, Any]) -> Response | None:
    """The answer to an exception (DRF's EXCEPTION_HANDLER); None lets a true bug become a 500."""
    if isinstance(error, Rejected):
        return field_errors(error.errors)
    if isinstance(error, FieldError):
        return field_errors([error])
    if isinstance(error, BadParameter):
        return field_errors([error.error])
    if isinstance(error, FilterError):
        key = "ordering" if error.code.startswith("ordering_") else "filter"
        return field_errors([FieldError(key, error.code, error.params)])
    if isinstance(error, TooMany):
        answer = refusal(429, error.code, error.params)
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer
    if isinstance(error, Refused):
        return refusal(409, error.code, error.params)
    if isinstance(error, Conflict):
        return Response(error.present, status=412, headers={"ETag": f'"{error.present.get("row_version")}"'})
    if isinstance(error, Stale):
        return refusal(412, "stale")
    return _http(error)


def _http(error: Exception) -> Response | None:
    if isinstance(error, Http404 | exceptions.NotFound):
        return refusal(404, "not_found", detail=text("nothing_here"))
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return _denied(error)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        response = refusal(401, "not_authenticated")
        response["WWW-Authenticate"] = "Token"
        return response
    if isinstance(error, RequestDataTooBig):
        return refusal(413, "too_large")
    if isinstance(error, exceptions.ParseError):
        return field_errors([FieldError("", "unreadable_body")])
    if isinstance(error, exceptions.ValidationError):
        return field_errors(_of_validation(error))
    if isinstance(error, exceptions.Throttled):
        return _throttled(error)
    if isinstance(error, exceptions.APIException):
        return refusal(error.status_code, str(error.default_code), detail=str(error.detail))
    if isinstance(error, BadRequest | SuspiciousOperation):
        return field_errors([FieldError("", "unreadable_body")])
    return None


def field_errors(errors: Iterable[FieldError]) -> Response:
    """400 with the errors by field."""
    fields: dict[str, list[dict[str, Any]]] = {}
    for error in errors:
        fields.setdefault(error.field, []).append(shown(error.code, error.params))
    return Response({"errors": fields}, status=400)


def refusal(status: int, code: str, params: Mapping[str, Any] | None = None, *, detail: str = "") -> Response:
    """An answer with one code."""
    answer = shown(code, params or {})
    return Response(answer | ({"detail": detail} if detail else {}), status=status)


def shown(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A code with its sentence in the language of the request."""
    return {"code": code, "detail": text(code, params), "params": dict(params)}


def _denied(error: Exception) -> Response:
    detail = str(getattr(error, "detail", "")) if "CSRF" in str(error) else ""
    answer = refusal(403, "permission_denied", detail=detail)
    del answer.data["params"]
    return answer


def _throttled(error: exceptions.Throttled) -> Response:
    answer = refusal(429, "throttled", {"seconds": int(error.wait or 1)})
    answer["Retry-After"] = str(int(error.wait or 1))
    return answer


def _of_validation(error: exceptions.ValidationError) -> list[FieldError]:
    detail = error.detail if isinstance(error.detail, dict) else {"": error.detail}
    found = []
    for field, problems in detail.items():
        for problem in problems if isinstance(problems, list) else [problems]:
            code = str(getattr(problem, "code", None) or "invalid_value")
            found.append(FieldError(str(field), code, {"value": ""}))
    return found
