"""Signing in and out: sessions, lock-out, languages, and the way back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from people.models import SignInFailure, User
from people.services import user_set_password, user_update
from tests.cast import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def sign_in(client: Client, name: str = "viewer", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/my-settings/").status_code == 200


def test_the_first_field_is_the_user_name_and_the_next_the_password(client: Client) -> None:
    html = client.get("/sign-in/").content.decode()
    visible = [part.split(">")[0] for part in html.split("<input")[1:] if 'type="hidden"' not in part.split(">")[0]]

    assert ['name="username"' in visible[0], 'name="password"' in visible[1]] == [True, True]
    assert html.count("<main") == 1


def test_a_page_leads_to_the_sign_in_and_back(client: Client, viewer: User) -> None:
    response = client.get("/my-settings/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/my-settings/")

    assert sign_in(client, next="/my-settings/")["Location"] == "/my-settings/"
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"]
)
def test_the_way_back_never_leaves_this_site(client: Client, viewer: User, next_page: str) -> None:
    assert sign_in(client, next=next_page)["Location"] == "/"
    assert "evil" not in client.get("/sign-in/", {"next": next_page})["Location"]


def test_the_case_of_the_name_does_not_matter(client: Client, viewer: User) -> None:
    assert sign_in(client, "VIEWER").status_code == 302


def test_the_session_is_a_new_one_after_signing_in(client: Client, viewer: User) -> None:
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    sign_in(client)

    assert client.session.session_key != before
    assert not type(session)().exists(before)


def test_a_session_ends_with_sign_out_new_password_other_rights_or_deactivation(viewer: User) -> None:
    def ended_by(action: Any) -> bool:
        client = Client()
        client.force_login(User.objects.get(pk=viewer.pk))
        assert is_signed_in(client)
        action(client)
        return not is_signed_in(client)

    assert ended_by(lambda client: client.post("/sign-out/"))
    assert ended_by(lambda client: user_set_password(user=viewer, password="another good one"))
    assert ended_by(lambda client: user_update(user=viewer, values={"permission_sets": []}))
    assert ended_by(lambda client: user_update(user=viewer, values={"active": False}))


def test_signing_out_needs_a_post(client: Client, viewer: User) -> None:
    client.force_login(viewer)

    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)


def test_wrong_name_and_wrong_password_read_the_same(client: Client, viewer: User) -> None:
    texts = {
        sign_in(client, name, "wrong").content.decode().split('role="alert"')[1].split("</div>")[0]
        for name in ("viewer", "nobody")
    }

    assert len(texts) == 1


def test_an_inactive_user_cannot_sign_in(client: Client, viewer: User) -> None:
    user_update(user=viewer, values={"active": False})

    assert sign_in(client).status_code == 200
    assert not is_signed_in(client)


def test_too_many_failures_lock_the_account_for_longer_and_longer(client: Client, viewer: User) -> None:
    for _attempt in range(5):
        assert sign_in(client, password="wrong").status_code == 200
    locked = sign_in(client)

    assert locked.status_code == 429
    assert 0 < int(locked["Retry-After"]) <= 31
    assert not is_signed_in(client)

    SignInFailure.objects.update(locked_until=timezone.now())
    sign_in(client, password="wrong")
    assert int(sign_in(client)["Retry-After"]) > 31

    SignInFailure.objects.update(locked_until=timezone.now())
    assert sign_in(client).status_code == 302
    assert not SignInFailure.objects.filter(key="user:viewer").exists()


def test_one_address_cannot_try_many_accounts(client: Client, db: Any) -> None:
    answers = [sign_in(client, f"user{n}", "wrong").status_code for n in range(21)]

    assert answers == [200] * 20 + [429]


def test_a_forged_forwarding_header_does_not_change_the_address(client: Client, db: Any) -> None:
    for n in range(20):
        client.post("/sign-in/", {"username": f"u{n}", "password": "x"}, headers={"X-Forwarded-For": f"10.0.0.{n}"})

    assert sign_in(client, "u99", "x").status_code == 429


def test_behind_a_trusted_proxy_the_forwarded_address_counts(client: Client, db: Any, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    for n in range(20):
        client.post(
            "/sign-in/", {"username": f"u{n}", "password": "x"}, headers={"X-Forwarded-For": f"9.9.9.{n}, 10.0.0.1"}
        )

    assert SignInFailure.objects.get(key="address:10.0.0.1").failures == 20


def test_old_failures_are_forgotten(client: Client, viewer: User) -> None:
    for _attempt in range(4):
        sign_in(client, password="wrong")
    SignInFailure.objects.update(last_at=timezone.now() - dt.timedelta(hours=2))
    sign_in(client, password="wrong")

    assert SignInFailure.objects.get(key="user:viewer").failures == 1


def test_a_page_whose_session_was_renewed_elsewhere_is_told_so(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)

    answer = client.post("/coupling/set-up/", headers={"HX-Request": "true", "X-CSRFToken": "of-another-session"})

    assert answer.status_code == 401
    assert "signInRequired" in answer["HX-Trigger"]


def test_a_form_without_csrf_token_is_refused(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)

    assert sign_in(client).status_code == 403


def test_a_part_of_a_page_that_reads_takes_the_page_to_the_sign_in(client: Client) -> None:
    response = client.get(
        "/my-settings/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/erp/customers/?q=1"}
    )

    assert (response.status_code, response["HX-Redirect"]) == (401, "/sign-in/?next=%2Ferp%2Fcustomers%2F%3Fq%3D1")


def test_a_part_of_a_page_that_saves_stays_as_it_is_and_is_told(client: Client) -> None:
    response = client.post(
        "/my-settings/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/my-settings/"}
    )

    assert (response.status_code, response["HX-Reswap"]) == (401, "none")
    assert "signInRequired" in response["HX-Trigger"]
    assert "session has ended" in response.content.decode()


def test_the_language_follows_the_browser_until_one_is_chosen(client: Client, viewer: User) -> None:
    def language() -> str:
        return client.get("/my-settings/", headers={"Accept-Language": "it,en;q=0.5"})["Content-Language"]

    client.force_login(viewer)
    assert language() == "it"

    client.post("/language/", {"language": "sv", "next": "/my-settings/"})
    assert language() == "sv"
    assert User.objects.get(pk=viewer.pk).language == "sv"

    client.post("/sign-out/")
    assert client.get("/sign-in/", headers={"Accept-Language": "it"})["Content-Language"] == "sv"


@pytest.mark.parametrize(
    ("asked", "given"), [("fr-CH", "fr"), ("en-NZ", "en-gb"), ("en-US", "en"), ("de", "en"), ("es-MX", "es")]
)
def test_regions_fall_back_to_their_language(client: Client, db: Any, asked: str, given: str) -> None:
    assert client.get("/sign-in/", headers={"Accept-Language": asked})["Content-Language"] == given


def test_an_unknown_language_changes_nothing(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    client.post("/language/", {"language": "xx"})

    assert User.objects.get(pk=viewer.pk).language == ""


def test_somebody_who_is_signed_in_is_not_asked_again(client: Client) -> None:
    client.force_login(make_user("viewer"))

    assert client.get("/sign-in/", {"next": "/my-settings/"})["Location"] == "/my-settings/"
