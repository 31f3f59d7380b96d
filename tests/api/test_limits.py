"""Too many requests of one caller are answered 429, with or without Redis; so is a user's hundred and first job."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pages.api import throttle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(throttle, "counts", throttle.Counts())
    monkeypatch.setattr(throttle.time, "time", lambda: 1_000_000_010.0)
    settings.API_REQUESTS_PER_MINUTE = 3


def ask(client: Client, **headers: str) -> Any:
    return client.get("/api/v1/me/", headers=headers)


def test_the_request_after_the_last_one_is_told_to_wait(client: Client, viewer: Any, salesperson: Any) -> None:
    client.force_login(viewer)
    assert [ask(client).status_code for _n in range(4)] == [200, 200, 200, 429]
    refused = ask(client)
    assert refused.json()["code"] == "throttled"
    assert 0 < int(refused["Retry-After"]) <= 60

    other = Client()
    other.force_login(salesperson)
    assert ask(other).status_code == 200


def test_strangers_are_counted_by_address_whatever_they_write_into_the_header(client: Client) -> None:
    answers = [ask(client, **{"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(4)]

    assert answers == [401, 401, 401, 429]


def test_a_broken_redis_neither_opens_nor_locks(client: Client, viewer: Any, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    client.force_login(viewer)

    assert [ask(client).status_code for _n in range(4)] == [200, 200, 200, 429]


def test_the_next_minute_begins_anew(client: Client, viewer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(viewer)
    for _n in range(4):
        ask(client)
    monkeypatch.setattr(throttle.time, "time", lambda: 1_000_000_090.0)

    assert ask(client).status_code == 200


def test_one_job_too_many_of_a_user_is_refused(client: Client, salesperson: Any, settings: Any, tmp_path: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.API_REQUESTS_PER_MINUTE = 0
    settings.SYNC_JOBS_PER_USER = 2
    settings.MEDIA_ROOT = tmp_path
    client.force_login(salesperson)

    def upload() -> Any:
        file = SimpleUploadedFile("c.csv", b"no,name\nA1,x\n", "text/csv")
        return client.post("/api/v1/imports/", {"table": "erp.Customer", "file": file})

    assert [upload().status_code for _n in range(3)] == [202, 202, 429]
    refused = upload()
    assert (refused.json()["code"], refused["Retry-After"]) == ("too_many_jobs", "30")
