"""Who stands behind a record, who refused to and why, and who got a copy. Rows are only added."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.attachment import Attachment
from records.models.communication import CommunicationRecord


class Signature(models.Model):
    """One person's word about one version. `proof` is the hash of all that it says, `as_read` that
    of what its signer saw of it, or whoever wrote their word down (records/as_read.py).

    A refusal that others wrote down does not silence the person: a signature may follow it, or a
    refusal with their own reason, and both stay.
    """

    class Side(models.TextChoices):
        SCHOOL = "SCHOOL", "学校"
        FAMILY = "FAMILY", "家庭"
        STUDENT = "STUDENT", "学生"
        COMPANY = "COMPANY", "企业"

    class Method(models.TextChoices):
        IN_APP = "IN_APP", "登录后签字"
        LINK = "LINK", "一次性链接签字"
        PAPER = "PAPER", "纸质签字扫描"
        PHONE = "PHONE", "电话复述确认"
        REFUSED = "REFUSED", "拒绝签字"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="signatures", db_constraint=False
    )
    signer = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    side = models.CharField(max_length=7, choices=Side.choices)
    method = models.CharField(max_length=7, choices=Method.choices)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    witness = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    reason = EncryptedTextField("拒签理由", blank=True, default="")
    note = EncryptedTextField("签字时的话", blank=True, default="")
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    #: Of a paper: whether another guardian's signature stood on the same sheet, as was said when
    #: this one was written down. None: no paper, or from before that was asked.
    shares_sheet = models.BooleanField("与另一位家长同一张纸", null=True, blank=True)
    #: Filed by `recorded_by` at `at`: the index of the locked cabinet.
    kept_at = EncryptedTextField("原件存放处（柜号／册号）", blank=True, default="")
    proof = models.BinaryField(max_length=32)
    #: None: given before signers named what they had read.
    as_read = models.BinaryField(max_length=32, null=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record": "COM",
        "signer": "COM",
        "side": "COM",
        "method": "COM",
        "at": "COM",
        "recorded_by": "COM",
        "witness": "COM",
        "reason": "COM",
        "note": "COM",
        "scan": "COM",
        "shares_sheet": "COM",
        "kept_at": "COM",
        "proof": "COM",
        "as_read": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "record", "signer"],
                condition=~Q(method="REFUSED"),
                name="one_signature_per_person",
            ),
            models.UniqueConstraint(
                fields=["school", "record", "signer"],
                condition=Q(method="REFUSED", witness__isnull=True),
                name="one_own_refusal_per_person",
            ),
            models.UniqueConstraint(
                fields=["school", "record", "signer"],
                condition=Q(method="REFUSED", witness__isnull=False),
                name="one_told_refusal_per_person",
            ),
            models.CheckConstraint(
                condition=Q(method__in=["IN_APP", "LINK", "REFUSED"], recorded_by=F("signer"))
                | Q(method__in=["PAPER", "PHONE", "REFUSED"], witness__isnull=False),
                name="signature_by_oneself_or_witnessed",
            ),
            models.CheckConstraint(
                condition=Q(witness__isnull=True)
                | ~Q(witness=F("recorded_by")) & ~Q(witness=F("signer")),
                name="witness_is_another_person",
            ),
            models.UniqueConstraint(
                fields=["school", "scan"],
                condition=Q(shares_sheet=False),
                name="one_signature_per_sheet",
            ),
            models.CheckConstraint(
                condition=~Q(method="PAPER") | Q(scan__isnull=False),
                name="paper_signature_has_a_scan",
            ),
        ]

    def __str__(self) -> str:
        return f"signature #{self.pk} {self.method}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id

    @property
    def is_own_refusal(self) -> bool:
        """Said by the person themselves, and so the last word."""
        return self.method == self.Method.REFUSED and self.recorded_by_id == self.signer_id


class Delivery(models.Model):
    """A copy of one version that reached one person; `purpose` says what they took it for."""

    class How(models.TextChoices):
        PAGE = "PAGE", "网页"
        PAPER = "PAPER", "纸质"
        EXPORT = "EXPORT", "导出"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="deliveries", db_constraint=False
    )
    to = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    how = models.CharField(max_length=6, choices=How.choices)
    purpose = models.CharField("用途", max_length=12, blank=True, default="")
    at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "student": "AUD",
        "record": "AUD",
        "to": "AUD",
        "how": "AUD",
        "purpose": "AUD",
        "at": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "record", "to", "how", "purpose"],
                name="one_delivery_per_way_and_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery #{self.pk} {self.how}"
