"""Outbox row: one message to one person over one channel. The row is the promise."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.models import Person
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case


class Notification(FSMModelMixin, models.Model):
    """`due_at` and `leased_until` are machine time: they steer workers, not people.

    The text comes from `template` alone, so no message can carry a name or what happened.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "待发送"
        SENT = "SENT", "已发送"
        UNDELIVERABLE = "UNDELIVERABLE", "无法送达"

    class Lane(models.TextChoices):
        CRISIS = "crisis", "危机"
        ROUTINE = "routine", "常规"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        db_constraint=False,
    )
    recipient = models.ForeignKey(
        Person, models.PROTECT, related_name="notifications", db_constraint=False
    )
    to_role = models.CharField(max_length=3)
    channel = models.CharField(max_length=10)
    template = models.CharField(max_length=60)
    lane = models.CharField(max_length=7, choices=Lane.choices)
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    state = FSMField(choices=State.choices, default=State.PENDING, protected=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    via = models.CharField(max_length=10, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    #: Follows an answer of a family to what stands still for this reader (meeting_stillness): what
    #: the case became since then neither keeps it back nor hides it.
    stands = models.BooleanField(default=False, db_default=False)
    #: Rings at night too, although its lane is routine (quiet_hours).
    urgent = models.BooleanField(default=False, db_default=False)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "case": "CRI",
        "recipient": "COM",
        "to_role": "COM",
        "channel": "COM",
        "template": "COM",
        "lane": "COM",
        "key": "AUD",
        "created_at": "COM",
        "due_at": "AUD",
        "leased_until": "AUD",
        "tries": "AUD",
        "state": "COM",
        "sent_at": "COM",
        "via": "AUD",
        "read_at": "COM",
        "stands": "AUD",
        "urgent": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "key"], name="one_message_per_key"),
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) ^ models.Q(state="SENT"),
                name="sent_message_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "due_at"],
                name="notification_due",
                condition=models.Q(state="PENDING"),
            ),
            models.Index(fields=["school", "recipient", "-created_at"], name="inbox_newest_first"),
        ]

    def __str__(self) -> str:
        return f"notification #{self.pk} {self.template} over {self.channel}"

    @transition(field=state, source=State.PENDING, target=State.SENT)
    def mark_sent(self, *, at: datetime, via: str) -> None:
        self.sent_at, self.via = at, via

    @transition(field=state, source=State.PENDING, target=State.UNDELIVERABLE)
    def give_up(self) -> None:
        """The address cannot work, or the provider refused for too long; an incident says so."""
