"""The connection's secret: encrypted with the installation's keys, bound to the address it was entered for."""

from __future__ import annotations

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(secret: str, address: str) -> str:
    """The cipher text of a secret; blank for a blank one."""
    if not secret:
        return ""
    return _keys().encrypt(json.dumps({"address": address, "secret": secret}).encode()).decode()


def unseal(cipher: str, address: str) -> str | None:
    """The secret; None where there is none, the key is gone, or it was entered for another address."""
    if not cipher:
        return None
    try:
        kept = json.loads(_keys().decrypt(cipher.encode()))
    except InvalidToken:
        return None
    return str(kept["secret"]) if kept["address"] == address else None


def reseal(cipher: str) -> str:
    """The same secret under the first key (rotation)."""
    return _keys().rotate(cipher.encode()).decode() if cipher else ""


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in settings.ENCRYPTION_KEYS])
