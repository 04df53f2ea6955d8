"""An objection 异议 to one version of a record, what its author answered, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models.functions import Coalesce
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.communication import CommunicationRecord
from records.models.statement import Statement


class Objection(FSMModelMixin, models.Model):
    """While one is open its record is frozen (D1 to D4). The office's review begins at ROUTED."""

    class State(models.TextChoices):
        FILED = "FILED", "已提出"
        ANSWERED = "ANSWERED", "记录人已答复"
        ROUTED = "ROUTED", "已转德育处复核"
        SETTLED = "SETTLED", "已了结"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    class Ground(models.TextChoices):
        WRONG = "WRONG", "事实不符"
        MISSING = "MISSING", "遗漏"
        WORDING = "WORDING", "用语不当"
        CONTEXT = "CONTEXT", "断章取义"
        DISCLOSURE = "DISCLOSURE", "越权披露"
        CONSENT = "CONSENT", "未经同意"
        CAUSE = "CAUSE", "归因不当"
        SIGNATURE = "SIGNATURE", "签名异议"

    class Wish(models.TextChoices):
        CORRECT = "CORRECT", "更正"
        SUPPLEMENT = "SUPPLEMENT", "补充"
        DELETE = "DELETE", "删除"
        RESTRICT = "RESTRICT", "限制使用"
        ANNOTATE = "ANNOTATE", "附异议"

    class Reply(models.TextChoices):
        NONE = "", "—"
        ACCEPTED = "ACCEPTED", "接受"
        PARTLY = "PARTLY", "部分接受"
        REFUSED = "REFUSED", "不接受"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="objections", db_constraint=False
    )
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="objections", db_constraint=False
    )
    about = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    receipt_no = models.CharField("回执编号", max_length=24)
    ground = models.CharField(max_length=10, choices=Ground.choices)
    wish = models.CharField(max_length=10, choices=Wish.choices)
    quoted = EncryptedTextField("所指原文", blank=True, default="")
    words = EncryptedTextField("理由")
    #: From before annotations had rows of their own (annotations.py); nothing writes it any more.
    annotation = EncryptedTextField("异议附记（至多 500 字）", blank=True, default="")
    annotated_at = models.DateTimeField(null=True, blank=True)
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    capacity = models.CharField(max_length=3)
    filed_at = models.DateTimeField()
    #: When the sweep asks next whether its author is silent; empty: at once.
    next_look_at = models.DateTimeField(null=True, blank=True)
    state = FSMField(choices=State.choices, default=State.FILED, protected=True)
    reply = models.CharField(max_length=8, choices=Reply.choices, blank=True, default="")
    reply_words = EncryptedTextField("答复", blank=True, default="")
    replied_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    replied_at = models.DateTimeField(null=True, blank=True)
    routed_at = models.DateTimeField(null=True, blank=True)
    correction = models.ForeignKey(
        CommunicationRecord,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrects",
        db_constraint=False,
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record": "COM",
        "about": "COM",
        "receipt_no": "COM",
        "ground": "COM",
        "wish": "COM",
        "quoted": "COM",
        "words": "COM",
        "annotation": "COM",
        "annotated_at": "COM",
        "filed_by": "COM",
        "capacity": "COM",
        "filed_at": "COM",
        "next_look_at": "AUD",
        "state": "COM",
        "reply": "COM",
        "reply_words": "COM",
        "replied_by": "COM",
        "replied_at": "COM",
        "routed_at": "COM",
        "correction": "COM",
        "ended_at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "receipt_no"], name="one_objection_receipt"),
            models.UniqueConstraint(
                fields=["school", "record", "filed_by"],
                condition=models.Q(state__in=["FILED", "ANSWERED", "ROUTED"]),
                name="one_open_objection_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state="FILED")
                | models.Q(state="WITHDRAWN")
                | models.Q(state="ROUTED")
                | ~models.Q(reply=""),
                name="settled_objection_has_a_reply",
            ),
        ]
        indexes = [
            models.Index(
                fields=["school", "record"],
                name="objection_open",
                condition=models.Q(state__in=["FILED", "ANSWERED", "ROUTED"]),
            ),
            models.Index(
                Coalesce("next_look_at", "filed_at"),
                name="objection_unanswered",
                condition=models.Q(state="FILED"),
            ),
        ]

    def __str__(self) -> str:
        return f"objection #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id

    @transition(field=state, source=State.FILED, target=State.ANSWERED)
    def answer(self, *, reply: str, words: str, by: Person, at: datetime) -> None:
        self.reply, self.reply_words = reply, words
        self.replied_by, self.replied_at = by, at

    @transition(field=state, source=[State.FILED, State.ANSWERED], target=State.ROUTED)
    def route(self, *, at: datetime) -> None:
        """德育处 judges: the filer insists, the author is silent, or the ground is privacy."""
        self.routed_at, self.next_look_at = at, None

    @transition(field=state, source=[State.ANSWERED, State.ROUTED], target=State.SETTLED)
    def settle(self, *, at: datetime) -> None:
        self.ended_at = at

    @transition(
        field=state, source=[State.FILED, State.ANSWERED, State.ROUTED], target=State.WITHDRAWN
    )
    def withdraw(self, *, at: datetime) -> None:
        self.ended_at = at
