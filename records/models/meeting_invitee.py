"""Who is asked to come to a meeting, and who must not be there."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from parties.models import Person
from parties.models.belonging import school_of_its_references
from records.models.meeting import Meeting


class MeetingInvitee(models.Model):
    """Somebody who must be there, or must not: then with the reason, and never with a message."""

    class Part(models.TextChoices):
        MUST = "MUST", "应到"
        MUST_NOT = "MUST_NOT", "不得到场"

    class Capacity(models.TextChoices):
        GUARDIAN = "GUARDIAN", "监护人"
        STUDENT = "STUDENT", "学生"
        STAFF = "STAFF", "教职工"
        COMPANY = "COMPANY", "企业人员"

    class Reason(models.TextChoices):
        NONE = "", "—"
        NO_MEETING = "NO_MEETING", "不见面的限制"
        NO_CONTACT = "NO_CONTACT", "禁止联系的限制"
        DO_NOT_TELL = "DO_NOT_TELL", "不告知的限制"
        NO_ACCESS = "NO_ACCESS", "不可查看子女信息"
        NAMED = "NAMED", "应当回避"

    class Answer(models.TextChoices):
        NONE = "", "未答复"
        YES = "YES", "参加"
        NO = "NO", "不参加"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="invitees", db_constraint=False
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="meeting_parts", db_constraint=False
    )
    capacity = models.CharField(max_length=8, choices=Capacity.choices)
    part = models.CharField(max_length=8, choices=Part.choices)
    reason = models.CharField(max_length=11, choices=Reason.choices, blank=True, default="")
    turn = models.PositiveSmallIntegerField("联系顺序", default=0)
    answer = models.CharField(max_length=3, choices=Answer.choices, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "meeting": "CRI",
        "person": "CRI TPD",
        "capacity": "CRI",
        "part": "CRI TPD",
        "reason": "CRI TPD",
        "turn": "CRI",
        "answer": "CRI TPD",
        "answered_at": "CRI TPD",
        "told_at": "CRI TPD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "meeting", "person"], name="one_invitation_per_person"
            ),
            models.CheckConstraint(
                condition=Q(part="MUST", reason="") | Q(part="MUST_NOT") & ~Q(reason=""),
                name="who_must_not_come_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(part="MUST") | Q(told_at__isnull=True, answer=""),
                name="who_must_not_come_is_never_told",
            ),
        ]

    def __str__(self) -> str:
        return f"meeting invitee #{self.pk} {self.part}"
