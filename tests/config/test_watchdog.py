"""What counts as hearing of the broker, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery.worker import state
from kombu import Connection, Queue

from config import broker, settings, watchdog


class Work:
    """A task that runs."""


@pytest.fixture(autouse=True)
def long_ago() -> Iterator[None]:
    """Nothing was heard for 100 s."""
    watchdog._Last.heard = watchdog.time.monotonic() - 100
    yield
    state.active_requests.clear()


def test_a_worker_that_hears_nothing_is_deaf_after_half_a_minute() -> None:
    assert settings.BROKER_SILENCE_SECONDS == 30
    assert watchdog.Watchdog(30).is_deaf()
    assert not watchdog.Watchdog(101).is_deaf()


def test_an_answer_ends_the_silence() -> None:
    watchdog.heard()

    assert not watchdog.Watchdog(30).is_deaf()


def test_a_worker_at_work_is_not_deaf_nor_is_it_right_after() -> None:
    work: Any = Work()
    state.active_requests.add(work)
    assert not watchdog.Watchdog(30).is_deaf()

    state.active_requests.discard(work)
    assert not watchdog.Watchdog(30).is_deaf()


def test_a_look_into_the_folder_of_messages_is_an_answer(tmp_path: Any) -> None:
    broker.use()
    options = {f"data_folder_{way}": str(tmp_path) for way in ("in", "out")} | {"control_folder": str(tmp_path)}
    with Connection("filesystem://", transport_options=options) as connection:
        queue = Queue("bells", routing_key="bells").bind(connection.default_channel)
        queue.declare()
        assert queue.get() is None

    assert not watchdog.Watchdog(30).is_deaf()
