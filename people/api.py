"""API of people: oneself, and the users for administrators."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.response import Response

from pages.api import ApiView, ApiViewSet, body_object, if_match, register_view, telling_stored, versioned
from people.models import RIGHTS, User
from people.services.user import HIDDEN, SETTINGS, user_create, user_update
from records.errors import FieldError, Rejected
from records.values.present import moment

#: Sent back by callers as they read them, and dropped.
_READ_ONLY = frozenset({"id", "page", "row_version", "rights", "created_at", "is_service", "last_login"})


class MeView(ApiView):
    """The user who asks: name, rights, language, time zone."""

    right_to_read = right_to_write = ""

    def get(self, request: Any) -> Response:
        """Oneself."""
        return versioned(show_me(request.user))

    def patch(self, request: Any) -> Response:
        """Change the own language, time zone or salesperson."""
        given = {
            n: v
            for n, v in body_object(request).items()
            if n not in _READ_ONLY | {"username", "permission_sets", "active"}
        }
        bad = [
            FieldError(name, "read_only", {"caption": name})
            for name in given
            if name == "email" and given[name] != request.user.email
        ]
        given.pop("email", None)
        if bad:
            raise Rejected(bad)
        user = _update(request, request.user, given)
        return versioned(show_me(user))


class UserViewSet(ApiViewSet):
    """Users; only for administrators."""

    right_to_read = right_to_write = "setup"

    def list(self, request: Any) -> Response:
        """All users by name; `q` searches the name."""
        found = User.objects.order_by("username")
        if search := request.query_params.get("q", ""):
            found = found.filter(username__icontains=search)
        return self.answer_list(found, lambda users: [show_user(user) for user in users])

    def retrieve(self, _request: Any, pk: str) -> Response:
        """One user."""
        user = _find(pk)
        return versioned(show_user(user))

    def create(self, request: Any) -> Response:
        """A new user; `password` is taken and never shown."""
        given = {n: v for n, v in body_object(request).items() if n not in _READ_ONLY}
        user = user_create(username=given.pop("username", ""), password=given.pop("password", None), **_named(given))
        response = versioned(show_user(user), 201)
        response["Location"] = request.build_absolute_uri(f"{request.path}{user.pk}/")
        return response

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change a user; the name stays."""
        user = _find(pk)
        given = {n: v for n, v in body_object(request).items() if n not in _READ_ONLY}
        if given.pop("username", user.username) != user.username:
            raise Rejected(
                [FieldError("username", "insert_only", {"caption": str(User._meta.get_field("username").verbose_name)})]
            )
        user = _update(request, user, given)
        return versioned(show_user(user))


def _named(given: dict[str, Any]) -> dict[str, Any]:
    known = {*SETTINGS, HIDDEN, "permission_sets", "active", "email"}
    if unknown := [name for name in given if name not in known]:
        raise Rejected([FieldError(name[:80], "unknown_field", {"field": name[:80]}) for name in unknown])
    return given


def _update(request: Any, user: User, given: dict[str, Any]) -> User:
    with telling_stored(lambda: show_user(User.objects.get(pk=user.pk))):
        return user_update(user=user, values=given, version=if_match(request))


def _find(pk: str) -> User:
    user = User.objects.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    if user is None:
        raise Http404
    return user


def show_user(user: User) -> dict[str, Any]:
    """A user as administrators see it."""
    return {
        "id": user.pk,
        "row_version": user.row_version,
        "page": f"/users/{user.pk}/",
        "username": user.username,
        "email": user.email,
        "permission_sets": user.permission_sets,
        "active": user.active,
        "is_service": user.is_service,
        "language": user.language,
        "time_zone": user.time_zone,
        "salesperson": user.salesperson,
        "notifications_off": user.notifications_off,
        "created_at": moment(user.created_at),
        "last_login": moment(user.last_login) if user.last_login else None,
    }


def show_me(user: User) -> dict[str, Any]:
    """A user as the user itself sees it; `rights` are all that the permission sets include."""
    return show_user(user) | {"page": "/my-settings/", "rights": [right for right in RIGHTS if user.has_right(right)]}


register_view("me", MeView, name="me")
register_view("users", UserViewSet, name="user")
