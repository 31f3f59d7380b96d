"""The people of the tests: an administrator, a salesperson who may couple, a viewer, and an outsider without rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from people.models import User

PASSWORD = "correct horse battery"
CAST = {"admin": ["setup"], "salesperson": ["use"], "viewer": ["view"], "outsider": []}


def make_user(name: str) -> User:
    """One of the cast, made when it is needed."""
    known = User.objects.filter(username=name).first()
    return known or User.objects.create_user(name, PASSWORD, permission_sets=CAST[name])


@pytest.fixture
def admin(db: Any) -> User:
    return make_user("admin")


@pytest.fixture
def salesperson(db: Any) -> User:
    return make_user("salesperson")


@pytest.fixture
def viewer(db: Any) -> User:
    return make_user("viewer")


@pytest.fixture
def outsider(db: Any) -> User:
    return make_user("outsider")


@pytest.fixture
def api(db: Any) -> Callable[[str], APIClient]:
    """`api("viewer")`: a client of the REST API that is signed in as one of the cast; "" is nobody."""

    def client(name: str) -> APIClient:
        found = APIClient()
        found.default_format = "json"
        if name:
            found.force_login(make_user(name))
        return found

    return client
