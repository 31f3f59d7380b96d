"""One thread answers many people and runs many tasks: nobody's language reaches the next one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from people.models import User
from people.services.user import user_update

SPANISH = {"accept-language": "es"}

pytestmark = pytest.mark.django_db


def test_the_language_of_one_request_does_not_reach_the_next(admin: User, viewer: User) -> None:
    user_update(user=admin, values={"language": "es"})
    spanish, english, nobody = Client(), Client(), Client()
    spanish.force_login(admin)
    english.force_login(viewer)

    said = [client.get("/settings/").headers["Content-Language"] for client in (spanish, english, spanish)]
    said.append(nobody.get("/sign-in/").headers["Content-Language"])
    said.append(spanish.get("/settings/").headers["Content-Language"])

    assert said == ["es", "en", "es", "en", "es"]


def test_the_language_asked_of_the_api_does_not_reach_the_next_request(viewer: User) -> None:
    client = Client()
    client.force_login(viewer)

    said = [
        client.get("/api/v1/me/", headers=asked).headers["Content-Language"] for asked in (SPANISH, {}, {}, SPANISH)
    ]

    assert said == ["es", "en", "en", "es"]


def test_every_test_begins_in_the_usual_language() -> None:
    assert translation.get_language() == "en"
