"""A notice to many families (常规通知): one text, its scope, and how far it has come."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person, SchoolClass
from parties.models.belonging import school_of_its_references


class Notice(FSMModelMixin, models.Model):
    """One text for a class, a grade or the school. It says nothing about any one person.

    What the gate has not passed yet may hold what must not be there, so the text is encrypted.
    `case_id` and `sent_at` are empty until somebody submitted and the process sent it. `untold` are
    the children of the scope about whom nobody could be told when it went out.
    """

    class Scope(models.TextChoices):
        CLASS = "CLASS", "班级"
        GRADE = "GRADE", "年级"
        SCHOOL = "SCHOOL", "全校"

    class Strength(models.TextChoices):
        READ = "READ", "仅阅读"
        CONFIRM = "CONFIRM", "点击确认"
        SIGN = "SIGN", "签字确认"

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        REFUSED = "REFUSED", "含个人信息，待修改"
        PENDING_APPROVAL = "PENDING_APPROVAL", "待审批"
        APPROVED = "APPROVED", "已批准，待发送"
        SENT = "SENT", "已发送"
        CLOSED = "CLOSED", "已结束"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    #: The author may change the text.
    EDITABLE: ClassVar[tuple[str, ...]] = (State.DRAFT, State.REFUSED)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    title = EncryptedTextField("标题")
    body = EncryptedTextField("正文")
    scope = models.CharField("范围", max_length=6, choices=Scope.choices)
    school_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        db_constraint=False,
    )
    grade = models.CharField("年级", max_length=20, blank=True)
    strength = models.CharField("回执方式", max_length=7, choices=Strength.choices)
    needs_answer = models.BooleanField("需要答复", default=False)
    deadline = models.DateTimeField("截止", null=True, blank=True)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    approver = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    text_hash = models.BinaryField("文本摘要", max_length=32, null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    case_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    untold = ArrayField(models.UUIDField(), default=list, blank=True)
    closes_at = models.DateTimeField("最迟结束", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    state = FSMField(choices=State.choices, default=State.DRAFT, protected=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "title": "COM",
        "body": "COM",
        "scope": "COM",
        "school_class": "PUB",
        "grade": "PUB",
        "strength": "COM",
        "needs_answer": "COM",
        "deadline": "COM",
        "author": "COM",
        "approver": "COM",
        "text_hash": "AUD",
        "version": "AUD",
        "case_id": "COM",
        "created_at": "COM",
        "submitted_at": "COM",
        "approved_at": "COM",
        "sent_at": "COM",
        "untold": "AUD",
        "closes_at": "COM",
        "ended_at": "COM",
        "state": "COM",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope="CLASS", school_class__isnull=False, grade="")
                | models.Q(scope="GRADE", school_class__isnull=True) & ~models.Q(grade="")
                | models.Q(scope="SCHOOL", school_class__isnull=True, grade=""),
                name="notice_scope_names_its_place",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["APPROVED", "SENT", "CLOSED"])
                | models.Q(
                    approver__isnull=False,
                    approved_at__isnull=False,
                    text_hash__isnull=False,
                    case_id__isnull=False,
                ),
                name="approved_notice_has_an_approver",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=False) ^ ~models.Q(state__in=["SENT", "CLOSED"]),
                name="sent_notice_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "-created_at", "id"], name="notice_newest_first"),
            models.Index(fields=["school", "case_id"], name="notice_by_case"),
        ]

    def __str__(self) -> str:
        return f"notice #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.pk

    @property
    def standing(self) -> str:
        """How it is put to whoever comes too late to change it."""
        if self.state == self.State.WITHDRAWN:
            return "通知已撤回"
        return "通知已发出" if self.sent_at is not None else "通知已提交"

    @transition(field=state, source=[State.DRAFT, State.REFUSED], target=State.DRAFT)
    def edit(self) -> None:
        """The text is another one now; whoever looked at the older version looks again."""
        self.version += 1

    @transition(
        field=state,
        source=[State.DRAFT, State.REFUSED, State.PENDING_APPROVAL],
        target=State.REFUSED,
    )
    def refuse(self) -> None:
        """The gate found something about a person in it."""
        self.text_hash, self.submitted_at = None, None

    @transition(field=state, source=[State.DRAFT, State.REFUSED], target=State.PENDING_APPROVAL)
    def submit(self, *, text_hash: bytes, case_id: UUID, at: datetime) -> None:
        """From here on the text stands; `text_hash` says which text it was."""
        self.text_hash, self.case_id, self.submitted_at = text_hash, case_id, at

    @transition(field=state, source=State.PENDING_APPROVAL, target=State.DRAFT)
    def give_back(self) -> None:
        """The approver asks for another wording."""
        self.text_hash, self.submitted_at = None, None

    @transition(field=state, source=State.PENDING_APPROVAL, target=State.APPROVED)
    def approve(self, *, by: Person, at: datetime) -> None:
        self.approver, self.approved_at = by, at

    @transition(field=state, source=State.APPROVED, target=State.SENT)
    def send(self, *, at: datetime, closes_at: datetime) -> None:
        """The first families are told in this transaction."""
        self.sent_at, self.closes_at = at, closes_at

    @transition(field=state, source=State.SENT, target=State.CLOSED)
    def close(self, *, at: datetime) -> None:
        """Everybody answered, or the time is over."""
        self.ended_at = at

    @transition(
        field=state,
        source=[State.DRAFT, State.REFUSED, State.PENDING_APPROVAL, State.APPROVED],
        target=State.WITHDRAWN,
    )
    def withdraw(self, *, at: datetime) -> None:
        """Only before it was sent: what was read was read."""
        self.ended_at = at
