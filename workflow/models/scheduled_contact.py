"""下次沟通: the next talk that a record named, waiting for its day."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case


class ScheduledContact(FSMModelMixin, models.Model):
    """One talk to come; `focus` is what it is to be about. A missed one may still be held.

    It belongs to a case, or to nothing but the record that named it. What was let go of stands in
    nobody's way.
    """

    class State(models.TextChoices):
        PLANNED = "PLANNED", "已安排"
        HELD = "HELD", "已进行"
        MISSED = "MISSED", "已错过"
        CANCELLED = "CANCELLED", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="scheduled_contacts", db_constraint=False
    )
    case = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="scheduled_contacts",
        db_constraint=False,
    )
    record_id = models.UUIDField("由哪份记录约定", null=True, blank=True)
    due_at = models.DateTimeField()
    focus = EncryptedTextField("沟通重点", blank=True, default="")
    state = FSMField(choices=State.choices, default=State.PLANNED, protected=True)
    next_look_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "case": "COM",
        "record_id": "COM",
        "due_at": "COM",
        "focus": "COM",
        "state": "COM",
        "next_look_at": "AUD",
        "asked_at": "AUD",
        "ended_at": "COM",
        "by": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "case", "due_at"],
                condition=~models.Q(state="CANCELLED"),
                name="one_contact_per_moment",
            ),
            models.UniqueConstraint(
                fields=["school", "record_id"],
                condition=models.Q(case__isnull=True),
                name="one_contact_per_record",
            ),
            models.CheckConstraint(
                condition=models.Q(case__isnull=False) | models.Q(record_id__isnull=False),
                name="contact_is_of_a_case_or_record",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_look_at"],
                name="contact_look",
                condition=models.Q(state="PLANNED", next_look_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"scheduled contact #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id or self.student_id

    @transition(field=state, source=[State.PLANNED, State.MISSED], target=State.HELD)
    def hold(self) -> None:
        """They talked."""

    @transition(field=state, source=State.PLANNED, target=State.MISSED)
    def miss(self) -> None:
        """The day has passed; the task stays open."""

    @transition(field=state, source=[State.PLANNED, State.MISSED], target=State.CANCELLED)
    def cancel(self) -> None:
        """Not needed any more."""
