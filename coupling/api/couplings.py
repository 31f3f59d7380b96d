"""/couplings/: which ERP record belongs to which CRM record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.response import Response

from coupling.api.connection import flag
from coupling.api.mappings import moment
from coupling.models import Coupling, IntegrationTableMapping
from coupling.selectors.candidates import candidates
from coupling.selectors.couplings import Told, tell
from coupling.services.coupling import coupling_delete, mapping_of
from coupling.services.set_up import Asked, Outcome, coupling_set_up
from coupling.work import work
from pages.api import (
    ApiView,
    ApiViewSet,
    BadParameter,
    Conflict,
    after_commit,
    asked_for,
    body_object,
    if_match,
    record_at,
    window,
)
from records.errors import FieldError, Rejected
from records.messages import text

SYNCHRONIZE = ("no", "use_erp", "use_crm")


class CouplingInput(serializers.Serializer):
    """What POST takes: one pair, or a selection of records with `create_new`."""

    mapping = serializers.CharField()
    erp_id = serializers.UUIDField(required=False)
    crm_id = serializers.UUIDField(required=False)
    erp_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    crm_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    create_new = serializers.BooleanField(required=False)
    replace = serializers.BooleanField(required=False)
    synchronize = serializers.ChoiceField(SYNCHRONIZE, required=False)


class CouplingSerializer(serializers.Serializer):
    """A coupling."""

    id = serializers.UUIDField()
    mapping = serializers.CharField()
    erp_table = serializers.CharField()
    erp_id = serializers.UUIDField()
    erp_key = serializers.CharField()
    crm_table = serializers.CharField()
    crm_id = serializers.UUIDField()
    crm_name = serializers.CharField()
    erp_version = serializers.IntegerField()
    crm_version = serializers.IntegerField()
    last_synced_at = serializers.DateTimeField(allow_null=True)
    last_result_to_crm = serializers.CharField(allow_blank=True)
    last_result_from_crm = serializers.CharField(allow_blank=True)
    last_job_to_crm = serializers.UUIDField(allow_null=True)
    last_job_from_crm = serializers.UUIDField(allow_null=True)
    skipped = serializers.BooleanField()
    base = serializers.DictField()


class CouplingViewSet(ApiViewSet):
    """List, read, make and remove couplings."""

    request_serializer = CouplingInput
    response_serializer = CouplingSerializer

    def list(self, request: Any) -> Response:
        """Couplings, newest first; `mapping`, `erp_id`, `crm_id` and `skipped` narrow them down."""
        return self.answer_list(narrowed(asked_for(Coupling, request), request.query_params), show)

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One coupling."""
        return Response(show([coupling_at(pk)])[0])

    def create(self, request: Any) -> Response:
        """Couple records; 201 with the coupling, or 202 with `coupling` and `jobs` where work starts."""
        asked = asked_of(body_object(request), request.user.get_username())
        outcome = coupling_set_up(asked)
        if not outcome.starts_work:
            assert outcome.coupling is not None
            return Response(show([outcome.coupling])[0], status=201)
        response = Response(started(outcome), status=202)
        seconds = wait_seconds(request)
        if not seconds:
            return response
        return after_commit(response, lambda late: _wait(late, outcome, asked, seconds))

    def destroy(self, request: Any, pk: str) -> Response:
        """Delete the coupling, at once; the records stay."""
        coupling, version = coupling_at(pk), if_match(request)
        if version is not None and version != coupling.row_version:
            raise Conflict(show([coupling])[0])
        coupling_delete(coupling=coupling)
        return Response(status=204)


class CandidatesView(ApiView):
    """What Set Up Coupling offers."""

    def get(self, request: Any) -> Response:
        """Uncoupled CRM records inside the filter that contain `q`, best match for the ERP record first."""
        query = request.query_params
        name = query.get("mapping")
        mapping = IntegrationTableMapping.objects.filter(name=str(name).upper()).first()
        if mapping is None:
            raise BadParameter("mapping", "bad_parameter", {"value": str(name or "")[:50]})
        limit, offset = window(request)
        erp_id = identifier("erp_id", query["erp_id"]) if query.get("erp_id") else None
        found = candidates(mapping=mapping, erp_id=erp_id, q=query.get("q", ""), limit=limit, offset=offset)
        rows = [{"crm_id": c.crm_id, "name": c.name, "detail": c.detail} for c in found.results]
        after, before = offset + limit, max(0, offset - limit)
        return Response(
            {
                "count": found.count,
                "next": self.address_at(limit, after) if after < found.count else None,
                "previous": self.address_at(limit, before) if offset else None,
                "results": rows,
            }
        )


def narrowed(found: QuerySet[Coupling], query: Any) -> QuerySet[Coupling]:
    """The couplings that the query parameters ask for. Raises BadParameter."""
    if "mapping" in query:
        found = found.filter(pair=query["mapping"].upper())
    for name in ("erp_id", "crm_id"):
        if query.get(name):
            found = found.filter(**{name: identifier(name, query[name])})
    if "skipped" in query:
        word = query["skipped"].lower()
        if word not in ("true", "false", "1", "0"):
            raise BadParameter("skipped", "bad_parameter", {"value": word[:50]})
        found = found.filter(skipped=word in ("true", "1"))
    return found


