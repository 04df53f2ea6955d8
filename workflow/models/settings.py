"""What a school sets differently from bpmn/clocks.yaml and bpmn/ladders.yaml."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models

from parties.models import School


class ClockSetting(models.Model):
    """One named deadline with this school's value, in the form of an entry of clocks.yaml."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    value = models.JSONField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "name": "PUB",
        "value": "PUB",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="one_value_per_clock"),
        ]

    def __str__(self) -> str:
        return f"clock setting #{self.pk} {self.name}"


class LadderSetting(models.Model):
    """One named ladder with this school's rungs, in the form of an entry of ladders.yaml."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    rungs = models.JSONField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "name": "PUB",
        "rungs": "PUB",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="one_value_per_ladder"),
        ]

    def __str__(self) -> str:
        return f"ladder setting #{self.pk} {self.name}"
