"""The API of a table, derived from its declaration: nothing is written for a new table but its registration."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from pages import export, registry
from pages.api.errors import BadParameter, Conflict
from pages.api.parsing import body_object, if_match
from pages.api.versions import asked_for, versioned
from pages.api.views import ApiView, ApiViewSet
from pages.lists import ListPage
from records import writes
from records.errors import Refused, Rejected, Stale
from records.schema import Schema, schema
from records.values import Stored, fetch, parse, present
from records.writes import Edit, Written

#: Query keys that find a record by its number, beside the table's own natural key.
NUMBER_KEYS = ("no", "code")


class TableApi(ApiView):
    """What records and singletons share. `label` is the table, for example "erp.Customer"."""

    label: ClassVar[str] = ""

    @property
    def table(self) -> Schema:
        """The table's fields."""
        return schema(self.label)

    def needed_right(self, request: Any) -> str:
        """The right that the pages of the table ask for."""
        if self.rights:
            return super().needed_right(request)
        page = registry.card_of(self.label) or registry.list_of(self.label)
        if page is None:
            return super().needed_right(request)
        return page.right if request.method in SAFE_METHODS else page.edit_right

    def show(self, pks: list[str]) -> list[dict[str, Any]]:
        """Records by key, in this order."""
        return present(self.label, fetch(self.label, pks))

    def find(self, pk: str) -> Stored:
        """One record. Raises Http404, also for what is no identifier."""
        try:
            found = fetch(self.label, [str(uuid.UUID(pk))])
        except ValueError:
            raise Http404 from None
        if not found:
            raise Http404
        return found[0]

    def answer(self, pk: str, status: int = 200) -> Response:
        """One record with its version as ETag."""
        shown = self.show([pk])
        if not shown:
            raise Http404
        return versioned(shown[0], status)

    def change(self, pk: str, request: Any) -> Response:
        """PATCH of one record: compare-and-set with `If-Match`."""
        now, version = self.find(pk), if_match(request)
        if version is not None and version != now.version:
            raise Conflict(self.show([now.pk])[0])
        values = parse(self.label, body_object(request), insert=False, current=now.values)
        self.settle(now.pk, writes.update(self.label, [Edit(now.pk, values, version)], source="api"))
        return self.answer(now.pk)

    def settle(self, pk: str, written: Written) -> str:
        """The key of the written record. Raises `Rejected`, `Conflict`, Http404."""
        try:
            return str(written.single().pk)
        except Stale:
            shown = self.show([pk])
            if not shown:
                raise Http404 from None
            raise Conflict(shown[0]) from None


class TableViewSet(TableApi, ApiViewSet):
    """List, read, create, change and delete the records of one table."""

    def list(self, request: Any) -> Response:
        """Records inside `filter` that contain `q`, found by `no` or `code`, in the `ordering` asked for."""
        query, found = request.query_params, asked_for(self.label, request)
        for key in {*NUMBER_KEYS, self.table.natural_key or "no"} & set(query) & set(self.table.fields):
            info = self.table[key]
            found = found.filter(**{f"{key}{'' if info.kind == 'code' else '__iexact'}": self.number(key)})
        return self.answer_list(found.values_list("pk", flat=True), lambda pks: self.show([str(pk) for pk in pks]))

    def number(self, key: str) -> str:
        """The number asked for, as the table stores it."""
        given: str = self.request.query_params[key]
        if len(given) > 250:
            raise BadParameter(key, "bad_parameter", {"value": given[:50]})
        return given.strip().upper() if self.table[key].kind == "code" else given.strip()

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One record."""
        return self.answer(self.find(pk).pk)

    def create(self, request: Any) -> Response:
        """A new record."""
        values = parse(self.label, body_object(request), insert=True)
        pk = self.settle("", writes.insert(self.label, [values], source="api"))
        response = self.answer(pk, 201)
        response["Location"] = request.build_absolute_uri(f"{request.path}{pk}/")
        return response

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change some fields."""
        return self.change(pk, request)

    def destroy(self, request: Any, pk: str) -> Response:
        """Delete a record; 409 when a rule or another record forbids it."""
        now, version = self.find(pk), if_match(request)
        try:
            self.settle(now.pk, writes.delete(self.label, [(now.pk, version)], source="api"))
        except Rejected as error:
            first = error.errors[0]
            raise Refused(first.code, first.params) from None
        return Response(status=204)

    @extend_schema(
        parameters=[
            OpenApiParameter("ids", description="Identifiers, one after the other with commas: only these."),
            OpenApiParameter("fields", description="`all`: also fields that the list has no column for."),
            *(OpenApiParameter(name) for name in ("filter", "q", "ordering")),
        ],
        responses={(200, export.TYPE): OpenApiTypes.BINARY},
    )
    @action(detail=False)  # type: ignore[untyped-decorator]
    def excel(self, request: Any) -> HttpResponseBase:
        """The records as the workbook of Edit in Excel: those that a list would answer, or of them those in `ids`.

        With the right to change them it can be sent back to `/imports/` with `edit`.
        """
        page, plain = registry.list_of(self.label), request._request
        if not isinstance(page, ListPage) or not page.of("export", plain):
            raise Http404
        plain.page = page
        found = asked_for(self.label, request)
        if "ids" in request.query_params:
            found = found.filter(pk__in=_ids(request.query_params["ids"]))
        keys = [str(pk) for pk in found.values_list("pk", flat=True)[: export.MAX_ROWS]]
        return export.file_of(page, plain, keys, all_fields=request.query_params.get("fields") == "all")


def _ids(given: str) -> list[str]:
    """The identifiers in a text. Raises BadParameter."""
    try:
        return [str(uuid.UUID(one)) for one in given.split(",") if one]
    except ValueError:
        raise BadParameter("ids", "bad_parameter", {"value": given[:50]}) from None


class SingletonView(TableApi):
    """A table with one record, read and changed at the address of the collection."""

    def get(self, _request: Any) -> Response:
        """The record."""
        return self.answer(self.only())

    def patch(self, request: Any) -> Response:
        """Change some fields."""
        return self.change(self.only(), request)

    def only(self) -> str:
        """The key of the one record. Raises Http404 before it exists."""
        pk = self.table.model.objects.values_list("pk", flat=True).first()
        if pk is None:
            raise Http404
        return str(pk)
