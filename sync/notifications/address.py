"""Which addresses a webhook may have: http or https, and none inside the own network unless that is allowed.

The name is resolved once and the connection goes to the address that was looked at, so that a name cannot mean one
computer when it is checked and another one when it is called.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}


class AddressError(Exception):
    """Why an address is not called: a code with parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: scheme, name and port of the address, and the path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_secure(self) -> bool:
        """True for https."""
        return self.scheme == "https"


def parts(url: str) -> Target:
    """The parts of an address. Raises AddressError (`webhook_address`)."""
    try:
        found = urlsplit(url)
        port = found.port
        host = (found.hostname or "").encode("idna").decode() if not _is_ip(found.hostname or "") else found.hostname
    except (ValueError, UnicodeError):
        raise AddressError("webhook_address") from None
    has_space = any(ch.isspace() or not ch.isprintable() for ch in url)
    if found.scheme not in PORTS or not host or found.username is not None or has_space or not url.isascii():
        raise AddressError("webhook_address")
    path = (found.path or "/") + (f"?{found.query}" if found.query else "")
    return Target(found.scheme, host, port or PORTS[found.scheme], path)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(text: str) -> bool:
    """True for an IP address of the internet; false for private, local, reserved ones, however they are written."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast


def resolve(target: Target, *, allows_private: bool) -> str:
    """The IP address to call. Raises AddressError (`webhook_unknown_host`, `webhook_private`)."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressError("webhook_unknown_host", host=target.host[:80]) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not allows_private and not all(is_public(address) for address in addresses):
        raise AddressError("webhook_private", host=target.host[:80])
    if not addresses:
        raise AddressError("webhook_unknown_host", host=target.host[:80])
    return addresses[0]
