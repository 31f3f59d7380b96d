"""Which columns users want to see on list pages."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class ListLayout(models.Model):
    """The columns of a list as one user wants them: `[{"name": field, "width": pixels or 0}]`, in their order."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="list_layouts")
    page = models.CharField(max_length=100)
    columns = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "page"], name="people_list_layout_page")
        ]
