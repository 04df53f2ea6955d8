"""What happened, once and for good. Rows are written by ledger.events alone and never change."""

from collections.abc import Mapping
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Event(models.Model):
    """One thing that happened. `id` orders events and never leaves the database.

    `body` holds the exact bytes that `leaf` proves; the other columns repeat it for look-ups.
    `actor` is empty when the system acted by itself.
    """

    school_id = models.BigIntegerField()
    kind = models.CharField(max_length=64)
    actor = models.UUIDField(null=True, blank=True)
    subject_type = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    refs = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    at = models.DateTimeField()
    body = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school_id": "AUD",
        "kind": "AUD",
        "actor": "AUD",
        "subject_type": "AUD",
        "subject_id": "AUD",
        "refs": "AUD",
        "at": "AUD",
        "body": "AUD",
        "leaf": "AUD",
    }

    class Meta:
        indexes = [
            models.Index(
                fields=["school_id", "subject_type", "subject_id", "id"], name="event_by_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"event #{self.pk} {self.kind}"


class EventSalt(models.Model):
    """The 32 random bytes in an event's leaf. Erasure deletes the salt; the event stays."""

    event = models.OneToOneField(
        Event,
        models.PROTECT,
        primary_key=True,
        related_name="salt",
        db_constraint=False,
    )
    school_id = models.BigIntegerField()
    salt = models.BinaryField(max_length=32)

    field_classes: ClassVar[Mapping[str, str]] = {
        "event": "AUD",
        "school_id": "AUD",
        "salt": "AUD",
    }

    def __str__(self) -> str:
        return f"salt of event #{self.pk}"
