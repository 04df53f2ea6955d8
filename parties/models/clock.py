"""The clock row of a drill: where school time stood when, and how fast it runs since."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models


class SchoolClock(models.Model):
    """At most one row in the whole installation; none means that school time is the database's."""

    school = models.OneToOneField(
        "parties.School", models.PROTECT, primary_key=True, related_name="+"
    )
    anchor_machine = models.DateTimeField()
    anchor_school = models.DateTimeField()
    rate = models.FloatField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "school": "AUD",
        "anchor_machine": "AUD",
        "anchor_school": "AUD",
        "rate": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), name="one_drill_clock"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="drill_clock_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"school clock #{self.pk} x{self.rate:g}"
