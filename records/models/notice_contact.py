"""Every attempt to reach a family about a notice."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.notice import Notice


class NoticeContact(models.Model):
    """One attempt to reach a family: when, by what way and where, with what result (三有)."""

    class Channel(models.TextChoices):
        PHONE = "PHONE", "电话"
        WECHAT = "WECHAT", "微信"
        VISIT = "VISIT", "上门"
        AT_SCHOOL = "AT_SCHOOL", "到校面谈"
        OTHER = "OTHER", "其他"

    class Outcome(models.TextChoices):
        REACHED = "REACHED", "已联系到"
        NO_ANSWER = "NO_ANSWER", "无人接听或未回"
        REFUSED = "REFUSED", "接通但拒绝沟通"
        WRONG_NUMBER = "WRONG_NUMBER", "号码有误"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="contacts", db_constraint=False)
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="notice_contacts", db_constraint=False
    )
    guardian = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    channel = models.CharField("方式", max_length=9, choices=Channel.choices)
    place = EncryptedTextField("地点", blank=True, default="")
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices)
    note = EncryptedTextField("记录", blank=True, default="")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField("时间")
    recorded_at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "notice": "COM",
        "student": "COM",
        "guardian": "FAM",
        "channel": "COM",
        "place": "COM",
        "outcome": "COM",
        "note": "COM",
        "by": "COM",
        "at": "COM",
        "recorded_at": "COM",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(at__lte=models.F("recorded_at")),
                name="contact_was_tried_before_it_was_written",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "notice", "student"], name="contact_by_student"),
        ]

    def __str__(self) -> str:
        return f"notice contact #{self.pk} {self.outcome}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
