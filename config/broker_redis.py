"""Redis as broker: as in Kombu, and every answer to a poll is noted for the watchdog."""

from __future__ import annotations

from queue import Empty
from typing import Any

from kombu.transport import redis

from config import watchdog


class Channel(redis.Channel):
    """A poll asks Redis to answer within a second, with a message or without one."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            answer = super()._brpop_read(**options)
        except Empty:
            watchdog.heard()
            raise
        watchdog.heard()
        return answer


class Poller(redis.MultiChannelPoller):
    """A worker whose processes are all busy does not poll, and is not deaf."""

    def on_poll_start(self) -> None:
        """Begin a turn of the worker's loop."""
        if any(channel.active_queues and not channel.qos.can_consume() for channel in self._channels):
            watchdog.heard()
        super().on_poll_start()


class Transport(redis.Transport):
    """The transport behind `redis://` and `rediss://`."""

    Channel = Channel

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle: Any = Poller()
