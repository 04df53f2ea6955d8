"""Who decided the channel of a case, and who wants to lower it."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case
from workflow.models.matter import Matter


class RoutingDecision(models.Model):
    """One decision about the channel. Rows are added, never changed, not even by the owner.

    `chosen` is what the first person wanted, `channel` what counts: a second look may refuse to go
    below what the words or the table point to.
    """

    class Kind(models.TextChoices):
        FIRST = "FIRST", "首次分流"
        UPGRADE = "UPGRADE", "升级"
        DOWNGRADE = "DOWNGRADE", "降级"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="routings", db_constraint=False)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    trigger = models.CharField(max_length=20, choices=Matter.Trigger.choices, blank=True)
    answers = models.JSONField(default=dict)
    level = models.CharField(max_length=9, choices=Matter.Level.choices, blank=True)
    hints = ArrayField(models.CharField(max_length=40), default=list)
    proposed = models.CharField(max_length=8, choices=Case.Channel.choices, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    rule_label = models.CharField(max_length=200, blank=True)
    from_channel = models.CharField(max_length=8, choices=Case.Channel.choices, blank=True)
    chosen = models.CharField(max_length=8, choices=Case.Channel.choices)
    channel = models.CharField(max_length=8, choices=Case.Channel.choices)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    second_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    reason = EncryptedTextField(blank=True, default="")
    second_reason = EncryptedTextField(blank=True, default="")
    at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "kind": "CRI",
        "trigger": "CRI",
        "answers": "CRI",
        "level": "CRI",
        "hints": "CRI",
        "proposed": "CRI",
        "rule": "CRI",
        "rule_label": "CRI",
        "from_channel": "CRI",
        "chosen": "CRI",
        "channel": "CRI",
        "decided_by": "CRI",
        "second_by": "CRI",
        "reason": "CRI",
        "second_reason": "CRI",
        "at": "CRI",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second_by=None) | ~models.Q(second_by=models.F("decided_by")),
                name="two_names_are_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="DOWNGRADE", from_channel="CRISIS")
                | models.Q(second_by__isnull=False),
                name="nobody_downgrades_a_crisis_alone",
            ),
        ]
        indexes = [models.Index(fields=["school", "case", "at"], name="routing_by_case")]

    def __str__(self) -> str:
        return f"routing decision #{self.pk} {self.kind}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id


class DowngradeProposal(FSMModelMixin, models.Model):
    """One of 德育处 and 心理教师 holds a crisis to be stable; nothing changes until the other does.

    It counts for the alarm during which it was made (`alarm_at`): danger again, and it lapses.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待另一人确认"
        CONFIRMED = "CONFIRMED", "已确认"
        LAPSED = "LAPSED", "已失效"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="proposals", db_constraint=False)
    channel = models.CharField(max_length=8, choices=Case.Channel.choices)
    reason = EncryptedTextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    alarm_at = models.DateTimeField()
    at = models.DateTimeField()
    state = FSMField(choices=State.choices, default=State.PROPOSED, protected=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "channel": "CRI",
        "reason": "CRI",
        "by": "CRI",
        "alarm_at": "CRI",
        "at": "CRI",
        "state": "CRI",
        "ended_at": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "case"],
                condition=models.Q(state="PROPOSED"),
                name="one_standing_downgrade_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"downgrade proposal #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id

    @transition(field=state, source=State.PROPOSED, target=State.CONFIRMED)
    def confirm(self, *, at: datetime) -> None:
        """The other of the two agreed."""
        self.ended_at = at

    @transition(field=state, source=State.PROPOSED, target=State.LAPSED)
    def lapse(self, *, at: datetime) -> None:
        """A newer one takes its place, or the danger came back."""
        self.ended_at = at
