"""What an author asks before a record is offered: that the reading at home be held for a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.communication import CommunicationRecord


class HoldRequest(FSMModelMixin, models.Model):
    """A question to 德育处 about one draft. It holds nothing: whoever wrote a record never does."""

    class State(models.TextChoices):
        ASKED = "ASKED", "待决定"
        GRANTED = "GRANTED", "已暂缓"
        REFUSED = "REFUSED", "不暂缓"
        LAPSED = "LAPSED", "逾期未决定，视为不暂缓"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="hold_requests", db_constraint=False
    )
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    asked_at = models.DateTimeField()
    reason = EncryptedTextField("为什么请求暂缓家长查看")
    until = models.DateTimeField("建议暂缓到")
    state = FSMField(choices=State.choices, default=State.ASKED, protected=True)
    #: When the sweep asks next whether the office is silent.
    next_look_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = EncryptedTextField("决定的理由", blank=True, default="")

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record": "COM",
        "asked_by": "CRI",
        "asked_at": "CRI",
        "reason": "CRI",
        "until": "CRI",
        "state": "CRI",
        "next_look_at": "AUD",
        "decided_by": "CRI",
        "decided_at": "CRI",
        "decision": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "record"],
                condition=models.Q(state="ASKED"),
                name="one_open_hold_request_per_record",
            ),
            models.CheckConstraint(
                condition=models.Q(state="ASKED", decided_at__isnull=True)
                | models.Q(state="LAPSED", decided_at__isnull=False, decided_by__isnull=True)
                | models.Q(
                    state__in=["GRANTED", "REFUSED", "WITHDRAWN"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="decided_hold_request_says_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "record"], name="hold_request_by_record"),
            models.Index(
                fields=["next_look_at"],
                name="hold_request_undecided",
                condition=models.Q(state="ASKED"),
            ),
        ]

    def __str__(self) -> str:
        return f"hold request #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id

    @transition(field=state, source=State.ASKED, target=State.GRANTED)
    def grant(self, *, by: Person, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision = by, at, reason

    @transition(field=state, source=State.ASKED, target=State.REFUSED)
    def refuse(self, *, by: Person, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision = by, at, reason

    @transition(field=state, source=State.ASKED, target=State.LAPSED)
    def lapse(self, *, at: datetime) -> None:
        """Nobody decided in time: nothing is held on a silence."""
        self.decided_at = at

    @transition(field=state, source=State.ASKED, target=State.WITHDRAWN)
    def withdraw(self, *, by: Person, at: datetime) -> None:
        self.decided_by, self.decided_at = by, at
