"""A decision of 德育处 that a record may leave the school as it stands. Rows are only added."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedJSONField, EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.communication import CommunicationRecord


class SharingOverride(models.Model):
    """One officer's word about one signed version: `reason`, and the `phrases` it lets through.

    `counts` holds how many findings there were by category: for training, never for a ranking.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    record = models.ForeignKey(
        CommunicationRecord,
        models.PROTECT,
        related_name="sharing_overrides",
        db_constraint=False,
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    reason = EncryptedTextField("按原文提供的理由")
    phrases = EncryptedJSONField("放行的词")
    counts = models.JSONField("按类别计数")

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record": "COM",
        "by": "COM",
        "at": "COM",
        "reason": "COM",
        "phrases": "COM",
        "counts": "AUD",
    }

    class Meta:
        indexes = [models.Index(fields=["school", "record"], name="override_by_record")]

    def __str__(self) -> str:
        return f"sharing override #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
