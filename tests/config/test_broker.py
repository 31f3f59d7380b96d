"""A message on the filesystem broker is whole from the moment that a worker can see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Queue

from config import broker


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    broker.use()
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
    }
    return Connection("filesystem://", transport_options=options)


def test_a_message_that_is_being_written_is_in_no_queue(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    whole = broker.dumps

    def look(payload: Any) -> str:
        seen.append([path.name for path in (tmp_path / "messages").glob("[0-9]*.msg")])
        return str(whole(payload))

    monkeypatch.setattr(broker, "dumps", look)
    monkeypatch.setattr(broker.filesystem, "dumps", look)
    with connection, connection.SimpleQueue(Queue("bells", routing_key="bells")) as queue:
        queue.put({"job": "one"})
        message = queue.get(timeout=5)
        message.ack()

        assert message.payload == {"job": "one"}
    assert [names for names in seen if names] == []
    assert list((tmp_path / "messages").iterdir()) == []
