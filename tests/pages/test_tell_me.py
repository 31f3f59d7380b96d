"""Tell Me finds what people look for, in their words."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import make_user

pytestmark = pytest.mark.django_db
WORDS = ("couple", "decouple", "synchronize", "crm", "sales")
LANGUAGES = ("en", "en-gb", "it", "sv", "fr", "es")


@pytest.fixture
def ask(db: None):
    """`ask("couple", "sv")`: what the box shows for somebody who speaks this language."""

    def asked(typed: str, language: str = "en", user: str = "admin", page: str = "") -> str:
        client = Client()
        client.force_login(make_user(user))
        answer = client.get("/tell-me/", {"q": typed, "page": page}, headers={"Accept-Language": language})
        return answer.content.decode()

    return asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", WORDS)
def test_the_words_of_the_documentation_find_something_in_every_language(ask, word: str, language: str) -> None:
    assert 'class="tell-me-hit"' in ask(word, language)


def test_pages_of_the_right_are_hidden_from_those_without_it(ask) -> None:
    assert "/connection" in ask("connection")
    assert "/connection" not in ask("connection", user="viewer")


def test_nothing_found_is_said(ask) -> None:
    assert "Nothing found" in ask("zzzz")


def test_accents_and_case_do_not_matter(ask) -> None:
    assert "/erp/customers/" in ask("CÚSTOMERS")


def test_an_outsider_may_not_ask() -> None:
    client = Client()
    client.force_login(make_user("outsider"))

    assert client.get("/tell-me/", {"q": "customers"}).status_code == 403
