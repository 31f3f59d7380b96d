"""Users, tokens, rights, the audit log, and the pages and resources about them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from rest_framework.test import APIClient

from people.models import AuditEntry, Token, User
from people.services import ensure_default_users, token_create, user_create, user_update
from people.signals import user_saved
from records.actor import acting
from records.errors import Refused, Rejected
from tests.cast import PASSWORD, make_user

pytestmark = pytest.mark.django_db
USERS = "/api/v1/users/"


@pytest.mark.parametrize(
    ("name", "rights"),
    [("admin", ["view", "use", "setup"]), ("salesperson", ["view", "use"]), ("viewer", ["view"]), ("outsider", [])],
)
def test_each_permission_set_includes_the_lower_ones(
    api: Callable[[str], APIClient], name: str, rights: list[str]
) -> None:
    assert api(name).get("/api/v1/me/").json()["rights"] == rights


def test_an_inactive_user_has_no_right(admin: User) -> None:
    admin.active = False

    assert not admin.has_right("view")


def test_an_unknown_right_is_an_error(admin: User) -> None:
    with pytest.raises(ValueError, match="fly"):
        admin.has_right("fly")


def test_the_first_start_makes_three_users_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_PASSWORD_VIEWER", "a password from outside")

    made = ensure_default_users()

    assert list(made) == ["admin", "salesperson", "viewer"]
    assert made["viewer"] == "a password from outside"
    assert len(made["admin"]) >= 16
    assert User.objects.get(username="admin").check_password(made["admin"])
    assert {u.username: u.permission_sets for u in User.objects.all()} == {
        "admin": ["setup"],
        "salesperson": ["use"],
        "viewer": ["view"],
    }
    assert ensure_default_users() == {}


def test_other_apps_hear_of_users() -> None:
    heard: list[tuple[str, bool]] = []

    def listen(sender: Any, user: User, created: bool, **_: Any) -> None:
        heard.append((user.username, created))

    user_saved.connect(listen)
    try:
        bob = user_create(username="bob", password=PASSWORD)
        user_update(user=bob, values={"language": "sv"})
        user_update(user=bob, values={"language": "sv"})
    finally:
        user_saved.disconnect(listen)

    assert heard == [("bob", True), ("bob", False)]


def test_a_token_works_alone_and_only_its_digest_is_kept(salesperson: User) -> None:
    out = io.StringIO()
    call_command("api_token", "SalesPerson", stdout=out)
    token = out.getvalue().splitlines()[-1]
    client = APIClient(headers={"Authorization": f"Token {token}"}, enforce_csrf_checks=True)

    assert client.patch("/api/v1/me/", {"language": "sv"}, format="json").json()["language"] == "sv"
    assert token not in str(Token.objects.values())


def test_a_token_for_nobody_is_refused() -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("api_token", "nobody")


@pytest.mark.parametrize("header", ["Token", "Token nonsense", "Token \u00e9", "Token a b"])
def test_a_wrong_token_is_401(header: str, db: Any) -> None:
    response = APIClient(headers={"Authorization": header.encode().decode("latin1")}).get("/api/v1/me/")

    assert (response.status_code, response.json()["code"], response["WWW-Authenticate"]) == (
        401,
        "not_authenticated",
        "Token",
    )


def test_a_token_of_an_inactive_user_is_401(salesperson: User) -> None:
    token = token_create(user=salesperson)
    user_update(user=salesperson, values={"active": False})

    assert APIClient(headers={"Authorization": f"Token {token}"}).get("/api/v1/me/").status_code == 401


def test_the_api_with_a_session_checks_the_csrf_token(salesperson: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(salesperson)

    response = client.patch("/api/v1/me/", {"language": "sv"}, format="json")

    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert User.objects.get(pk=salesperson.pk).language == ""


def test_nobody_gives_oneself_rights(api: Callable[[str], APIClient]) -> None:
    client = api("viewer")
    sent = {
        "permission_sets": ["setup"],
        "active": False,
        "username": "admin",
        "is_service": True,
        "id": 1,
        "rights": ["setup"],
    }

    assert client.patch("/api/v1/me/", sent).status_code == 200
    assert client.patch("/api/v1/me/", {"password": "x"}).status_code in (200, 400)
    viewer = User.objects.get(username="viewer")
    assert (viewer.permission_sets, viewer.active, viewer.is_service) == (["view"], True, False)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "xx"}, "language"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"salesperson": "X" * 21}, "salesperson"),
        ({"language": None}, "language"),
        ({"colour": "red"}, "colour"),
        ({"time_zone": ["UTC"]}, "time_zone"),
    ],
)
def test_bad_settings_are_named(api: Callable[[str], APIClient], body: dict[str, Any], field: str) -> None:
    response = api("viewer").patch("/api/v1/me/", body)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_administrators_manage_users(api: Callable[[str], APIClient]) -> None:
    client = api("admin")
    made = client.post(
        USERS, {"username": "bob", "password": PASSWORD, "permission_sets": ["use", "view"], "language": "it"}
    )
    user = made.json()

    assert made.status_code == 201
    assert (user["permission_sets"], user["language"], user["active"]) == (["view", "use"], "it", True)
    assert "password" not in user
    assert client.get(made["Location"]).json() == user
    assert client.get(USERS, {"q": "BO"}).json()["count"] == 1

    changed = client.patch(f"{USERS}{user['id']}/", {"active": False}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["active"], changed["ETag"]) == (200, False, '"2"')
    assert client.patch(f"{USERS}{user['id']}/", {"active": True}, headers={"If-Match": '"1"'}).status_code == 412


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"username": "required"}),
        ({"username": "ADMIN"}, {"username": "unique_violation"}),
        ({"username": "a b"}, {"username": "invalid_value"}),
        ({"username": 5}, {"username": "required"}),
        ({"username": "b" * 81}, {"username": "too_long"}),
        ({"username": "bob", "password": "short"}, {"password": "password_too_short"}),
        (
            {"username": "bob", "permission_sets": ["fly"], "email": "x"},
            {"permission_sets": "invalid_option", "email": "invalid_value"},
        ),
        ({"username": "bob", "active": "yes"}, {"active": "invalid_value"}),
        ({"username": "bob", "is_superuser": True}, {"is_superuser": "unknown_field"}),
    ],
)
def test_a_bad_user_is_named_field_by_field(
    api: Callable[[str], APIClient], body: dict[str, Any], errors: dict[str, str]
) -> None:
    response = api("admin").post(USERS, body)

    assert {field: problems[0]["code"] for field, problems in response.json()["errors"].items()} == errors
    assert not User.objects.filter(username="bob").exists()


def test_the_last_administrator_stays_one(admin: User) -> None:
    for values in ({"permission_sets": ["use"]}, {"active": False}):
        with pytest.raises(Refused) as caught:
            user_update(user=admin, values=values)
        assert caught.value.code == "last_administrator"

    user_create(username="second", password=PASSWORD, permission_sets=["setup"])
    user_update(user=admin, values={"permission_sets": ["use"]})


@pytest.mark.parametrize("key", ["0", "x", "-1", "9" * 30, "1.0", "%00"])
def test_a_malformed_user_id_is_404(api: Callable[[str], APIClient], key: str) -> None:
    assert api("admin").get(f"{USERS}{key}/").status_code == 404


def test_changes_of_users_are_in_the_audit_log(admin: User) -> None:
    with acting("admin", "page"):
        bob = user_create(username="bob", password=PASSWORD)
        user_update(user=bob, values={"permission_sets": ["use"], "password": "another good one"})
        token_create(user=bob)

    entries = list(AuditEntry.objects.filter(target="bob").order_by("id"))
    assert [(e.action, e.user_name) for e in entries] == [
        ("user.created", "admin"),
        ("user.changed", "admin"),
        ("user.password_changed", "admin"),
        ("token.created", "admin"),
    ]
    assert (entries[1].old, entries[1].new) == ({"permission_sets": []}, {"permission_sets": ["use"]})
    assert "another good one" not in str(AuditEntry.objects.values())


def test_the_audit_log_only_grows(admin: User) -> None:
    token_create(user=admin)
    for change in (lambda: AuditEntry.objects.update(action="x"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert AuditEntry.objects.count() == 1


def test_a_refused_change_leaves_no_trace_in_the_log(admin: User) -> None:
    with pytest.raises(Rejected):
        user_create(username="", password=PASSWORD)
    assert not AuditEntry.objects.exists()


def test_the_users_page_creates_and_edits(client: Client, admin: User) -> None:
    client.force_login(admin)
    form = {"username": "bob", "password": PASSWORD, "permission_sets": ["view"], "active": "on"}
    assert client.post("/users/new/", form).status_code == 302
    bob = User.objects.get(username="bob")
    assert "bob" in client.get("/users/", {"q": "BO"}).content.decode()

    edit = {"permission_sets": ["use"], "active": "on", "version": bob.row_version, "language": "it"}
    assert client.post(f"/users/{bob.pk}/", edit).status_code == 302
    bob.refresh_from_db()
    assert (bob.permission_sets, bob.language, bob.check_password(PASSWORD)) == (["use"], "it", True)

    stale = client.post(f"/users/{bob.pk}/", edit | {"permission_sets": ["view"]})
    assert "Another user has changed the record" in stale.content.decode()


def test_the_users_page_shows_errors_at_their_fields(client: Client, admin: User) -> None:
    client.force_login(admin)

    page = client.post("/users/new/", {"username": "admin", "password": "x", "active": "on"}).content.decode()

    assert "already exists" in page
    assert "too short" in page


@pytest.mark.parametrize("name", ["viewer", "salesperson", "outsider"])
def test_others_do_not_see_the_users(client: Client, name: str) -> None:
    client.force_login(make_user(name))

    assert [client.get(path).status_code for path in ("/users/", "/users/new/", "/users/1/")] == [403, 403, 403]


def test_a_password_is_changed_with_the_present_one(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    form = {"present": "wrong", "password": "another good one", "again": "another good one"}
    client.post("/my-settings/password/", form)
    assert User.objects.get(pk=viewer.pk).check_password(PASSWORD)

    client.post("/my-settings/password/", form | {"present": PASSWORD, "again": "different"})
    assert User.objects.get(pk=viewer.pk).check_password(PASSWORD)

    assert client.post("/my-settings/password/", form | {"present": PASSWORD}).status_code == 302
    assert User.objects.get(pk=viewer.pk).check_password("another good one")
    assert client.get("/my-settings/").status_code == 200
