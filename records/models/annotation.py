"""异议附记: what a filer adds to their objection, for as long as there is a record (D9)."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.objection import Objection


class Annotation(models.Model):
    """One text of one day. Rows are only added: a later one stands beside the earlier ones."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    objection = models.ForeignKey(
        Objection, models.PROTECT, related_name="annotations", db_constraint=False
    )
    #: In the order of writing, from 1: two may bear the same time.
    place = models.PositiveIntegerField()
    words = EncryptedTextField("异议附记（至多 500 字）")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "objection": "COM",
        "place": "COM",
        "words": "COM",
        "by": "COM",
        "at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "objection", "place"], name="annotations_have_their_place"
            ),
        ]

    def __str__(self) -> str:
        return f"annotation #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
