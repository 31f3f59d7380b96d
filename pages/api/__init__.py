"""REST API v1: machinery that derives it from the tables, and the place where other apps register their resources."""

from pages.api.errors import BadParameter, Conflict, field_errors, refusal, shown
from pages.api.parsing import body_object, if_match, whole_number, window
from pages.api.registry import extend_api, register_api, register_view, registered, urls
from pages.api.tables import SingletonView, TableViewSet
from pages.api.versions import asked_for, record_at, telling_stored, uuid_or_404, versioned
from pages.api.views import ApiView, ApiViewSet, HasRight, after_commit

__all__ = [
    "ApiView",
    "ApiViewSet",
    "BadParameter",
    "Conflict",
    "HasRight",
    "SingletonView",
    "TableViewSet",
    "after_commit",
    "asked_for",
    "body_object",
    "extend_api",
    "field_errors",
    "if_match",
    "record_at",
    "refusal",
    "register_api",
    "register_view",
    "registered",
    "shown",
    "telling_stored",
    "urls",
    "uuid_or_404",
    "versioned",
    "whole_number",
    "window",
]
