"""All addresses: pages and API come from their registries, which freeze here."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [path("", include("people.urls"))]
if find_spec("pages.api"):
    from pages import api

    urlpatterns.append(path("api/v1/", include(api.urls())))
if find_spec("pages.registry"):
    from pages import registry

    urlpatterns += registry.urls()
