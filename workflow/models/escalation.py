"""The state of a ladder. The rule is in workflow/escalation.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.models import Person
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case


class Escalation(FSMModelMixin, models.Model):
    """A crisis that somebody must acknowledge before `due_at`, or the next rung is woken.

    There is no exhausted state: the top rung repeats until a person answers. Transitions change
    this object only: they never save, notify or read the clock.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "等待接报"
        ACKNOWLEDGED = "ACKNOWLEDGED", "已接报"
        WITHDRAWN = "WITHDRAWN", "已撤销"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="escalations", db_constraint=False)
    reason = models.CharField(max_length=60)
    ladder = models.JSONField()
    state = FSMField(choices=State.choices, default=State.WAITING, protected=True)
    rung = models.PositiveIntegerField(default=0)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    acknowledged_rung = models.PositiveIntegerField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "reason": "CRI",
        "ladder": "AUD",
        "state": "CRI",
        "rung": "CRI",
        "raised_at": "CRI",
        "due_at": "CRI",
        "acknowledged_at": "CRI",
        "acknowledged_by": "CRI",
        "acknowledged_rung": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "case"],
                condition=models.Q(state="WAITING"),
                name="one_waiting_escalation_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_by__isnull=True) ^ models.Q(state="ACKNOWLEDGED"),
                name="acknowledged_has_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="escalation_due", condition=models.Q(state="WAITING")
            ),
        ]

    def __str__(self) -> str:
        return f"escalation #{self.pk} {self.state}"

    @transition(field=state, source=State.WAITING, target=State.WAITING)
    def climb(self, *, rung: int, due_at: datetime) -> None:
        self.rung, self.due_at = rung, due_at

    @transition(field=state, source=State.WAITING, target=State.ACKNOWLEDGED)
    def acknowledge(self, *, by: Person, at: datetime) -> None:
        self.acknowledged_by, self.acknowledged_at = by, at
        self.acknowledged_rung = self.rung

    @transition(field=state, source=State.WAITING, target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """The case was cancelled or handed over by two people."""
