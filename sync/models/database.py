"""Which database this is: what tells a restored copy from the one that was there before."""

from __future__ import annotations

from django.db import models


class DatabaseMark(models.Model):
    """One row. `identity`: of cluster, database and tables when it was last looked at.

    `restored_at`: since when a comparison is awaited because they are others than before. `compare_run`: the run that
    compares.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    identity = models.JSONField(default=dict)
    restored_at = models.DateTimeField(null=True)
    compare_run = models.UUIDField(null=True)

    @classmethod
    def is_comparison_awaited(cls) -> bool:
        """True while nothing runs by itself, because the database was restored and not compared since."""
        return cls.objects.filter(restored_at__isnull=False).exists()

    def __str__(self) -> str:
        return "restored" if self.restored_at else "as before"
