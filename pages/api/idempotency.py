"""`Idempotency-Key`: a repeated POST gets the stored answer and has one effect.

The key is claimed in the transaction of the effect, so both are there or neither; a repeat that comes while the first
request still runs waits for it at the unique index.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from pages.api.errors import BadParameter
from pages.models import IdempotentAnswer
from records import db
from records.errors import Refused

KEEP = dt.timedelta(days=2)
#: Headers of an answer that belong to it.
KEPT_HEADERS = ("Location", "ETag")

_CLAIM = """
INSERT INTO pages_idempotentanswer (user_name, key, digest, status, body, headers, created_at)
VALUES (%s, %s, %s, 0, '', '{}', %s) ON CONFLICT (user_name, key) DO NOTHING
"""


def key_of(request: Any) -> str | None:
    """The key of a POST, or None. Raises `BadParameter`."""
    if request.method != "POST":
        return None
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= 255 or not key.isprintable():
        raise BadParameter("Idempotency-Key", "bad_parameter", {"value": key[:50]})
    return str(key)


def claim(request: Any, key: str) -> Response | None:
    """Claim the key for this request, or give the stored answer; raises `Refused` for another request.

    Must run inside the transaction of the effect.
    """
    user, digest, now = request.user.get_username(), _digest(request), timezone.now()
    IdempotentAnswer.objects.filter(created_at__lt=now - KEEP).delete()
    if db.execute(_CLAIM, [user, key, digest, now]):
        return None
    known = IdempotentAnswer.objects.get(user_name=user, key=key)
    if known.digest != digest:
        raise Refused("idempotency_key_reused")
    return Response(json.loads(known.body) if known.body else None, status=known.status, headers=known.headers)


def store(request: Any, key: str, response: Response) -> None:
    """Keep the answer for repeats."""
    body = "" if response.data is None else JSONRenderer().render(response.data).decode()
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    mine = IdempotentAnswer.objects.filter(user_name=request.user.get_username(), key=key)
    mine.update(status=response.status_code, body=body, headers=headers)


def _digest(request: Any) -> str:
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        for name, values in sorted(request.data.lists()):
            for value in values:
                found.update(f"{name}=".encode())
                _add(found, value)
    else:
        found.update(json.dumps(request.data, sort_keys=True, default=str).encode())
    return found.hexdigest()


def _add(found: Any, value: Any) -> None:
    if not hasattr(value, "chunks"):
        found.update(str(value).encode("utf-8", "surrogatepass"))
        return
    for chunk in value.chunks():
        found.update(chunk)
    value.seek(0)
