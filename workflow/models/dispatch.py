"""Whether messages may leave at all: after a restore they may not, until a person says so."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models


class DispatchHold(models.Model):
    """One lane stands still while `released_at` is empty. About the installation, not a school.

    Only a restore writes one, as the owner and in the transaction that brings the rows: the app
    role may read it and nothing else, so no fault of the product can silence an alarm with it.
    `backup_at`, `held_at`, `released_at` and `sent_before` are machine time.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    lane = models.CharField(max_length=7)
    backup_at = models.DateTimeField("备份时刻")
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    sent_before = models.DateTimeField("此刻之前到期的不再发送", null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "lane": "AUD",
        "backup_at": "AUD",
        "held_at": "AUD",
        "released_at": "AUD",
        "sent_before": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lane"],
                condition=models.Q(released_at__isnull=True),
                name="one_hold_per_lane",
            ),
        ]

    def __str__(self) -> str:
        return f"hold of {self.lane} since {self.held_at:%Y-%m-%d %H:%M}"
