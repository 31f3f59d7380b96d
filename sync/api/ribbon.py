"""POST /crm/{table}/{id}/business-central/: the ribbon action of the Sales side."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from pages.api import ApiView, after_commit, refusal, uuid_or_404
from records.errors import Refused
from records.table import Table
from sync import ribbon


class OpenedSerializer(serializers.Serializer):
    """The ERP record."""

    erp_table = serializers.CharField()
    erp_id = serializers.UUIDField()
    created = serializers.BooleanField()


class RibbonView(ApiView):
    """Open the ERP record of a Sales record; make and couple it first where the mapping allows it."""

    right_to_write = "view"  # opening needs no more; creating is checked where it happens
    response_serializer = OpenedSerializer

    def post(self, request: Any, table: str, pk: str) -> Response:
        """The ERP record, or 409 with the reason."""
        try:
            found = ribbon.ask(user=request.user, crm_table=label_of(table), crm_id=uuid_or_404(pk))
        except LookupError:
            raise Http404 from None
        if isinstance(found, ribbon.Opened):
            return Response(shown(found))
        asked = found

        def settle(answer: Response) -> None:
            try:
                answer.data = shown(ribbon.finish(asked))
            except Refused as refused:
                late = refusal(409, refused.code, refused.params)
                answer.data, answer.status_code = late.data, late.status_code

        return after_commit(Response({}), settle)


def shown(opened: ribbon.Opened) -> dict[str, Any]:
    """The answer."""
    return {"erp_table": opened.erp_table, "erp_id": opened.erp_id, "created": opened.job is not None}


def label_of(path: str) -> str:
    """The label of the Sales table with this path. Raises Http404."""
    for model in apps.get_app_config("crm").get_models():
        if issubclass(model, Table) and getattr(model.Record, "path", "") == path:
            return str(model._meta.label)
    raise Http404
