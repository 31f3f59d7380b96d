"""Request ids and the log line of a request."""

from __future__ import annotations

import logging

import pytest

pytestmark = pytest.mark.django_db


def test_an_answer_names_its_request_and_one_line_is_logged_without_the_query(client, caplog):
    with caplog.at_level(logging.INFO, "tandem.request"):
        answer = client.get("/?secret=1")

    lines = [record.getMessage() for record in caplog.records if record.name == "tandem.request"]
    assert len(lines) == 1
    assert lines[0].startswith(f"GET / {answer.status_code} ")
    assert "secret" not in lines[0]
    assert len(answer["X-Request-ID"]) == 32


@pytest.mark.parametrize(("given", "is_kept"), [("proxy-0815-4711", True), ("short", False), ("a b\r\nc" * 4, False)])
def test_the_id_of_a_proxy_is_kept_when_it_is_one(client, given, is_kept):
    answer = client.get("/", headers={"X-Request-ID": given})

    assert (answer["X-Request-ID"] == given) == is_kept
