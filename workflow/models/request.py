"""What the outside asked before, and who of the workers is alive."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models import School


class IdempotencyKey(models.Model):
    """The answer to one keyed request of one party: the same key gets it again, without an act."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    party = models.UUIDField()
    key = models.CharField(max_length=200)
    route = models.CharField(max_length=200)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = EncryptedTextField(blank=True, default="")
    created_at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "party": "AUD",
        "key": "AUD",
        "route": "AUD",
        "request_hash": "AUD",
        "status": "AUD",
        "body": "CRI",
        "created_at": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "party", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"idempotency key #{self.pk}"


class Heartbeat(models.Model):
    """When the sweeps of one lane last ran under one driver (celery, watch). Not about a school."""

    lane = models.CharField(max_length=7)
    driver = models.CharField(max_length=10)
    beat_at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "lane": "AUD",
        "driver": "AUD",
        "beat_at": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lane", "driver"], name="one_heartbeat_per_driver"),
        ]

    def __str__(self) -> str:
        return f"heartbeat {self.lane} {self.driver}"
