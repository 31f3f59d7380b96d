"""`Idempotency-Key`: one effect and one answer, however often a request arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from pages.models import IdempotentAnswer

pytestmark = pytest.mark.django_db
TERMS = "/api/v1/erp/payment-terms/"


def post(client: APIClient, key: str, body: dict[str, Any]) -> Any:
    return client.post(TERMS, body, headers={"Idempotency-Key": key})


def test_a_repeat_gets_the_same_answer_and_has_no_effect(api: Callable[[str], APIClient]) -> None:
    client = api("salesperson")
    first, second = post(client, "k1", {"code": "A"}), post(client, "k1", {"code": "A"})

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert (first["Location"], first["ETag"]) == (second["Location"], second["ETag"])
    assert client.get(TERMS).json()["count"] == 1


def test_another_body_under_the_same_key_is_refused(api: Callable[[str], APIClient]) -> None:
    client = api("salesperson")
    post(client, "k1", {"code": "A"})

    response = post(client, "k1", {"code": "B"})

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert client.get(TERMS).json()["count"] == 1


def test_a_key_belongs_to_its_user(api: Callable[[str], APIClient]) -> None:
    post(api("salesperson"), "k1", {"code": "A"})

    assert post(api("admin"), "k1", {"code": "B"}).status_code == 201


def test_a_refused_request_may_be_repeated_in_a_better_form(api: Callable[[str], APIClient]) -> None:
    client = api("salesperson")

    assert post(client, "k1", {"code": ""}).status_code == 400
    assert IdempotentAnswer.objects.count() == 0
    assert post(client, "k1", {"code": "A"}).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_bad_key_is_named(api: Callable[[str], APIClient], key: str) -> None:
    response = post(api("salesperson"), key, {"code": "A"})

    assert list(response.json()["errors"]) == ["Idempotency-Key"]
