"""/mappings/export/, /mappings/import/ and the versions of a mapping."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from coupling.api.mappings import answer, mapping_at, shown
from coupling.selectors.versions import as_answered, versions_of
from coupling.services.documents import Applied, mapping_restore
from coupling.services.transfer import Imported, mappings_export, mappings_try, set_import
from pages.api import ApiView, body_object, if_match, telling_stored
from records.errors import FieldError, Rejected


class ExportView(ApiView):
    """Mappings as the content of a file."""

    def get(self, request: Any) -> Response:
        """All mappings, or those of `?names=CUSTOMER,CONTACT`, with their field lines."""
        names = [name.strip() for name in request.query_params.get("names", "").split(",") if name.strip()]
        return Response(mappings_export(names=names or None))


class ImportSerializer(serializers.Serializer):
    """A mapping set, and whether it is only tried."""

    content = serializers.JSONField()
    dry_run = serializers.BooleanField(required=False)


class ImportView(ApiView):
    """Take a mapping set over."""

    right_to_read = "setup"
    right_to_write = "setup"
    request_serializer = ImportSerializer

    def post(self, request: Any) -> Response:
        """`content` is what export answers. With `dry_run` nothing is written; errors name their place in the file."""
        body = body_object(request)
        content = body.get("content")
        if not isinstance(content, dict):
            raise Rejected([FieldError("content", "mapping_file_object")])
        if body.get("dry_run"):
            trial = mappings_try(content)
            if trial.errors:
                raise Rejected(trial.errors)
            return _answer(Imported(trial.applied, trial.rules), dry_run=True)
        return _answer(set_import(content=content), dry_run=False)


class VersionsView(ApiView):
    """The versions of a mapping."""

    def get(self, _request: Any, name: str) -> Response:
        """Newest first, each with who made it, when, and what it changed."""
        found = [as_answered(version) for version in versions_of(mapping_at(name), limit=1000)]
        return self.answer_list(found, list)


class RestoreView(ApiView):
    """Go back to a version."""

    right_to_read = "setup"
    right_to_write = "setup"

    def post(self, request: Any, name: str, version: int) -> Response:
        """Make the mapping what it was; 409 without such a version, 400 where it would not work today."""
        mapping = mapping_at(name)
        with telling_stored(lambda: shown([mapping_at(name)])[0]):
            done = mapping_restore(mapping=mapping, version=version, row_version=if_match(request))
        return answer(done)


def _answer(done: Imported, *, dry_run: bool) -> Response:
    rules = [{"code": rule.code, "action": rule.action} for rule in done.rules]
    return Response({"dry_run": dry_run, "mappings": [_applied(one) for one in done.mappings], "rules": rules})


def _applied(one: Applied) -> dict[str, Any]:
    return {"name": one.name, "action": one.action, "changes": [change.stored() for change in one.changes]}
