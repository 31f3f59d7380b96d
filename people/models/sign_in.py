"""Failed sign-ins, counted for each account and each address."""

from __future__ import annotations

from django.db import models


class SignInFailure(models.Model):
    """`key` is `user:NAME` or `address:IP`; while `locked_until` is ahead no attempt is looked at."""

    key = models.CharField(max_length=120, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)
