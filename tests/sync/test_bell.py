"""The doorbell: a broker that is away costs one click some seconds, not each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sync import bell, tasks


@pytest.fixture
def broken_broker(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The bells that were tried."""
    tried: list[Any] = []

    def refuse(**given: Any) -> None:
        tried.append(given["args"])
        raise ConnectionRefusedError

    monkeypatch.setattr(tasks.ring, "apply_async", refuse)
    monkeypatch.setattr(bell._Silence, "until", 0.0)
    return tried


@pytest.mark.django_db
def test_after_a_bell_that_was_not_heard_others_are_not_tried_for_a_while(
    broken_broker: list[Any], settings: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        bell.ring("first")
        bell.ring("second")
    assert broken_broker == [["first", 3]]

    bell._Silence.until = 0.0  # the while is over
    with django_capture_on_commit_callbacks(execute=True):
        bell.ring("third")
    assert broken_broker[1:] == [["third", 3]]
