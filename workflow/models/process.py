"""A definition never changes; an instance is one row that one step at a time rewrites."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.models import School
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case


class ProcessDefinition(models.Model):
    """A published bundle (diagram, tables, called processes, forms), known by its hash."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    process_key = models.CharField(max_length=60)
    hash = models.BinaryField(max_length=32)
    bundle = models.BinaryField()
    published_at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "process_key": "AUD",
        "hash": "AUD",
        "bundle": "AUD",
        "published_at": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "process_key", "hash"], name="one_definition_per_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"process definition #{self.pk} {self.process_key}"


class ProcessInstance(FSMModelMixin, models.Model):
    """One run of one definition. `state` holds control flow only: ids and small flat decisions.

    PENDING means "not started yet, or the start failed": a sweep tries again.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "待启动"
        RUNNING = "RUNNING", "运行中"
        FROZEN = "FROZEN", "已冻结（有故障）"
        COMPLETED = "COMPLETED", "已完成"
        CANCELLED = "CANCELLED", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="instances", db_constraint=False)
    definition = models.ForeignKey(
        ProcessDefinition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="instances",
        db_constraint=False,
    )
    process_key = models.CharField(max_length=60)
    status = FSMField(choices=State.choices, default=State.PENDING, protected=True)
    state = models.BinaryField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    budgets_spent = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "definition": "AUD",
        "process_key": "CRI",
        "status": "CRI",
        "state": "CRI",
        "next_due_at": "CRI",
        "version": "AUD",
        "budgets_spent": "AUD",
        "created_at": "CRI",
        "started_at": "CRI",
        "ended_at": "CRI",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["PENDING", "CANCELLED"])
                | models.Q(state__isnull=False, definition__isnull=False),
                name="started_instance_has_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_due_at"],
                name="instance_due",
                condition=models.Q(status="RUNNING", next_due_at__isnull=False),
            ),
            models.Index(
                fields=["created_at"],
                name="instance_pending",
                condition=models.Q(status="PENDING"),
            ),
        ]

    def __str__(self) -> str:
        return f"process instance #{self.pk} {self.status}"

    @transition(field=status, source=State.PENDING, target=State.RUNNING)
    def begin(self, *, at: datetime) -> None:
        self.started_at = at

    @transition(field=status, source=[State.PENDING, State.RUNNING], target=State.COMPLETED)
    def complete(self, *, at: datetime) -> None:
        self.next_due_at, self.ended_at = None, at

    @transition(field=status, source=State.RUNNING, target=State.FROZEN)
    def freeze(self) -> None:
        """Never a guess: it stands still until somebody looks at the incident."""

    @transition(field=status, source=State.FROZEN, target=State.RUNNING)
    def thaw(self) -> None:
        """The cause is mended; the next step is tried again."""

    @transition(
        field=status,
        source=[State.PENDING, State.RUNNING, State.FROZEN],
        target=State.CANCELLED,
    )
    def cancel(self, *, at: datetime) -> None:
        self.next_due_at, self.ended_at = None, at


class Incident(FSMModelMixin, models.Model):
    """Something the software could not do by itself, kept visible until somebody has dealt with it.

    `code` and `element` name the place; a message of an exception may hold a person's words and
    is not kept.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待处理"
        RESOLVED = "RESOLVED", "已处理"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="incidents", db_constraint=False)
    instance = models.ForeignKey(
        ProcessInstance,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        db_constraint=False,
    )
    code = models.CharField(max_length=60)
    element = models.CharField(max_length=100, blank=True)
    error_type = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=1)
    retry_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    state = FSMField(choices=State.choices, default=State.OPEN, protected=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "case": "CRI",
        "instance": "CRI",
        "code": "AUD",
        "element": "AUD",
        "error_type": "AUD",
        "tries": "AUD",
        "retry_at": "AUD",
        "opened_at": "AUD",
        "resolved_at": "AUD",
        "state": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "case", "instance", "code", "element"],
                condition=models.Q(state="OPEN"),
                nulls_distinct=False,
                name="one_open_incident_per_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["retry_at"],
                name="incident_retry",
                condition=models.Q(state="OPEN", retry_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"incident #{self.pk} {self.code}"

    @transition(field=state, source=State.OPEN, target=State.RESOLVED)
    def resolve(self, *, at: datetime) -> None:
        self.resolved_at = at
