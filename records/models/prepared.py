"""What lay on the table of a talk, and what allows a psychological report to lie there."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models import Consent, Student
from parties.models.belonging import school_of_its_references
from records.models.attachment import Attachment
from records.models.communication import CommunicationRecord


class PreparedItem(models.Model):
    """What was prepared before talking. A psychological report needs consent or a named duty."""

    class Kind(models.TextChoices):
        TRANSCRIPT = "TRANSCRIPT", "成绩单"
        OBSERVATION = "OBSERVATION", "行为观察表"
        PSY_REPORT = "PSY_REPORT", "心理评估报告"
        ATTENDANCE = "ATTENDANCE", "考勤"
        LAST_PLAN = "LAST_PLAN", "上次行动方案"
        OTHER = "OTHER", "其他"

    class Basis(models.TextChoices):
        NONE = "", "—"
        CONSENT = "CONSENT", "本人或监护人同意"
        DUTY = "DUTY", "职责所需"

    class Duty(models.TextChoices):
        """Duties that ask for it without consent, each with its provision."""

        NONE = "", "—"
        TALK = "TALK", "与监护人沟通学生心理健康情况（《精神卫生法》第十六条第四款）"
        DANGER = "DANGER", "制止伤害自身、危害他人的危险并送医（《精神卫生法》第二十八条第二款）"
        REPORT = "REPORT", "发现侵害或者危险，立即报告（《未成年人保护法》第十一条第二款）"
        STATUTORY = (
            "STATUTORY",
            "法定职责、义务所必需（《个人信息保护法》第十三条第一款第三项）",
        )
        EMERGENCY = "EMERGENCY", "紧急情况下保护生命健康（《个人信息保护法》第十三条第一款第四项）"

    #: What each kind is, for its readers.
    CLASSES: ClassVar[Mapping[str, str]] = {
        Kind.TRANSCRIPT: "PRF",
        Kind.OBSERVATION: "CND",
        Kind.PSY_REPORT: "PSY",
        Kind.ATTENDANCE: "PRF",
        Kind.LAST_PLAN: "COM",
        Kind.OTHER: "COM",
    }

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="prepared", db_constraint=False
    )
    kind = models.CharField(max_length=11, choices=Kind.choices)
    note = EncryptedTextField(blank=True, default="")
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    basis = models.CharField(max_length=7, choices=Basis.choices, blank=True, default="")
    basis_note = EncryptedTextField("同意书编号或职责说明", blank=True, default="")
    duty = models.CharField("职责", max_length=9, choices=Duty.choices, blank=True, default="")
    consent = models.ForeignKey(
        Consent, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record": "COM",
        "kind": "COM",
        "note": "COM",
        "attachment": "COM",
        "basis": "COM",
        "basis_note": "COM",
        "duty": "COM",
        "consent": "COM",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="PSY_REPORT") | models.Q(basis__in=["CONSENT", "DUTY"]),
                name="psy_report_needs_a_basis",
            ),
            models.CheckConstraint(
                condition=(models.Q(consent__isnull=True) | models.Q(basis="CONSENT"))
                & (models.Q(duty="") | models.Q(basis="DUTY")),
                name="basis_is_what_it_names",
            ),
        ]

    def __str__(self) -> str:
        return f"prepared item #{self.pk} {self.kind}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
