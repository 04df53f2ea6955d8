"""What belongs to a meeting: papers, tries, and answers."""

from collections.abc import Mapping
from typing import ClassVar, Final
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q

from parties.crypto import EncryptedTextField
from parties.models import Consent, Person, Student
from parties.models.belonging import school_of_its_references
from records.models.meeting import Meeting
from records.models.meeting_slot import MeetingSlot
from records.models.prepared import PreparedItem


class DossierItem(models.Model):
    """A paper on the table. A psychological report needs consent or a named duty."""

    Kind = PreparedItem.Kind
    Basis = PreparedItem.Basis
    Duty = PreparedItem.Duty

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="dossier", db_constraint=False
    )
    kind = models.CharField(max_length=11, choices=Kind.choices)
    note = EncryptedTextField("日期、出处、要点", blank=True, default="")
    basis = models.CharField(max_length=7, choices=Basis.choices, blank=True, default="")
    basis_note = EncryptedTextField("同意书编号或职责说明", blank=True, default="")
    duty = models.CharField("职责", max_length=9, choices=Duty.choices, blank=True, default="")
    consent = models.ForeignKey(
        Consent, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    added_at = models.DateTimeField()

    #: The class of `note` is that of its kind: PreparedItem.CLASSES.
    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "meeting": "COM",
        "kind": "COM",
        "note": "COM",
        "basis": "COM",
        "basis_note": "COM",
        "duty": "COM",
        "consent": "COM",
        "added_by": "COM",
        "added_at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "meeting", "kind"], name="one_paper_per_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind="PSY_REPORT") | Q(basis__in=["CONSENT", "DUTY"]),
                name="psy_paper_needs_a_basis",
            ),
            models.CheckConstraint(
                condition=(Q(consent__isnull=True) | Q(basis="CONSENT"))
                & (Q(duty="") | Q(basis="DUTY")),
                name="paper_basis_is_what_it_names",
            ),
        ]

    def __str__(self) -> str:
        return f"dossier item #{self.pk} {self.kind}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id


class MeetingAttempt(models.Model):
    """三有: when it was tried, where and how, and what came of it. Rows are only added."""

    class Channel(models.TextChoices):
        PHONE = "PHONE", "电话"
        MESSAGE = "MESSAGE", "短信或微信"
        LETTER = "LETTER", "书面函"
        HOME_VISIT = "HOME_VISIT", "家访"
        MEETING = "MEETING", "约定的会谈"
        OTHER = "OTHER", "其他"

    class Outcome(models.TextChoices):
        AGREED = "AGREED", "已约定时间"
        MET = "MET", "当场会谈"
        OTHER_TIME = "OTHER_TIME", "希望另约时间"
        REFUSED = "REFUSED", "联系到，不愿会谈"
        NO_ANSWER = "NO_ANSWER", "未联系到"
        NO_SHOW = "NO_SHOW", "未到场"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="attempts", db_constraint=False
    )
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    tried_at = models.DateTimeField("时间")
    place = EncryptedTextField("地点或号码", blank=True, default="")
    note = EncryptedTextField("记录", blank=True, default="")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    companion = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    recorded_at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "meeting": "COM",
        "round": "COM",
        "person": "COM",
        "channel": "COM",
        "outcome": "COM",
        "tried_at": "COM",
        "place": "COM",
        "note": "COM",
        "by": "COM",
        "companion": "COM",
        "recorded_at": "COM",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(channel="HOME_VISIT")
                | Q(companion__isnull=False) & ~Q(companion=F("by")),
                name="home_visit_by_two",
            ),
            models.CheckConstraint(
                condition=Q(channel="MEETING", outcome="NO_SHOW")
                | ~Q(channel="MEETING") & ~Q(outcome="NO_SHOW"),
                name="no_show_is_of_an_agreed_meeting",
            ),
            models.CheckConstraint(
                condition=Q(tried_at__lte=F("recorded_at")), name="attempt_was_before_its_record"
            ),
        ]
        indexes = [models.Index(fields=["meeting", "recorded_at"], name="attempt_in_order")]

    def __str__(self) -> str:
        return f"meeting attempt #{self.pk} {self.outcome}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id


#: What somebody may enter as a try; a no-show follows from the agreed time alone.
TRIED_CHANNELS: Final = tuple(
    (channel.value, channel.label)
    for channel in MeetingAttempt.Channel
    if channel != MeetingAttempt.Channel.MEETING
)
TRIED_OUTCOMES: Final = tuple(
    (outcome.value, outcome.label)
    for outcome in MeetingAttempt.Outcome
    if outcome != MeetingAttempt.Outcome.NO_SHOW
)


class MeetingReply(models.Model):
    """What the family, a guest, or the school on its own part, said about the time. Rows are only
    added.
    """

    class Kind(models.TextChoices):
        CHOSE = "CHOSE", "选定时间"
        CHANGE = "CHANGE", "请求改期"
        DECLINED = "DECLINED", "不参加"
        EXCUSED = "EXCUSED", "受邀人说明不参加的原因"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="replies", db_constraint=False
    )
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    slot = models.ForeignKey(
        MeetingSlot, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    words = EncryptedTextField("说明", blank=True, default="")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "meeting": "COM",
        "round": "COM",
        "kind": "COM",
        "slot": "COM",
        "words": "COM",
        "by": "COM",
        "entered_by": "COM",
        "at": "COM",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="CHOSE", slot__isnull=False)
                | ~Q(kind="CHOSE") & Q(slot__isnull=True),
                name="choice_names_its_slot",
            ),
        ]
        indexes = [models.Index(fields=["meeting", "at"], name="reply_in_order")]

    def __str__(self) -> str:
        return f"meeting reply #{self.pk} {self.kind}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
