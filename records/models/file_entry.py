"""The spine of a student's family-school file (家校档案): one row per thing that happened."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from parties.models import Person, Student
from parties.models.belonging import school_of_its_references


class FileEntry(models.Model):
    """One thing in a file: what kind, when, entered by which party, and who may know of it.

    It holds no content. What a reader sees of it comes from the object that it points to, through
    that object's own policy; `readers` (role codes) and `people` only keep entries out of sight
    early, so that a page costs the same however much of the file is hidden.
    """

    class Party(models.TextChoices):
        SCHOOL = "SCHOOL", "学校"
        FAMILY = "FAMILY", "家庭"
        STUDENT = "STUDENT", "学生"
        COMPANY = "COMPANY", "企业"
        SYSTEM = "SYSTEM", "系统"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="file_entries", db_constraint=False
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    party = models.CharField(max_length=7, choices=Party.choices)
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    case_id = models.UUIDField(null=True, blank=True)
    object_id = models.UUIDField()
    readers = ArrayField(models.CharField(max_length=3), default=list)
    people = ArrayField(models.UUIDField(), default=list)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "at": "COM",
        "kind": "COM",
        "party": "COM",
        "by": "COM",
        "case_id": "COM",
        "object_id": "COM",
        "readers": "AUD",
        "people": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "kind", "object_id", "student"], name="one_entry_per_object"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "student", "-at", "-id"], name="file_newest_first"),
        ]

    def __str__(self) -> str:
        return f"file entry #{self.pk} {self.kind}"
