"""封存: why 德育处 closed a version to its former readers. Rows are only added."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.communication import CommunicationRecord


class Sealing(models.Model):
    """The word of the head of 德育处 about one version, once and for good."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="sealings", db_constraint=False
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    reason = EncryptedTextField("封存的理由")

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record": "COM",
        "by": "COM",
        "at": "COM",
        "reason": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "record"], name="one_sealing_per_version"),
        ]

    def __str__(self) -> str:
        return f"sealing #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
