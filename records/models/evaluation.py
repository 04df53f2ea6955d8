"""效果评估: rounds of a plan, and what each side thinks of one."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.action_item import ActionItem


class PlanRound(models.Model):
    """One round of a case's plan: from what was agreed to the effect that both sides scored."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="plan_rounds", db_constraint=False
    )
    case_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "case_id": "COM",
        "number": "COM",
        "begun_at": "COM",
        "ended_at": "COM",
        "outcome": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "case_id", "number"], name="one_plan_round_per_number"
            ),
            models.UniqueConstraint(
                fields=["school", "case_id"],
                condition=models.Q(ended_at__isnull=True),
                name="one_running_plan_round",
            ),
        ]

    def __str__(self) -> str:
        return f"plan round #{self.pk}"


class Evaluation(models.Model):
    """How far one side thinks a round, or one item of it, got: -2 to +2, and never the other's."""

    class Side(models.TextChoices):
        SCHOOL = "SCHOOL", "学校"
        FAMILY = "FAMILY", "家庭"
        STUDENT = "STUDENT", "学生"

    LOWEST: ClassVar[int] = -2
    HIGHEST: ClassVar[int] = 2

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="evaluations", db_constraint=False
    )
    case_id = models.UUIDField()
    plan_round = models.PositiveSmallIntegerField()
    item = models.ForeignKey(
        ActionItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluations",
        db_constraint=False,
    )
    side = models.CharField(max_length=7, choices=Side.choices)
    score = models.SmallIntegerField("效果")
    baseline_now = EncryptedTextField("现在的情况", blank=True, default="")
    words = EncryptedTextField("想说的话", blank=True, default="")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "case_id": "COM",
        "plan_round": "COM",
        "item": "COM",
        "side": "COM",
        "score": "COM",
        "baseline_now": "COM",
        "words": "COM",
        "by": "COM",
        "at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "case_id", "plan_round", "item", "side"],
                nulls_distinct=False,
                name="one_score_per_side",
            ),
            models.CheckConstraint(
                condition=models.Q(score__gte=-2, score__lte=2), name="score_within_two"
            ),
        ]

    def __str__(self) -> str:
        return f"evaluation #{self.pk} {self.side}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id
