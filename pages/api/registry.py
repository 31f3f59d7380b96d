"""What is mounted below /api/v1/. Apps register when they load; the addresses are made once, when asked for.

register_api("erp.Customer")                         /api/v1/erp/customers/, /{id}/ (GET and PATCH for a singleton)
register_view("jobs", JobViewSet, name="job")        a view set gets collection and record addresses
register_view("connection/test", TestView, name="connection_test")
extend_api("erp.Customer", {"coupled": Calculated(Bool(), sql="..."})
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from pages.api.tables import SingletonView, TableViewSet
from pages.api.views import NothingHere
from records import schema
from records.fields import Calculated

_tables: dict[str, type[Any]] = {}
_views: dict[str, tuple[type[Any], str]] = {}


def register_api(label: str, base: type[Any] | None = None) -> None:
    """Offer a table (for example "erp.Customer"); `base` replaces the general view set by one derived from it."""
    if label in _tables:
        raise ValueError(f"the API of {label} is registered already")
    _tables[label] = base or TableViewSet


def register_view(prefix: str, view: type[Any], *, name: str) -> None:
    """Mount a view or view set at /api/v1/<prefix>/; the prefix may hold path converters (plain views only)."""
    if prefix in _views:
        raise ValueError(f"/api/v1/{prefix}/ is registered already")
    _views[prefix] = (view, name)


def extend_api(label: str, fields: Mapping[str, Calculated]) -> None:
    """Add calculated fields to a table; they appear in records, filters and lists."""
    schema.extend(label, fields)


def registered() -> tuple[str, ...]:
    """The labels of all tables in the API."""
    return tuple(_tables)


def urls() -> list[URLPattern | URLResolver]:
    """The addresses below /api/v1/, plain views first."""
    from pages.api.documents import document_urls

    router = SimpleRouter()
    plain: list[URLPattern | URLResolver] = [*document_urls()]
    for prefix, (view, name) in _views.items():
        if issubclass(view, ViewSetMixin):
            router.register(prefix, view, basename=f"api.{name}")
        else:
            plain.append(path(f"{prefix}/", view.as_view(), name=f"api.{name}"))
    for label, base in _tables.items():
        _mount(label, base, router, plain)
    return [*plain, *router.urls, re_path(r"^(?:.*/)?$", NothingHere.as_view(), name="api.nothing")]


def _mount(label: str, base: type[Any], router: SimpleRouter, plain: list[URLPattern | URLResolver]) -> None:
    model = schema.model_of(label)
    prefix, name = f"{model._meta.app_label}/{model.Record.path}", f"api.{label}"
    if getattr(model.Record, "singleton", False):
        view: Any = type(
            f"{model.__name__}Api", (SingletonView,), {"label": label, "__doc__": f"{model._meta.verbose_name}."}
        )
        plain.append(path(f"{prefix}/", view.as_view(), name=name))
        return
    doc = f"{model._meta.verbose_name}."
    router.register(prefix, type(f"{model.__name__}Api", (base,), {"label": label, "__doc__": doc}), basename=name)
