"""One log line for each request, and a request id on every line that is written while it is answered."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

Respond = Callable[[HttpRequest], HttpResponseBase]

QUIET = ("/static/",)
GIVEN_ID = re.compile(r"[\w.-]{8,64}")

log = logging.getLogger("tandem.request")


class RequestLogMiddleware:
    """Names the request (`X-Request-ID`, the proxy's or an own one) and logs method, path, status and milliseconds.

    Queries and bodies are not logged: they hold people's data.
    """

    def __init__(self, get_response: Respond) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, with its id bound."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        began = time.monotonic()
        with structlog.contextvars.bound_contextvars(request=request_id):
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            if not request.path.startswith(QUIET):
                milliseconds = round((time.monotonic() - began) * 1000)
                log.info("%s %s %d %d ms", request.method, request.path, response.status_code, milliseconds)
        return response
