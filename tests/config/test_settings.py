"""Settings: what production demands, what every answer carries, which language stands in for which."""

from __future__ import annotations

import re

import pytest
from cryptography.fernet import Fernet
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import get_language_from_request

from config.keys import stored_key
from config.languages import LANGUAGES
from tests.config.conftest import RunManage

PRODUCTION = {
    "TANDEM_ENV": "production",
    "SECRET_KEY": "k9" * 40 + "abcdefghijklmnop",
    "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgres://tandem:secret@localhost/tandem",
    "ALLOWED_HOSTS": "tandem.example.com",
}


@pytest.mark.slow
def test_the_deployment_check_is_clean_with_production_settings(manage: RunManage):
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (done.returncode, done.stderr) == (0, ""), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL"])
def test_production_does_not_start_without(manage: RunManage, name: str):
    done = manage("diffsettings", **PRODUCTION | {name: ""})

    assert done.returncode == 1
    assert f"Set {name}" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"), [("TANDEM_ENV", "prod"), ("DEBUG", "perhaps"), ("SECURE_HSTS_SECONDS", "a year")]
)
def test_a_malformed_setting_stops_the_start(manage: RunManage, name: str, value: str):
    done = manage("diffsettings", **PRODUCTION | {name: value})

    assert done.returncode == 1
    assert name in done.stderr or value in done.stderr


@pytest.mark.slow
def test_the_embedded_set_up_needs_no_settings_and_makes_its_keys(manage: RunManage, data):
    done = manage("showmigrations", "config")

    assert done.returncode == 0, done.stderr
    assert "[ ] 0001_initial" in done.stdout
    assert (data / "keys" / "secret").stat().st_mode & 0o777 == 0o600


def test_a_stored_key_is_made_once(tmp_path):
    key = stored_key(tmp_path / "keys" / "secret")

    assert stored_key(tmp_path / "keys" / "secret") == key
    Fernet(key)
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["secret"]


def test_an_empty_key_file_is_refused(tmp_path):
    (tmp_path / "secret").touch()

    with pytest.raises(ValueError, match="is empty"):
        stored_key(tmp_path / "secret")


@pytest.mark.django_db
def test_every_page_carries_a_strict_policy_and_the_other_headers(client):
    headers = client.get("/", follow=True).headers

    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert re.fullmatch(r"'self'( 'nonce-\S+')?", policy["script-src"])
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_an_unknown_host_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("en", "en"), ("en-us", "en"), ("en-gb", "en-gb"), ("en-nz", "en-gb"), ("en-NZ,en;q=0.8", "en-gb"),
        ("en-au", "en-gb"), ("en-ca", "en"), ("fr-ch", "fr"), ("fr-CH,de;q=0.5", "fr"), ("it-ch", "it"),
        ("sv-fi", "sv"), ("es-mx", "es"), ("de", "en"), ("", "en"),
    ],
)  # fmt: skip
def test_the_nearest_language_stands_in(wanted: str, given: str):
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = wanted

    assert get_language_from_request(request) == given


def test_fallback_regions_can_be_activated():
    with translation.override("en-nz"):
        assert translation.to_locale(translation.get_language()) == "en_NZ"
        assert translation.gettext("") is not None


def test_languages_are_the_six():
    assert [code for code, _ in LANGUAGES] == ["en", "en-gb", "it", "sv", "fr", "es"]
