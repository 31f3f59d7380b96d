"""`/healthz`: the process answers. `/readyz`: it can also do its work."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

Respond = Callable[[HttpRequest], HttpResponseBase]


class HealthMiddleware:
    """Answers both addresses before sessions, languages and host checks: probes know none of them."""

    def __init__(self, get_response: Respond) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe, hand everything else on."""
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path_info == "/readyz":
            return JsonResponse({})
        return self.get_response(request)
