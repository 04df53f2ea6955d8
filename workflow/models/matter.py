"""What somebody raised about a student, before a person decides which channel it takes."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from parties.crypto import EncryptedTextField
from parties.models import Person
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case


class Matter(models.Model):
    """What somebody raised, in their words and with their answers. A person decides what it is.

    The second half (`level` to `proposed_at`) is written once, by the process that reads the words
    and asks the routing table; it proposes and decides nothing.
    """

    class Trigger(models.TextChoices):
        ACADEMIC = "academic", "学业预警"
        BEHAVIOUR = "behaviour", "行为异常"
        CAREER = "career", "职业规划"
        ATTENDANCE = "attendance", "考勤"
        MENTAL = "mental", "心理"
        HEALTH = "health", "健康"
        AID = "aid", "经济资助"
        CONFLICT = "conflict", "同伴冲突"
        PLACEMENT_FIT = "placement_fit", "实习适应"
        PLACEMENT_SAFETY = "placement_safety", "实习安全"
        PRAISE = "praise", "表扬"
        VISIT = "visit", "家长来访"
        DIVERGENCE = "divergence", "月度反馈分歧"
        OTHER = "other", "其他"

    class Danger(models.TextChoices):
        YES = "yes", "有危险"
        NO = "no", "没有危险"
        UNCLEAR = "unclear", "不清楚"

    class Level(models.TextChoices):
        RED = "red", "红色提示"
        AMBER = "amber", "黄色提示"
        COMPLAINT = "complaint", "投诉或法律类用语"
        NONE = "none", "没有提示"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="matters", db_constraint=False)
    receipt_no = models.CharField("回执编号", max_length=32)
    raised_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    raised_role = models.CharField(max_length=3)
    trigger = models.CharField("触发原因", max_length=20, choices=Trigger.choices)
    words = EncryptedTextField("事由")
    danger = models.CharField("现在有危险吗", max_length=7, choices=Danger.choices)
    repeated = models.BooleanField("反复出现")
    needs_family = models.BooleanField("需要家长到场或答复")
    individual = models.BooleanField("含个人信息")
    recused = models.BooleanField("班主任回避", default=False, db_default=False)
    request_key = models.CharField(max_length=120)
    raised_at = models.DateTimeField()
    level = models.CharField("用语提示", max_length=9, choices=Level.choices, blank=True)
    hints = ArrayField(models.CharField(max_length=40), default=list)
    proposed = models.CharField("建议渠道", max_length=8, choices=Case.Channel.choices, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    rule_label = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "case": "COM",
        "receipt_no": "COM",
        "raised_by": "COM",
        "raised_role": "COM",
        "trigger": "COM",
        "words": "COM",
        "danger": "COM",
        "repeated": "COM",
        "needs_family": "COM",
        "individual": "COM",
        "recused": "COM",
        "request_key": "AUD",
        "raised_at": "COM",
        "level": "COM",
        "hints": "COM",
        "proposed": "COM",
        "rule": "COM",
        "rule_label": "COM",
        "proposed_at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "case"], name="one_matter_per_case"),
            models.UniqueConstraint(fields=["school", "receipt_no"], name="one_matter_receipt"),
            models.UniqueConstraint(fields=["school", "request_key"], name="one_matter_per_key"),
        ]

    def __str__(self) -> str:
        return f"matter #{self.pk} {self.trigger}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id

    def answers(self) -> dict[str, str]:
        """The severity answers as the routing table reads them."""
        said = {True: "yes", False: "no"}
        return {
            "danger": str(self.danger),
            "repeated": said[self.repeated],
            "needs_family": said[self.needs_family],
            "individual": said[self.individual],
        }
