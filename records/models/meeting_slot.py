"""One time on offer for a meeting."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.meeting import Meeting


class MeetingSlot(models.Model):
    """One time on offer. Of all that were ever offered at most one holds: the one agreed on."""

    class Place(models.TextChoices):
        OFFICE = "OFFICE", "学校办公室"
        COUNSELLING = "COUNSELLING", "学校会谈室"
        HOME = "HOME", "家中"
        COMPANY = "COMPANY", "企业"
        ONLINE = "ONLINE", "线上"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="slots", db_constraint=False)
    round = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place_kind = models.CharField(max_length=11, choices=Place.choices)
    place = EncryptedTextField("地点或会议号", blank=True, default="")
    is_evening = models.BooleanField("晚间")
    is_remote = models.BooleanField("线上")
    offered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    chosen_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    chosen_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "meeting": "COM",
        "round": "COM",
        "starts_at": "COM",
        "ends_at": "COM",
        "place_kind": "COM",
        "place": "COM",
        "is_evening": "COM",
        "is_remote": "COM",
        "offered_by": "COM",
        "chosen_by": "COM",
        "chosen_at": "COM",
        "called_off_at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "meeting"],
                condition=Q(chosen_at__isnull=False, called_off_at__isnull=True),
                name="one_agreed_time_per_meeting",
            ),
            models.UniqueConstraint(
                fields=["school", "meeting", "round", "starts_at"], name="one_slot_per_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(chosen_at__isnull=True, chosen_by__isnull=True)
                | Q(chosen_at__isnull=False, chosen_by__isnull=False),
                name="chosen_slot_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(called_off_at__isnull=True) | Q(chosen_at__isnull=False),
                name="only_chosen_times_are_called_off",
            ),
            models.CheckConstraint(
                condition=Q(is_remote=True, place_kind="ONLINE")
                | Q(is_remote=False) & ~Q(place_kind="ONLINE"),
                name="remote_slot_is_online",
            ),
        ]
        indexes = [models.Index(fields=["meeting", "round", "starts_at"], name="slot_in_order")]

    def __str__(self) -> str:
        return f"meeting slot #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
