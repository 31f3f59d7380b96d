"""Films in the help pane: with captions in the user's language, and as text."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from pages import registry
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def browser(language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(make_user("viewer"))
    return client


@pytest.mark.parametrize("page", ["erp.customer.list", "erp.customer.card", "crm.account.list", "crm.contact.card"])
def test_the_help_of_coupled_tables_shows_the_film_and_its_text(page: str) -> None:
    html = browser().get(f"/help/{page}/").content.decode()

    assert "<h3>Video</h3>" in html
    assert f'src="/help/{page}/couple.vtt"' in html
    assert "<li>Choose Set Up Coupling.</li>" in html


def test_a_page_without_a_film_has_no_heading_for_one() -> None:
    assert "<h3>Video</h3>" not in browser().get("/help/sync.job.list/").content.decode()


def test_captions_speak_the_language_of_the_user() -> None:
    answer = browser().get("/help/erp.customer.list/couple.vtt")

    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.content.decode().startswith("WEBVTT\n\n00:00.000 --> 00:04.000\nSelect the record")
    assert "Choose Set Up Coupling." not in browser("it").get("/help/erp.customer.list/couple.vtt").content.decode()
    assert browser().get("/help/erp.customer.list/nothing.vtt").status_code == 404
    assert browser().get("/help/sync.job.list/couple.vtt").status_code == 404


def test_every_film_is_there_and_may_be_shown() -> None:
    for film in {film for page in registry.every() for film in page.films}:
        assert finders.find(film.file)
        assert [at for at, _text in film.cues] == sorted(at for at, _text in film.cues)
        assert film.cues[-1][0] < film.seconds
    assert "'self'" in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["media-src"]