def identifier(key: str, given: str) -> str:
    """A GUID among the query parameters. Raises BadParameter."""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise BadParameter(key, "bad_parameter", {"value": given[:50]}) from None


def coupling_at(pk: str) -> Coupling:
    """The coupling in an address. Raises Http404."""
    return record_at(Coupling.objects.all(), pk)


def asked_of(body: dict[str, Any], user_name: str) -> Asked:
    """What a body asks for. Raises Rejected."""
    if not isinstance(body.get("mapping"), str):
        raise Rejected([FieldError("mapping", "required", {"caption": "@coupling.Coupling.pair"})])
    synchronize = body.get("synchronize", "no")
    if synchronize not in SYNCHRONIZE:
        raise Rejected([FieldError("synchronize", "invalid_option", {"value": str(synchronize)[:50]})])
    return Asked(
        mapping=mapping_of(body["mapping"]),
        erp_ids=_keys(body, "erp"),
        crm_ids=_keys(body, "crm"),
        is_selection="erp_ids" in body or "crm_ids" in body,
        create_new=flag(body, "create_new"),
        replace=flag(body, "replace"),
        synchronize=synchronize,
        user_name=user_name,
    )


def _keys(body: dict[str, Any], side: str) -> list[str]:
    """`erp_id` or `erp_ids` of a body as a list of GUIDs, each once."""
    one, many = body.get(f"{side}_id"), body.get(f"{side}_ids")
    field = f"{side}_ids" if many is not None else f"{side}_id"
    given = many if many is not None else [one] if one is not None else []
    if not isinstance(given, list):
        raise Rejected([FieldError(field, "invalid_value", {"value": str(given)[:50]})])
    found = []
    for value in given:
        try:
            found.append(str(uuid.UUID(str(value))))
        except ValueError:
            raise Rejected([FieldError(field, "invalid_value", {"value": str(value)[:50]})]) from None
    return list(dict.fromkeys(found))


def started(outcome: Outcome) -> dict[str, Any]:
    """The answer to a request that started work."""
    return {
        "coupling": show([outcome.coupling])[0] if outcome.coupling else None,
        "jobs": work().show(outcome.jobs) if outcome.jobs else [],
        "scheduled": outcome.scheduled,
        "skipped": [{"id": r.key, **refused(r.code, r.params)} for r in outcome.skipped],
        "failed": [{"id": r.key, **refused(r.code, r.params)} for r in outcome.failed],
    }


def refused(code: str, params: dict[str, Any]) -> dict[str, Any]:
    """A code with its sentence."""
    return {"code": code, "params": params, "detail": text(code, params)}


def wait_seconds(request: Any) -> float:
    """`?wait=SECONDS`, at most 60. Raises BadParameter."""
    given = request.query_params.get("wait")
    if not given:
        return 0.0
    try:
        seconds = float(given)
    except ValueError:
        raise BadParameter("wait", "bad_parameter", {"value": given[:50]}) from None
    if not 0 <= seconds < float("inf"):
        raise BadParameter("wait", "bad_parameter", {"value": given[:50]})
    return min(seconds, 60.0)


def _wait(response: Response, outcome: Outcome, asked: Asked, seconds: float) -> None:
    """Hold the answer until the jobs have ended, and show jobs and coupling as they are then."""
    work().wait(outcome.jobs, seconds)
    side = {"erp_id": asked.erp_ids[0]} if asked.erp_ids else {"crm_id": asked.crm_ids[0]}
    found = Coupling.objects.filter(pair=asked.mapping.name, **side).first() if not asked.is_selection else None
    response.data["jobs"] = work().show(outcome.jobs)
    response.data["coupling"] = show([found])[0] if found else None


def show(couplings: Sequence[Coupling]) -> list[dict[str, Any]]:
    """Couplings as they are answered; a constant number of queries."""
    return [_shown(told) for told in tell(couplings)]


def _shown(told: Told) -> dict[str, Any]:
    c = told.coupling
    return {
        "id": str(c.pk),
        "mapping": c.pair,
        "erp_table": told.erp_table,
        "erp_id": str(c.erp_id),
        "erp_key": told.erp_key,
        "crm_table": told.crm_table,
        "crm_id": str(c.crm_id),
        "crm_name": told.crm_name,
        "erp_version": c.erp_version,
        "crm_version": c.crm_version,
        "last_synced_at": moment(c.last_synced_at),
        "last_result_to_crm": c.last_result_to_crm,
        "last_result_from_crm": c.last_result_from_crm,
        "last_job_to_crm": str(c.last_job_to_crm) if c.last_job_to_crm else None,
        "last_job_from_crm": str(c.last_job_from_crm) if c.last_job_from_crm else None,
        "skipped": c.skipped,
        "broken": c.broken,
        "base": told.base,
        "row_version": c.row_version,
        "page": "/coupling/couplings/",
    }
