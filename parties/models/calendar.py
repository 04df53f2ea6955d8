"""The school's own calendar: only days that differ from the plain week are stored."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models

from parties.models.organisation import School


class CalendarDay(models.Model):
    """A holiday on a weekday, or a working day on a weekend (调休)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    date = models.DateField()
    is_working = models.BooleanField()
    note = models.CharField(max_length=100, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "PUB",
        "school": "AUD",
        "date": "PUB",
        "is_working": "PUB",
        "note": "PUB",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "date"], name="one_entry_per_day"),
        ]

    def __str__(self) -> str:
        return f"calendar day #{self.pk}"
