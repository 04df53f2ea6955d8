"""What came of a notice: one receipt per guardian and child."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID, uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.notice import Notice


class NoticeReceipt(FSMModelMixin, models.Model):
    """What one guardian did with one notice about one child.

    `settled_at` is when this guardian had done all that the notice asks. `rung` counts how often
    the ladder came by: 0 sent, then resend, text message, call, second guardian, meeting.
    `asked_task` is the call that somebody was last asked to make to this family. `hint` says that
    the reply holds words which a person should look at soon.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "待送达"
        DELIVERED = "DELIVERED", "已送达"
        OPENED = "OPENED", "已打开"
        CONFIRMED = "CONFIRMED", "已确认"
        SIGNED = "SIGNED", "已签字"
        UNREACHED = "UNREACHED", "未能送达"

    class How(models.TextChoices):
        APP = "APP", "登录后"
        LINK = "LINK", "一次性链接"
        PAPER = "PAPER", "纸质回执"
        PHONE = "PHONE", "电话复述"

    class Hint(models.TextChoices):
        RED = "RED", "危险用语"
        COMPLAINT = "COMPLAINT", "投诉用语"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="receipts", db_constraint=False)
    guardian = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="notice_receipts", db_constraint=False
    )
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    how = models.CharField("方式", max_length=5, choices=How.choices, blank=True)
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    witness = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    scan = models.UUIDField("扫描件", null=True, blank=True)
    reply = EncryptedTextField("回复", blank=True, default="")
    hint = models.CharField(max_length=9, choices=Hint.choices, blank=True)
    rung = models.PositiveSmallIntegerField(default=0)
    asked_task = models.UUIDField(null=True, blank=True)
    state = FSMField(choices=State.choices, default=State.PENDING, protected=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "notice": "COM",
        "guardian": "FAM",
        "student": "COM",
        "created_at": "COM",
        "delivered_at": "COM",
        "opened_at": "COM",
        "confirmed_at": "COM",
        "signed_at": "COM",
        "replied_at": "COM",
        "settled_at": "COM",
        "how": "COM",
        "recorded_by": "AUD",
        "witness": "AUD",
        "scan": "COM",
        "reply": "VOI",
        "hint": "VOI",
        "rung": "AUD",
        "asked_task": "AUD",
        "state": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "notice", "guardian", "student"],
                name="one_receipt_per_guardian_and_child",
            ),
            models.CheckConstraint(
                condition=~models.Q(how__in=["PAPER", "PHONE"])
                | models.Q(recorded_by__isnull=False),
                name="receipt_on_paper_has_a_recorder",
            ),
            models.CheckConstraint(
                condition=~models.Q(how="PHONE")
                | models.Q(witness__isnull=False) & ~models.Q(witness=models.F("recorded_by")),
                name="receipt_by_phone_has_a_witness",
            ),
        ]
        indexes = [
            models.Index(
                fields=["notice", "student"],
                name="receipt_still_owed",
                condition=models.Q(settled_at__isnull=True),
            ),
            models.Index(fields=["school", "guardian", "-created_at"], name="receipt_by_guardian"),
            models.Index(
                fields=["school", "student"],
                name="receipt_with_a_hint",
                condition=~models.Q(hint=""),
            ),
            models.Index(
                fields=["scan"],
                name="receipt_by_scan",
                condition=models.Q(scan__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"notice receipt #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id

    @property
    def shown_state(self) -> str:
        """As anybody is told: how far it came on its way would tell who was left out of it."""
        return UNOPENED if self.state in _UNOPENED else str(self.state)

    @property
    def only_to_read(self) -> bool:
        """Made when the notice was over: nothing is asked of who may be told only since then."""
        ended = self.notice.ended_at
        return ended is not None and self.created_at > ended

    @property
    def asks_answer(self) -> bool:
        """Whether the family is asked for words."""
        return self.notice.needs_answer and not self.only_to_read

    @transition(field=state, source=State.PENDING, target=State.DELIVERED)
    def deliver(self, *, at: datetime) -> None:
        self.delivered_at = at

    @transition(
        field=state,
        source=[State.PENDING, State.DELIVERED, State.UNREACHED],
        target=State.OPENED,
    )
    def open(self, *, how: str, at: datetime) -> None:
        self.opened_at, self.how = at, how

    @transition(
        field=state,
        source=[State.PENDING, State.DELIVERED, State.UNREACHED, State.OPENED],
        target=State.CONFIRMED,
    )
    def confirm(self, *, how: str, at: datetime) -> None:
        """A confirmation counts as receipt; it opens what was not opened."""
        self.opened_at, self.confirmed_at, self.how = self.opened_at or at, at, how

    @transition(
        field=state,
        source=[
            State.PENDING,
            State.DELIVERED,
            State.UNREACHED,
            State.OPENED,
            State.CONFIRMED,
        ],
        target=State.SIGNED,
    )
    def sign(self, *, how: str, at: datetime) -> None:
        self.opened_at, self.signed_at, self.how = self.opened_at or at, at, how

    @transition(field=state, source=State.PENDING, target=State.UNREACHED)
    def give_up(self) -> None:
        """Nothing that was sent arrived before the notice closed."""


#: Stands for whatever happened before a guardian opened it; code and label.
UNOPENED: Final = "UNOPENED"
UNOPENED_LABEL: Final = "未打开"
_UNOPENED: Final = frozenset(
    {
        NoticeReceipt.State.PENDING,
        NoticeReceipt.State.DELIVERED,
        NoticeReceipt.State.UNREACHED,
    }
)
SHOWN_STATES: Final = (
    (UNOPENED, UNOPENED_LABEL),
    *((one.value, one.label) for one in NoticeReceipt.State if one not in _UNOPENED),
)
