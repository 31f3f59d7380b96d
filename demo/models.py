"""What the demo company has got already, so that an interrupted start goes on where it stopped."""

from __future__ import annotations

from django.db import models


class Step(models.Model):
    """A finished step; see `demo.company`."""

    name = models.CharField(max_length=40, primary_key=True)
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("done_at",)
