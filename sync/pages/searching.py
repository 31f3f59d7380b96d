"""Searching lists whose rows name records of other tables: the text is looked for in those records."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from coupling.models import IntegrationTableMapping
from records.listing import search_q
from records.schema import schema


def with_records(found: QuerySet[Any], text: str, fields: dict[str, str]) -> QuerySet[Any]:
    """Rows of mapped records that contain the text; `fields`: the field that holds the key of each side."""
    wanted = Q(mapping__icontains=text)
    for mapping in IntegrationTableMapping.objects.all():
        for side, field in fields.items():
            described = schema(mapping.erp_table if side == "erp" else mapping.crm_table)
            matching = described.model.objects.filter(search_q(described, text)).order_by().values("pk")
            wanted |= Q(mapping=mapping.name, **{f"{field}__in": matching})
    return found.filter(wanted)
