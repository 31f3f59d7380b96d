"""Tokens of programs. The token itself leaves this module once; the table keeps a digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.utils import timezone

from people.audit import audit
from people.models import Token, User

#: `last_used_at` is written at most this often.
USE_RECORDED_EVERY = dt.timedelta(minutes=1)


def token_create(*, user: User) -> str:
    """A new token of a user, in clear."""
    token = secrets.token_urlsafe(32)
    Token.objects.create(user=user, digest=_digest(token))
    audit("token.created", target=user.username)
    return token


def token_user(token: str) -> User | None:
    """The active user behind a token; None for an unknown one."""
    found = Token.objects.select_related("user").filter(digest=_digest(token)).first()
    if found is None or not found.user.active:
        return None
    now = timezone.now()
    if found.last_used_at is None or now - found.last_used_at > USE_RECORDED_EVERY:
        Token.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
