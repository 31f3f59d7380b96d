"""Answers kept under the idempotency key of their request."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class IdempotentAnswer(models.Model):
    """What a POST with an `Idempotency-Key` was answered; a repeat gets it again. `digest`: of the request."""

    user_name = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True, default="")
    headers = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user_name", "key"], name="pages_idempotency_key")
        ]
