"""What a person has to do. The engine says that it must be done; these rows say by whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedJSONField
from parties.models import Person
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case
from workflow.models.process import ProcessInstance


class HumanTask(FSMModelMixin, models.Model):
    """One thing to do. `candidates` were resolved when it was made, conflicts of interest excluded.

    A task without `instance` does not come from a diagram: a call of the ladder, a zero report.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待认领"
        CLAIMED = "CLAIMED", "办理中"
        COMPLETED = "COMPLETED", "已完成"
        CANCELLED = "CANCELLED", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks", db_constraint=False)
    instance = models.ForeignKey(
        ProcessInstance,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        db_constraint=False,
    )
    engine_id = models.CharField(max_length=36, blank=True)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    form = models.CharField(max_length=100, blank=True)
    roles = ArrayField(models.CharField(max_length=3))
    candidates = ArrayField(models.UUIDField())
    assignee = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    about = models.UUIDField(null=True, blank=True)
    #: The item of a plan that a talk is about; `about` is the person to reach.
    item_id = models.UUIDField(null=True, blank=True)
    four_eyes_of = models.CharField(max_length=100, blank=True)
    state = FSMField(choices=State.choices, default=State.OPEN, protected=True)
    clock = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    #: Of late work on a meeting or its follow-up: when it climbs next (meeting_lateness).
    climbs_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    cancel_reason = models.CharField(max_length=60, blank=True)
    answer = EncryptedJSONField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "instance": "CRI",
        "engine_id": "AUD",
        "name": "CRI",
        "title": "CRI",
        "form": "CRI",
        "roles": "CRI",
        "candidates": "CRI",
        "assignee": "CRI",
        "about": "CRI TPD",
        "item_id": "CRI",
        "four_eyes_of": "CRI",
        "state": "CRI",
        "clock": "CRI",
        "created_at": "CRI",
        "due_at": "CRI",
        "reminded_at": "CRI",
        "climbs_at": "CRI",
        "reminders": "CRI",
        "ended_at": "CRI",
        "completed_by": "CRI",
        "cancel_reason": "CRI",
        "answer": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "instance", "engine_id"],
                condition=~models.Q(engine_id=""),
                name="one_row_per_engine_task",
            ),
            models.UniqueConstraint(
                fields=["school", "item_id"],
                condition=models.Q(state__in=["OPEN", "CLAIMED"], item_id__isnull=False),
                name="one_open_talk_per_item",
            ),
            models.CheckConstraint(
                condition=models.Q(completed_by__isnull=False) ^ ~models.Q(state="COMPLETED"),
                name="completed_task_has_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(assignee__isnull=False) | ~models.Q(state="CLAIMED"),
                name="claimed_task_has_a_person",
            ),
        ]
        indexes = [
            GinIndex(
                fields=["candidates"],
                name="task_by_candidate",
                condition=models.Q(state__in=["OPEN", "CLAIMED"]),
            ),
            models.Index(
                fields=["due_at"],
                name="task_due",
                condition=models.Q(state__in=["OPEN", "CLAIMED"], due_at__isnull=False),
            ),
            models.Index(fields=["school", "case", "created_at"], name="task_by_case"),
        ]

    def __str__(self) -> str:
        return f"human task #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id

    @transition(field=state, source=[State.OPEN, State.CLAIMED], target=State.CLAIMED)
    def claim(self, *, by: Person) -> None:
        """认领, and 转办 to somebody else."""
        self.assignee = by

    @transition(field=state, source=State.CLAIMED, target=State.OPEN)
    def unclaim(self) -> None:
        self.assignee = None

    @transition(field=state, source=[State.OPEN, State.CLAIMED], target=State.COMPLETED)
    def complete(self, *, by: Person, at: datetime) -> None:
        self.completed_by, self.ended_at = by, at

    @transition(field=state, source=[State.OPEN, State.CLAIMED], target=State.CANCELLED)
    def cancel(self, *, at: datetime, reason: str) -> None:
        """The process went another way; `reason` is a code."""
        self.ended_at, self.cancel_reason = at, reason
