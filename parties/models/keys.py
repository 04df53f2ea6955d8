"""Wrapped keys of encrypted values: a root key outside the database opens a school's key, and that
opens the keys of single subjects. Erasing a person's content is the deletion of one SubjectKey.

Read and written by parties.keyring alone.
"""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.functions import TransactionNow
from django.db import models

from parties.models.belonging import school_of_its_references


class SchoolKey(models.Model):
    """The key of one school, wrapped by a root key. One is in use; retired ones still open."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey("parties.School", models.PROTECT, related_name="+", db_index=False)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(db_default=TransactionNow())
    retired_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "wrapped": "AUD",
        "created_at": "AUD",
        "retired_at": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=models.Q(retired_at__isnull=True),
                name="one_school_key_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"school key #{self.pk}"


class SubjectKey(models.Model):
    """The key of what is written about one subject (a person, a case), wrapped by `school_key`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    school_key = models.ForeignKey(SchoolKey, models.PROTECT, related_name="+", db_constraint=False)
    subject = models.UUIDField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(db_default=TransactionNow())

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "school_key": "AUD",
        "subject": "AUD",
        "wrapped": "AUD",
        "created_at": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "subject"], name="one_key_per_subject"),
        ]

    def __str__(self) -> str:
        return f"subject key #{self.pk}"
