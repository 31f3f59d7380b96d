"""The base of all views: one transaction for each change, hooks after it, keys under concurrency."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from pages.api import ApiView, after_commit, refusal
from people.models import User
from records.actor import current
from records.errors import Refused
from tests.cast import CAST, PASSWORD, make_user

TERMS = "/api/v1/erp/payment-terms/"


class Probe(ApiView):
    """Does what the test asks for."""

    act: Callable[[Any], Response]

    def get(self, request: Any) -> Response:
        return type(self).act(request)

    def post(self, request: Any) -> Response:
        return type(self).act(request)


def call(act: Callable[[Any], Response], method: str = "post", name: str = "salesperson", **headers: str) -> Any:
    view = type("ThisProbe", (Probe,), {"act": staticmethod(act)}).as_view()
    request = getattr(APIRequestFactory(), method)(
        "/", {} if method == "get" else "{}", content_type="application/json", headers=headers
    )
    force_authenticate(request, make_user(name))
    return view(request)


@pytest.mark.django_db
def test_a_change_runs_in_a_transaction_as_the_user_of_the_api() -> None:
    seen: list[Any] = []

    def act(request: Any) -> Response:
        seen.append((connection.in_atomic_block, current().user_name, current().source))
        return Response()

    call(act)

    assert seen == [(True, "salesperson", "api")]
    assert current().source == "setup"


@pytest.mark.django_db(transaction=True)
def test_a_refused_change_leaves_nothing() -> None:
    def made_and_answered(request: Any) -> Response:
        User.objects.create_user("bob", PASSWORD)
        return refusal(409, "connection_disabled")

    def made_and_raised(request: Any) -> Response:
        User.objects.create_user("bob", PASSWORD)
        raise Refused("connection_disabled")

    for act in (made_and_answered, made_and_raised):
        assert call(act).status_code == 409
        assert not User.objects.filter(username="bob").exists()


@pytest.mark.django_db(transaction=True)
def test_hooks_run_when_the_change_is_stored_and_may_change_the_answer() -> None:
    def act(request: Any) -> Response:
        User.objects.create_user("bob", PASSWORD)
        return after_commit(Response({"state": "ready"}, status=202), finish)

    def finish(response: Response) -> None:
        assert not transaction.get_connection().in_atomic_block
        response.data["state"] = "finished"

    first = call(act, **{"Idempotency-Key": "k"})
    repeated = call(act, **{"Idempotency-Key": "k"})

    assert first.data == repeated.data == {"state": "finished"}
    assert User.objects.filter(username="bob").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", CAST)
def test_rights_are_asked_for_before_anything_happens(name: str) -> None:
    acted: list[str] = []

    def act(request: Any) -> Response:
        acted.append(request.method)
        return Response()

    call(act, "get", name)
    call(act, "post", name)

    assert acted == {"admin": ["GET", "POST"], "salesperson": ["GET", "POST"], "viewer": ["GET"], "outsider": []}[name]


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_equal_requests_at_once_have_one_effect() -> None:
    user, answers = make_user("salesperson"), []

    def post() -> None:
        client = APIClient()
        client.force_authenticate(user)
        answers.append(client.post(TERMS, {"code": "A"}, format="json", headers={"Idempotency-Key": "once"}))
        connection.close()

    threads = [threading.Thread(target=post) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_many_changes_of_one_version_one_wins() -> None:
    user = make_user("salesperson")
    client = APIClient()
    client.force_authenticate(user)
    address = client.post(TERMS, {"code": "A"}, format="json")["Location"]
    statuses: list[int] = []

    def patch(number: int) -> None:
        mine = APIClient()
        mine.force_authenticate(user)
        body = {"description": f"by {number}"}
        statuses.append(mine.patch(address, body, format="json", headers={"If-Match": '"1"'}).status_code)
        connection.close()

    threads = [threading.Thread(target=patch, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] + [412] * 11
