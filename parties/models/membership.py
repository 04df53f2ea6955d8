"""Staff roles in time, the duty roster, and who is away."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models

from parties.models.belonging import school_of_its_references
from parties.models.organisation import SchoolClass
from parties.models.person import Person
from parties.roles import STAFF, Role

_STAFF_CHOICES = [(role.value, role.label) for role in Role if role in STAFF]


class Membership(models.Model):
    """`person` holds a staff role in [starts_at, ends_at): for a class, a grade or the school.

    `head` and `deputy` are flags, not roles: the head of 德育处, the named deputy outside the line.
    `substitute` stands in while the person is away or may not act.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="memberships", db_constraint=False
    )
    role = models.CharField(max_length=3, choices=_STAFF_CHOICES)
    school_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        db_constraint=False,
    )
    grade = models.CharField(max_length=20, blank=True)
    head = models.BooleanField(default=False)
    deputy = models.BooleanField(default=False)
    substitute = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "person": "IDN",
        "role": "IDN",
        "school_class": "PUB",
        "grade": "PUB",
        "head": "IDN",
        "deputy": "IDN",
        "substitute": "IDN",
        "starts_at": "IDN",
        "ends_at": "IDN",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="membership_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["school", "person", "role", "school_class", "grade"],
                nulls_distinct=False,
                name="one_membership_per_post",
            ),
        ]
        indexes = [models.Index(fields=["school", "role"], name="membership_by_role")]

    def __str__(self) -> str:
        return f"membership #{self.pk} {self.role}"


class DutyShift(models.Model):
    """值班: `person` is on duty for `role` in [starts_at, ends_at)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    role = models.CharField(max_length=3, choices=_STAFF_CHOICES)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="duty_shifts", db_constraint=False
    )
    substitute = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "role": "IDN",
        "person": "IDN",
        "substitute": "IDN",
        "starts_at": "IDN",
        "ends_at": "IDN",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="duty_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["school", "role", "person", "starts_at"], name="one_shift_per_start"
            ),
        ]
        indexes = [models.Index(fields=["school", "role", "ends_at"], name="duty_by_role")]

    def __str__(self) -> str:
        return f"duty shift #{self.pk} {self.role}"


class Absence(models.Model):
    """`person` cannot be reached in [starts_at, ends_at): leave, travel, illness."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    person = models.ForeignKey(Person, models.PROTECT, related_name="absences", db_constraint=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "person": "IDN",
        "starts_at": "IDN",
        "ends_at": "IDN",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="absence_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"absence #{self.pk}"
