"""How far a long transaction is, told by a second connection while the transaction itself shows nothing yet."""

from __future__ import annotations

from django.db import models


class Progress(models.Model):
    """Records that the running chunk of a job has looked at so far. Without a foreign key: nobody waits for it."""

    job = models.UUIDField(primary_key=True)
    processed = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.job} {self.processed}"
