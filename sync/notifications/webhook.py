"""One message to a webhook: a POST of JSON that follows no redirect and ends after a few seconds, whatever happens."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any

from sync.notifications.address import AddressError, Target, parts, resolve

STEP_SECONDS, WHOLE_SECONDS = 5.0, 10.0


class _Connection(http.client.HTTPConnection):
    """Goes to the IP address that was checked; the certificate is that of the name."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=STEP_SECONDS)
        self.target, self.address = target, address

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.create_connection((self.address, self.target.port), STEP_SECONDS)
        if self.target.is_secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.target.host)

    def cut(self) -> None:
        """End it from another thread."""
        if self.sock is not None:
            self.sock.close()


def post(url: str, body: Mapping[str, Any], *, allows_private: bool) -> None:
    """Send one message. Raises AddressError: what is wrong with the address, `webhook_away`, `webhook_refused`."""
    target = parts(url)
    connection = _Connection(target, resolve(target, allows_private=allows_private))
    clock = threading.Timer(WHOLE_SECONDS, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        raw = json.dumps(body).encode()
        connection.request("POST", target.path, raw, {"Content-Type": "application/json", "User-Agent": "Tandem"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise AddressError("webhook_away", error=f"{type(error).__name__}: {error}"[:200]) from None
    finally:
        clock.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise AddressError("webhook_refused", status=status)
