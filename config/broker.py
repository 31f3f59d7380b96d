"""The filesystem broker of the embedded set-up: as in Kombu, but a message is there only when all of it is there.

Kombu writes into the file that readers look for. A worker that is quick, on a machine that is slow, takes it while it is
still empty, fails to read it, and ends. Every look into the folder is noted for the watchdog.
"""

from __future__ import annotations

import os
import time
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

from config import watchdog


class Channel(filesystem.Channel):
    """Writes beside the queue, then moves into it."""

    def _get(self, queue: str, timeout: Any = None) -> Any:
        watchdog.heard()
        return super()._get(queue)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # its parents disagree
        name = f"{round(time.monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        draft = os.path.join(self.data_folder_out, f".{name}.new")
        try:
            with open(draft, "wb") as file:
                file.write(dumps(payload).encode())
            os.replace(draft, os.path.join(self.data_folder_out, name))
        except OSError as error:
            raise ChannelError(f"Cannot add {name!r} to the queue") from error


class Transport(filesystem.Transport):
    """The transport behind `filesystem://`."""

    Channel = Channel


def use() -> None:
    """Let addresses that begin with `filesystem://`, `redis://` or `rediss://` mean our transports."""
    TRANSPORT_ALIASES["filesystem"] = "config.broker:Transport"
    TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "config.broker_redis:Transport"
