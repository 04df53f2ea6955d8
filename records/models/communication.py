"""The communication record 沟通记录: one row is one version, and a signed version never changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django_fsm import RETURN_VALUE, FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedJSONField, EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models import record_terms


def _is_unsigned(record: models.Model) -> bool:
    return isinstance(record, CommunicationRecord) and record.signed_at is None


class CommunicationRecord(FSMModelMixin, models.Model):
    """What was talked about with a family, by whom, and what was agreed.

    Until the first signature its author may change it. From then on the database refuses any
    change of content: a correction is the next `version`, which points to its `previous` one.
    """

    State = record_terms.State
    Trigger = record_terms.Trigger
    Place = record_terms.Place
    Standing = record_terms.Standing

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="communications", db_constraint=False
    )
    case_id = models.UUIDField("所属事项", null=True, blank=True)
    record_no = models.CharField("编号", max_length=24)
    version = models.PositiveSmallIntegerField("版本", default=1)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="next", db_constraint=False
    )
    state = FSMField(choices=State.choices, default=State.DRAFT, protected=True)
    standing = models.CharField(max_length=8, choices=Standing.choices, blank=True, default="")
    trigger = models.CharField("触发原因", max_length=10, choices=Trigger.choices)
    trigger_note = EncryptedTextField(blank=True, default="")
    started_at = models.DateTimeField("时间")
    ended_at = models.DateTimeField(null=True, blank=True)
    place_kind = models.CharField("地点", max_length=11, choices=Place.choices)
    place = EncryptedTextField(blank=True, default="")
    next_contact_at = models.DateTimeField("下次沟通时间", null=True, blank=True)
    next_focus = EncryptedTextField("下次沟通重点", blank=True, default="")
    language_check = EncryptedJSONField(null=True, blank=True)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    author_role = models.CharField(max_length=3)
    edits = models.PositiveIntegerField("修改次数", default=0)
    hold_reason = EncryptedTextField("暂缓家长查看的理由", blank=True, default="")
    held_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    held_until = models.DateTimeField(null=True, blank=True)
    let_in_at = models.DateTimeField("最近一次暂缓何时结束", null=True, blank=True)
    content_salt = models.BinaryField(max_length=32, null=True, blank=True)
    content_hash = models.BinaryField(max_length=32, null=True, blank=True)
    created_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField("首次签字", null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    frozen_from = models.CharField("异议之前的状态", max_length=9, blank=True, default="")
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    discard_reason = EncryptedTextField("放弃的理由", blank=True, default="")

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "case_id": "COM",
        "record_no": "COM",
        "version": "COM",
        "previous": "COM",
        "state": "COM",
        "standing": "COM",
        "trigger": "COM",
        "trigger_note": "COM",
        "started_at": "COM",
        "ended_at": "COM",
        "place_kind": "COM",
        "place": "COM",
        "next_contact_at": "COM",
        "next_focus": "COM",
        "language_check": "AUD",
        "author": "COM",
        "author_role": "COM",
        "edits": "AUD",
        "hold_reason": "CRI",
        "held_by": "CRI",
        "held_until": "CRI",
        "let_in_at": "CRI",
        "content_salt": "AUD",
        "content_hash": "COM",
        "created_at": "COM",
        "offered_at": "COM",
        "signed_at": "COM",
        "effective_at": "COM",
        "frozen_from": "AUD",
        "discarded_at": "COM",
        "discarded_by": "COM",
        "discard_reason": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "record_no", "version"], name="one_record_per_version"
            ),
            models.UniqueConstraint(
                fields=["school", "record_no"],
                condition=models.Q(state__in=["DRAFT", "CHECKED"]),
                name="one_open_draft_per_record",
            ),
            models.CheckConstraint(
                condition=models.Q(version=1, previous__isnull=True)
                | models.Q(version__gt=1, previous__isnull=False),
                name="later_version_points_back",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True) | models.Q(content_hash__isnull=False),
                name="signed_record_has_a_hash",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True)
                | ~models.Q(state__in=["DRAFT", "CHECKED"]),
                name="signed_record_is_no_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=record_terms.MAY_LACK_EFFECT, effective_at__isnull=True
                )
                | models.Q(effective_at__isnull=False) & ~models.Q(standing=""),
                name="effective_record_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="DISCARDED",
                    signed_at__isnull=True,
                    held_until__isnull=True,
                    discarded_at__isnull=False,
                    discarded_by__isnull=False,
                )
                | ~models.Q(state="DISCARDED") & models.Q(discarded_at__isnull=True),
                name="discarded_draft_says_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(held_until__isnull=True) | models.Q(held_by__isnull=False),
                name="hold_has_a_name",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "student", "-started_at"], name="record_by_student"),
            models.Index(fields=["school", "case_id"], name="record_by_case"),
            models.Index(
                fields=["held_until"],
                name="record_held",
                condition=models.Q(held_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"communication record #{self.pk} v{self.version} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id

    @transition(field=state, source=State.DRAFT, target=State.CHECKED)
    def check_language(self, *, findings: list[dict[str, object]]) -> None:
        """Nothing forbidden is left, and what is discouraged was looked at."""
        self.language_check = findings

    @transition(field=state, source=State.CHECKED, target=State.DRAFT)
    def revise(self) -> None:
        """A changed text has to be checked again."""

    @transition(field=state, source=State.CHECKED, target=State.PENDING_SIGNATURES)
    def offer(self, *, at: datetime) -> None:
        """Both sides may read and sign it now."""
        self.offered_at = at

    @transition(
        field=state,
        source=State.PENDING_SIGNATURES,
        target=State.DRAFT,
        conditions=[_is_unsigned],
    )
    def recall(self) -> None:
        """Nobody has signed yet, so it may still be changed."""
        self.offered_at = None

    @transition(field=state, source=State.PENDING_SIGNATURES, target=State.EFFECTIVE)
    def take_effect(self, *, standing: str, at: datetime) -> None:
        self.standing, self.effective_at = standing, at

    @transition(field=state, source=[State.EFFECTIVE, State.ARCHIVED], target=State.UNDER_OBJECTION)
    def freeze(self) -> None:
        """Somebody objects: readers see that, and nothing of it is used or shared meanwhile."""
        self.frozen_from = str(self.state)

    @transition(
        field=state,
        source=State.UNDER_OBJECTION,
        target=RETURN_VALUE(State.EFFECTIVE, State.ARCHIVED),
    )
    def thaw(self) -> str:
        """The objection is settled and this version stands again: what was put away stays so."""
        was, self.frozen_from = self.frozen_from, ""
        return self.State.ARCHIVED if was == self.State.ARCHIVED else self.State.EFFECTIVE

    @transition(
        field=state,
        source=[State.PENDING_SIGNATURES, State.EFFECTIVE, State.UNDER_OBJECTION, State.ARCHIVED],
        target=State.SUPERSEDED,
    )
    def supersede(self) -> None:
        """The next version has taken effect."""

    @transition(
        field=state,
        source=[State.DRAFT, State.CHECKED, State.PENDING_SIGNATURES],
        target=State.DISCARDED,
        conditions=[_is_unsigned],
    )
    def discard(self, *, by: Person, at: datetime, reason: str) -> None:
        """Nobody goes on with it; what it said stays, and its number is not given again."""
        self.discarded_by, self.discarded_at, self.discard_reason = by, at, reason
        self.held_until = None

    @transition(field=state, source=State.EFFECTIVE, target=State.ARCHIVED)
    def archive(self) -> None:
        """Its matter is closed."""

    @transition(field=state, source=list(record_terms.MAY_BE_SEALED), target=State.SEALED)
    def seal(self) -> None:
        """Only 德育处 and auditors know of it from now on."""
