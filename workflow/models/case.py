"""A case: what happened around a student, in which channel, and how far it has come."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.models import Person, Placement, School, Student
from workflow.models import case_terms


def _is_no_crisis(case: models.Model) -> bool:
    return isinstance(case, Case) and case.channel != Case.Channel.CRISIS


def _is_crisis(case: models.Model) -> bool:
    return not _is_no_crisis(case)


class Case(FSMModelMixin, models.Model):
    """One matter in one channel. `student` is empty while nobody knows who it is about."""

    Channel = case_terms.Channel
    State = case_terms.State
    Colour = case_terms.Colour
    SafeToTell = case_terms.SafeToTell

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    student = models.ForeignKey(
        Student,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        db_constraint=False,
    )
    placement = models.ForeignKey(
        Placement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        db_constraint=False,
    )
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    state = FSMField(choices=State.choices, default=State.OPENED, protected=True)
    kind = models.CharField("类型", max_length=20, blank=True)
    colour = models.CharField(max_length=6, choices=Colour.choices, blank=True)
    safe_to_tell = models.CharField(
        max_length=9, choices=SafeToTell.choices, default=SafeToTell.UNDECIDED
    )
    opened_at = models.DateTimeField()
    #: When it was first reported as a crisis; empty if it never was one.
    crisis_since = models.DateTimeField(null=True, blank=True)
    alarm_at = models.DateTimeField("最近一次报警")
    triaged_at = models.DateTimeField(null=True, blank=True)
    danger_over_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    #: When it was closed and came back, in turn: between the two it kept nothing from anybody.
    pauses = ArrayField(models.DateTimeField(), default=list, blank=True)
    #: What the family sees of it: empty before a person has routed it, and kept as it was while
    #: a crisis may not be told, because a matter that vanishes tells as much.
    shown_channel = models.CharField(max_length=8, choices=Channel.choices, blank=True)
    shown_state = models.CharField(max_length=13, choices=State.choices, blank=True)
    #: When what the family sees stood still, because the rest may not be told.
    shown_until = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "channel": "CRI",
        "student": "CRI",
        "placement": "CRI",
        "owner": "CRI",
        "state": "CRI",
        "kind": "CRI",
        "colour": "CRI",
        "safe_to_tell": "CRI",
        "opened_at": "CRI",
        "crisis_since": "CRI",
        "alarm_at": "CRI",
        "triaged_at": "CRI",
        "danger_over_at": "CRI",
        "closed_at": "CRI",
        "pauses": "CRI",
        "shown_channel": "AUD",
        "shown_state": "AUD",
        "shown_until": "AUD",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(shown_channel="CRISIS"), name="family_is_never_shown_a_crisis"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True)
                | models.Q(state__in=["CLOSED", "CANCELLED", "TRANSFERRED"]),
                name="only_ended_cases_have_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(shown_until__isnull=True) ^ ~models.Q(shown_state=""),
                name="a_face_stands_still_since_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "-opened_at", "id"], name="case_newest_first"),
            models.Index(fields=["school", "student"], name="case_by_student"),
        ]

    def __str__(self) -> str:
        return f"case #{self.pk} {self.state}"

    @property
    def lane(self) -> str:
        """Whose workers carry its messages: a crisis never queues behind routine."""
        return "crisis" if self.channel == self.Channel.CRISIS else "routine"

    @transition(
        field=state,
        source=[State.OPENED, State.TRIAGED, State.IN_PROGRESS, State.FOLLOW_UP, State.REOPENED],
        target=State.TRIAGED,
    )
    def triage(self, *, kind: str, colour: str, safe_to_tell: str, at: datetime) -> None:
        """Two people agreed what this is and who may be told."""
        self.kind, self.colour, self.safe_to_tell = kind, colour, safe_to_tell
        self.triaged_at, self.danger_over_at = at, None

    @transition(
        field=state,
        source=[State.TRIAGED, State.WAITING_PARTY, State.FOLLOW_UP, State.EVALUATED],
        target=State.IN_PROGRESS,
    )
    def work(self) -> None:
        """Measures are under way."""

    @transition(field=state, source=[State.IN_PROGRESS], target=State.WAITING_PARTY)
    def wait(self) -> None:
        """One party has to answer first."""

    @transition(
        field=state,
        source=[State.TRIAGED, State.IN_PROGRESS, State.WAITING_PARTY],
        target=State.FOLLOW_UP,
    )
    def follow_up(self, *, at: datetime) -> None:
        """The danger is over; the student is accompanied."""
        self.danger_over_at = at

    @transition(
        field=state, source=list(case_terms.OPEN), target=State.TRIAGED, conditions=[_is_no_crisis]
    )
    def route(self, *, channel: str, kind: str) -> None:
        """A person put it into a channel that the family may see.

        A face that stands still goes on standing, and what nobody saw stays unseen: whoever may
        not know of the crisis that it was must not notice.
        """
        self.channel, self.kind = channel, kind
        if not self.shown_state and self.safe_to_tell != self.SafeToTell.NO:
            self.shown_channel = channel

    @transition(
        field=state,
        source=list(case_terms.TRIAGED),
        target=State.TRIAGED,
        conditions=[_is_crisis],
    )
    def calm(self, *, channel: str, kind: str, at: datetime) -> None:
        """降级: two people hold it to be stable. The family sees it only where telling was safe.

        Whoever must go on seeing the old face has it kept for them alone (CaseFace) before.
        """
        self.channel, self.kind = channel, kind
        self.crisis_since = self.crisis_since or self.alarm_at  # it remains one that was
        self.danger_over_at = self.danger_over_at or at
        if self.safe_to_tell == self.SafeToTell.YES:
            self.shown_channel, self.shown_state, self.shown_until = channel, "", None

    @transition(
        field=state,
        source=[State.TRIAGED, State.IN_PROGRESS, State.WAITING_PARTY],
        target=State.FOLLOW_UP,
        conditions=[_is_no_crisis],
    )
    def accompany(self) -> None:
        """What was agreed is being done; dates to look again are set."""

    @transition(
        field=state,
        source=list(case_terms.SETTLING),
        target=State.CLOSED,
        conditions=[_is_no_crisis],
    )
    def settle(self, *, at: datetime) -> None:
        """Nothing is left to do. A crisis closes by `close` alone, with its conditions."""
        self.closed_at = at

    @transition(field=state, source=list(case_terms.OPEN), target=State.REOPENED)
    def alarm(self, *, at: datetime) -> None:
        """升级为危机: the family goes on seeing what it saw until telling is safe."""
        if self.shown_channel and not self.shown_state:
            self.shown_state, self.shown_until = self.state, at
        self.channel, self.alarm_at = self.Channel.CRISIS, at
        self.crisis_since = self.crisis_since or at
        self.triaged_at = self.danger_over_at = None
        self.safe_to_tell = self.SafeToTell.UNDECIDED

    @transition(field=state, source=[State.FOLLOW_UP], target=State.EVALUATED)
    def evaluate(self) -> None:
        """The effect was scored by both sides."""

    @transition(field=state, source=[State.FOLLOW_UP, State.EVALUATED], target=State.CLOSED)
    def close(self, *, at: datetime) -> None:
        """Two people closed it with every condition met."""
        self.closed_at = at

    @transition(field=state, source=list(case_terms.ENDED), target=State.REOPENED)
    def reopen(self, *, at: datetime) -> None:
        """It came back. What came to the family meanwhile was not kept from whom it names."""
        if self.closed_at is not None:
            self.pauses = [*self.pauses, self.closed_at, at]
        self.alarm_at, self.triaged_at = at, None
        self.safe_to_tell = self.SafeToTell.UNDECIDED
        self.closed_at = self.danger_over_at = None

    @transition(field=state, source=list(case_terms.OPEN), target=State.REOPENED)
    def endanger(self, *, at: datetime) -> None:
        """再次出现危险: back to the triage. Who may be told is decided anew: it may be them."""
        self.alarm_at, self.triaged_at, self.danger_over_at = at, None, None
        self.safe_to_tell = self.SafeToTell.UNDECIDED

    @transition(field=state, source=list(case_terms.OPEN), target=State.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        """Opened in error; the reason is an event."""
        self.closed_at = at

    @transition(field=state, source=list(case_terms.OPEN), target=State.TRANSFERRED)
    def transfer(self, *, at: datetime) -> None:
        """Another body has taken it over in writing."""
        self.closed_at = at
