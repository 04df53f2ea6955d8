"""民族, 政治面貌, 健康状况, 贫困: kept only where a school said why, sealed for that purpose."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models.belonging import school_of_its_references
from parties.models.person import Student


class SensitiveFact(models.Model):
    """One column that somebody mapped on purpose. `value` has all three classes, so nobody at
    school reads it by role alone: the work that needs it (学籍, 资助, 校医) must register who may.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="sensitive_facts", db_constraint=False
    )
    name = models.CharField(max_length=60)
    class_code = models.CharField(max_length=3)
    purpose = models.CharField(max_length=100)
    value = EncryptedTextField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "student": "SPE HLT ECO",
        "name": "SPE HLT ECO",
        "class_code": "AUD",
        "purpose": "AUD",
        "value": "SPE HLT ECO",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "student", "name"], name="one_sensitive_fact_per_name"
            ),
            models.CheckConstraint(
                condition=~models.Q(purpose=""), name="sensitive_fact_has_a_purpose"
            ),
        ]

    def __str__(self) -> str:
        return f"sensitive fact #{self.pk} {self.class_code}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student.person_id
