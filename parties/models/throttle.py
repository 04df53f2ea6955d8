"""How often somebody has knocked lately. Only keyed hashes: nobody can be read out of it.

It belongs to no school, because a limit must count for contacts that no school knows, too; else a
limit that is reached would tell the known from the unknown.
"""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models


class Throttle(models.Model):
    """Tries of one key since `since` (machine time)."""

    key = models.BinaryField(primary_key=True, max_length=32)
    tries = models.PositiveIntegerField()
    since = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {"key": "AUD", "tries": "AUD", "since": "AUD"}

    class Meta:
        indexes = [models.Index(fields=["since"], name="throttle_oldest_first")]

    def __str__(self) -> str:
        return "throttle"
