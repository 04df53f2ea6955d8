"""What a school adds to the lexicon: phrases of its own, and terms of its trades."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models

from parties.models import School


class SchoolPhrase(models.Model):
    """One row in the form of lexicon.csv; severity `allowed` is a term that only looks listed."""

    class Severity(models.TextChoices):
        FORBIDDEN = "forbidden", "禁用"
        DISCOURAGED = "discouraged", "不建议"
        ALLOWED = "allowed", "允许"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    phrase = models.CharField(max_length=40)
    severity = models.CharField(max_length=11, choices=Severity.choices)
    category = models.CharField(max_length=20, blank=True)
    neutral_wording = models.CharField(max_length=200, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "phrase": "PUB",
        "severity": "PUB",
        "category": "PUB",
        "neutral_wording": "PUB",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "phrase"], name="one_row_per_phrase"),
        ]

    def __str__(self) -> str:
        return f"school phrase #{self.pk} {self.severity}"
