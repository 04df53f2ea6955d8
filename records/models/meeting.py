"""面对面会谈: what it is for, who must and must not be there, and which times are offered."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.communication import CommunicationRecord


class Meeting(FSMModelMixin, models.Model):
    """One meeting of one case, from the decision to have it until it was held, or never was.

    `round` counts the offers of times, `sequence` the versions of the calendar entry (RFC 5545).
    """

    class Kind(models.TextChoices):
        IN_PERSON = "IN_PERSON", "到校面谈"
        HOME_VISIT = "HOME_VISIT", "家访"
        REMOTE = "REMOTE", "线上会谈"
        AT_COMPANY = "AT_COMPANY", "企业现场会谈"

    class Wish(models.TextChoices):
        """What the student answered when asked whether to be there (MPL 4(5))."""

        YES = "YES", "愿意参加"
        NO = "NO", "不参加"

    class State(models.TextChoices):
        PREPARING = "PREPARING", "准备中"
        OFFERED = "OFFERED", "待家长选择时间"
        AGREED = "AGREED", "已约定"
        NO_SHOW = "NO_SHOW", "未到场"
        HELD = "HELD", "已会谈"
        NOT_MET = "NOT_MET", "未能会面"
        CANCELLED = "CANCELLED", "已取消"

    #: So many changes by the family; so many no-shows: the third ends the meeting as not met.
    MOST_CHANGES: ClassVar[int] = 2
    MOST_NO_SHOWS: ClassVar[int] = 3
    OPEN: ClassVar[tuple[str, ...]] = (
        State.PREPARING, State.OFFERED, State.AGREED, State.NO_SHOW,
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="meetings", db_constraint=False
    )
    case_id = models.UUIDField("所属事项")
    kind = models.CharField("形式", max_length=10, choices=Kind.choices)
    trigger = models.CharField(
        "触发原因", max_length=10, choices=CommunicationRecord.Trigger.choices
    )
    purpose = EncryptedTextField("会谈目的")
    student_wish = models.CharField("学生的答复", max_length=3, choices=Wish.choices)
    student_words = EncryptedTextField("学生的话", blank=True, default="")
    student_present = models.BooleanField("学生参加")
    state = FSMField(choices=State.choices, default=State.PREPARING, protected=True)
    round = models.PositiveSmallIntegerField("第几次提供时间", default=0)
    changes = models.PositiveSmallIntegerField("改期次数", default=0)
    no_shows = models.PositiveSmallIntegerField("未到场次数", default=0)
    sequence = models.PositiveIntegerField("日历版本", default=0)
    prepared_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    prepared_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Called off for everybody but those who may not notice: for them it stands, and for nothing.
    set_aside_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "case_id": "COM",
        "kind": "COM",
        "trigger": "COM",
        "purpose": "COM",
        "student_wish": "VOI",
        "student_words": "VOI",
        "student_present": "COM",
        "state": "COM",
        "round": "COM",
        "changes": "COM",
        "no_shows": "COM",
        "sequence": "AUD",
        "prepared_by": "COM",
        "prepared_at": "COM",
        "offered_at": "COM",
        "held_at": "COM",
        "ended_at": "COM",
        "set_aside_at": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "case_id"],
                condition=Q(
                    state__in=["PREPARING", "OFFERED", "AGREED", "NO_SHOW"],
                    set_aside_at__isnull=True,
                ),
                name="one_open_meeting_per_case",
            ),
            models.CheckConstraint(condition=Q(changes__lte=2), name="meeting_changes_twice"),
            models.CheckConstraint(condition=Q(no_shows__lte=3), name="meeting_misses_thrice"),
            models.CheckConstraint(
                condition=Q(student_present=False) | Q(student_wish="YES"),
                name="student_there_by_own_wish",
            ),
            models.CheckConstraint(
                condition=~Q(state="HELD") | Q(held_at__isnull=False),
                name="held_meeting_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False, state__in=["HELD", "NOT_MET", "CANCELLED"])
                | Q(ended_at__isnull=True) & ~Q(state__in=["HELD", "NOT_MET", "CANCELLED"]),
                name="only_ended_meetings_have_an_end",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True)
                | Q(ended_at__isnull=True)
                | Q(state="NOT_MET"),
                name="meeting_set_aside_is_not_held",
            ),
        ]
        indexes = [models.Index(fields=["school", "case_id"], name="meeting_by_case")]

    def __str__(self) -> str:
        return f"meeting #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id

    @transition(
        field=state, source=[State.PREPARING, State.OFFERED, State.NO_SHOW], target=State.OFFERED
    )
    def offer(self, *, at: datetime) -> None:
        """The family may choose among new times."""
        self.round, self.offered_at = self.round + 1, at

    @transition(field=state, source=State.OFFERED, target=State.AGREED)
    def agree(self) -> None:
        """One guardian chose a time; it counts for the meeting."""
        self.sequence += 1

    @transition(field=state, source=[State.OFFERED, State.AGREED], target=State.PREPARING)
    def reconsider(self, *, by_family: bool) -> None:
        """Another time is needed; an agreed one is called off. The changes are the family's."""
        if self.state == self.State.AGREED:
            self.sequence += 1
        self.changes += by_family

    @transition(field=state, source=[State.OFFERED, State.AGREED], target=State.HELD)
    def hold(self, *, at: datetime) -> None:
        """It took place: as agreed, or at once when a visit met the family at home."""
        self.held_at = self.ended_at = at

    @transition(field=state, source=State.AGREED, target=State.NO_SHOW)
    def miss(self) -> None:
        """The family did not come; nobody blames them here."""
        self.no_shows, self.sequence = self.no_shows + 1, self.sequence + 1

    @transition(
        field=state, source=[State.PREPARING, State.OFFERED, State.NO_SHOW], target=State.NOT_MET
    )
    def give_up(self, *, at: datetime) -> None:
        """未能会面: the list of attempts says what was tried."""
        self.ended_at = at

    @transition(
        field=state,
        source=[State.PREPARING, State.OFFERED, State.AGREED, State.NO_SHOW],
        target=State.CANCELLED,
    )
    def cancel(self, *, at: datetime) -> None:
        """The school calls it off."""
        self.sequence, self.ended_at = self.sequence + 1, at

    def set_aside(self, *, at: datetime) -> None:
        """The school calls it off, and somebody must not notice: the row stays as they know it."""
        self.set_aside_at = at
