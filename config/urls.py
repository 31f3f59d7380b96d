"""All addresses: pages and API come from their registries, which freeze here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from pages import api, registry

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("people.urls")),
    path("api/v1/", include(api.urls())),
    *registry.urls(),
]
