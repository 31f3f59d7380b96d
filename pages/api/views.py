"""The base of all API views: rights, language, actor, one transaction for each change, idempotency.

A view says which right its methods need (`right_to_read`, `right_to_write`, or `rights` by action or method name).
A change runs in one transaction; what must happen after it (waiting for a job) is given to `after_commit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import trans_real
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from pages.api import idempotency
from pages.api.documents import Description
from pages.api.parsing import StrictJSONParser, check_query, window
from records.actor import acting


class HasRight(BasePermission):
    """Lets in who has the right that the view asks for."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """True when the user is signed in and the right is held (or none is needed)."""
        if not request.user or not request.user.is_authenticated:
            return False
        right = view.needed_right(request)
        return not right or request.user.has_right(right)


class ApiView(APIView):
    """A resource with methods `get`, `post`, `patch`, `delete`."""

    permission_classes: ClassVar[Sequence[Any]] = [HasRight]
    parser_classes: ClassVar[Sequence[Any]] = [StrictJSONParser, MultiPartParser, FormParser]
    schema = Description()
    #: "" lets every signed-in user in.
    right_to_read = "view"
    right_to_write = "use"
    rights: ClassVar[dict[str, str]] = {}

    def needed_right(self, request: Any) -> str:
        """The right for this request."""
        name = getattr(self, "action", None) or request.method.lower()
        if name in self.rights:
            return self.rights[name]
        return self.right_to_read if request.method in SAFE_METHODS else self.right_to_write

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Check who asks and what the address says, in the language asked for."""
        activate_language(request)
        super().initial(request, *args, **kwargs)
        check_query(request)

    def check_permissions(self, request: Any) -> None:
        """Requests are counted before rights are asked for: refused ones count as well."""
        super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request: Any) -> None:
        """Done by `check_permissions`."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer a request; like DRF's, with the handler run by `perform`."""
        self.args, self.kwargs = args, kwargs
        request = self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(request, *args, **kwargs)
            name = request.method.lower()
            allowed = name in self.http_method_names
            refuse = self.http_method_not_allowed
            handler: Any = getattr(self, name, refuse) if allowed else refuse
            response = self.perform(handler, request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  (what the handler does not know is raised again)
            response = self.handle_exception(error)
        self.response = self.finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(self.response, ["Accept-Language", "Authorization", "Cookie"])
        return self.response

    def perform(self, handler: Callable[..., Response], request: Any, *args: Any, **kwargs: Any) -> Response:
        """Run the handler as the user; a change in one transaction, with the stored answer for its key."""
        with acting(request.user.get_username(), "api"):
            if request.method in SAFE_METHODS:
                return handler(request, *args, **kwargs)
            key = idempotency.key_of(request)
            with transaction.atomic():
                if key and (known := idempotency.claim(request, key)):
                    return known
                response = handler(request, *args, **kwargs)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                elif key:
                    idempotency.store(request, key, response)
            hooks = getattr(response, "hooks", ())
            for hook in hooks:
                hook(response)
            if key and hooks and response.status_code < 400:
                idempotency.store(request, key, response)
            return response

    def answer_list(self, found: QuerySet[Any] | Sequence[Any], show: Callable[[list[Any]], Iterable[Any]]) -> Response:
        """One window of a list as `{count, next, previous, results}`; `show` gets the rows of the window at once."""
        limit, offset = window(self.request)
        count = found.count() if isinstance(found, QuerySet) else len(found)
        rows = list(found[offset : offset + limit]) if offset < count else []
        return Response(
            {
                "count": count,
                "next": self.address_at(limit, offset + limit) if offset + limit < count else None,
                "previous": self.address_at(limit, max(0, offset - limit)) if offset else None,
                "results": list(show(rows)),
            }
        )

    def address_at(self, limit: int, offset: int) -> str:
        """The address of another window of this list."""
        params = [
            (k, v) for k, values in self.request.query_params.lists() for v in values if k not in ("limit", "offset")
        ]
        return str(
            self.request.build_absolute_uri(
                f"{self.request.path}?{urlencode([*params, ('limit', limit), ('offset', offset)])}"
            )
        )


class ApiViewSet(ViewSetMixin, ApiView):
    """A collection with `list`, `create`, `retrieve`, `partial_update`, `destroy` and extra actions."""


class NothingHere(ApiView):
    """Answers 404 in the API's own form at addresses that do not exist."""

    schema = None  # type: ignore[assignment]

    def get(self, _request: Any, **_kwargs: Any) -> Response:
        """404 for every method."""
        raise Http404

    post = patch = put = delete = get


def after_commit(response: Response, hook: Callable[[Response], None]) -> Response:
    """Run `hook(response)` when the change is stored; it may still change the answer (used for `?wait=SECONDS`)."""
    response.hooks = [*getattr(response, "hooks", ()), hook]
    return response


def activate_language(request: Any) -> None:
    """Answer in the language of `Accept-Language`; without one in that of the pages."""
    header = request.headers.get("Accept-Language", "")
    for code, _quality in trans_real.parse_accept_lang_header(header):
        try:
            translation.activate(trans_real.get_supported_language_variant(code))
        except LookupError:
            continue
        return
