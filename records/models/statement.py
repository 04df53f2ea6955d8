"""What a communication record is made of: who said what, and who was there."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models import GuardianLink, Person, Student
from parties.models.belonging import school_of_its_references
from records.models.communication import CommunicationRecord


class Statement(models.Model):
    """One sentence or paragraph with its source. Its class goes with it (`sensitivity`).

    `text` is what was said; where it names other people (TPD), `redacted_text` is what everybody
    outside the case's team reads instead. A reaction has words and what anybody there could have
    `observed`; those from before that was asked have words alone.
    """

    class Section(models.TextChoices):
        FACT = "FACT", "问题描述"
        CAUSE = "CAUSE", "原因分析"
        HOME = "HOME", "家长反馈的家庭表现"
        SCHOOL = "SCHOOL", "在校情况"
        INTERNSHIP = "INTERNSHIP", "实习适应"
        GUARDIAN_OPINION = "GUARDIAN_OPINION", "家长意见"
        STUDENT_OPINION = "STUDENT_OPINION", "学生意见"
        ADVICE = "ADVICE", "班主任建议"
        CONSENSUS = "CONSENSUS", "双方共识"
        DISAGREEMENT = "DISAGREEMENT", "分歧"
        EMOTION = "EMOTION", "家长情绪反应（可观察）"

    class Observed(models.TextChoices):
        """What somebody did, never what they are or felt."""

        SILENT = "SILENT", "沉默"
        TEARFUL = "TEARFUL", "流泪"
        LOUDER = "LOUDER", "提高声音"
        SOFTER = "SOFTER", "声音变低"
        STOOD_UP = "STOOD_UP", "起身或离开"
        REPEATED = "REPEATED", "反复说同一件事"
        ASKED = "ASKED", "连续提问"
        NODDED = "NODDED", "点头或微笑"
        LOOKED_AWAY = "LOOKED_AWAY", "低头或移开目光"
        CALM = "CALM", "语气平稳"
        OTHER = "OTHER", "其他（见文字）"

    class Source(models.TextChoices):
        GUARDIAN = "GUARDIAN", "家长陈述"
        STUDENT = "STUDENT", "学生陈述"
        TEACHER = "TEACHER", "教师观察"
        COMPANY = "COMPANY", "企业陈述"
        SYSTEM = "SYSTEM", "系统记录"
        THIRD = "THIRD", "第三方"

    class Status(models.TextChoices):
        ONE_SIDED = "ONE_SIDED", "单方陈述"
        TO_VERIFY = "TO_VERIFY", "待核实"
        CONFIRMED = "CONFIRMED", "已确认"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="statements", db_constraint=False
    )
    section = models.CharField(max_length=16, choices=Section.choices)
    source = models.CharField(max_length=8, choices=Source.choices)
    status = models.CharField(max_length=9, choices=Status.choices)
    sensitivity = models.CharField("字段类别", max_length=24, default="COM")
    text = EncryptedTextField()
    redacted_text = EncryptedTextField("隐去他人信息", blank=True, default="")
    is_quote = models.BooleanField("原话", default=False)
    basis = EncryptedTextField("依据（次数、日期、出处、证明）", blank=True, default="")
    observed = models.CharField(
        "观察到", max_length=16, choices=Observed.choices, blank=True, default="", db_default=""
    )
    said_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    place = models.PositiveSmallIntegerField("顺序")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    #: Each row's own `sensitivity` counts as well: records/part_policies.py reads both.
    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record": "COM",
        "section": "COM",
        "source": "COM",
        "status": "COM",
        "sensitivity": "COM",
        "text": "COM",
        "redacted_text": "COM",
        "is_quote": "COM",
        "basis": "COM",
        "observed": "EMO",
        "said_by": "COM",
        "entered_by": "COM",
        "at": "COM",
        "place": "COM",
        "withdrawn_at": "AUD",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(section="EMOTION", sensitivity="EMO")
                | ~models.Q(section="EMOTION") & ~models.Q(sensitivity__contains="EMO"),
                name="emotions_are_a_class_of_their_own",
            ),
            models.CheckConstraint(
                condition=~models.Q(section="EMOTION") | models.Q(said_by__isnull=False),
                name="emotion_is_of_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(section="EMOTION") | models.Q(observed=""),
                name="only_an_emotion_was_observed",
            ),
        ]
        indexes = [models.Index(fields=["record", "place"], name="statement_in_order")]

    def __str__(self) -> str:
        return f"statement #{self.pk} {self.section}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id


class Participant(models.Model):
    """Who took part, in which capacity, and how. Somebody unknown to the school has only a name."""

    class Capacity(models.TextChoices):
        GUARDIAN = "GUARDIAN", "家长"
        STUDENT = "STUDENT", "学生"
        HT = "HT", "班主任"
        ST = "ST", "科任或实习指导教师"
        PSY = "PSY", "心理教师"
        GL = "GL", "年级组长"
        ME = "ME", "德育处"
        LEADER = "LEADER", "校领导"
        COMPANY = "COMPANY", "企业人员"
        WITNESS = "WITNESS", "见证人"
        OTHER = "OTHER", "其他"

    class Presence(models.TextChoices):
        IN_PERSON = "IN_PERSON", "到场"
        PHONE = "PHONE", "电话"
        VIDEO = "VIDEO", "视频"
        ABSENT = "ABSENT", "未到"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="participants", db_constraint=False
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    name = EncryptedTextField(blank=True, default="")
    capacity = models.CharField(max_length=8, choices=Capacity.choices)
    relation = models.CharField(
        "与学生关系", max_length=12, choices=GuardianLink.Relation.choices, blank=True
    )
    presence = models.CharField(max_length=9, choices=Presence.choices)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record": "COM",
        "person": "COM",
        "name": "COM",
        "capacity": "COM",
        "relation": "COM",
        "presence": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "record", "person"],
                condition=models.Q(person__isnull=False),
                name="one_participant_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"participant #{self.pk} {self.capacity}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
