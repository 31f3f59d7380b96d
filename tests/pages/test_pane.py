"""The filter pane: what it offers people to filter by."""

from __future__ import annotations

from django.apps import apps
from django.utils.functional import Promise

from pages.pane import is_offered
from records.schema import schema


def test_every_field_that_people_may_filter_by_has_a_caption_in_their_language() -> None:
    tables = [schema(model) for model in apps.get_models() if hasattr(model, "Record")]

    nameless = [f"{table.label}.{info.name}" for table in tables for info in table if is_offered(info)
                if not isinstance(info.caption, Promise)]  # fmt: skip

    assert nameless == []
