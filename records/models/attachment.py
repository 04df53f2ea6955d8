"""A file that belongs to a student's file: what it shows is sealed in the vault, not in the row."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references


class Attachment(FSMModelMixin, models.Model):
    """`sha256` is of the cleaned file, `original_sha256` of the upload, which may show others.

    TAKEN_OUT: nobody has it any more but a guardian to whom its record stands still.
    SIGNED_PAGE: the paper that somebody signed; it is their word, and no part of what was signed.
    """

    class Kind(models.TextChoices):
        FILE = "FILE", "附件"
        SIGNED_PAGE = "SIGNED_PAGE", "签字页"

    class State(models.TextChoices):
        STORED = "STORED", "已保存"
        TAKEN_OUT = "TAKEN_OUT", "已取下"
        DESTROYED = "DESTROYED", "已销毁"

    class Redaction(models.TextChoices):
        NONE = "NONE", "无需隐去"
        REDACTED = "REDACTED", "已隐去他人信息"
        DECLARED = "DECLARED", "上传者声明已隐去他人信息"
        NEEDED = "NEEDED", "含他人信息，未隐去"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="attachments", db_constraint=False
    )
    record_id = models.UUIDField("所属记录", null=True, blank=True)
    item_id = models.UUIDField("所属行动事项", null=True, blank=True)
    kind = models.CharField(
        "种类", max_length=11, choices=Kind.choices, default=Kind.FILE, db_default=Kind.FILE
    )
    name = EncryptedTextField()
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField("字节")
    sha256 = models.BinaryField(max_length=32)
    original_sha256 = models.BinaryField(max_length=32)
    redaction = models.CharField(max_length=8, choices=Redaction.choices)
    sensitivity = models.CharField("字段类别", max_length=24, default="COM")
    blob = models.CharField("存放位置", max_length=200)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    uploaded_at = models.DateTimeField()
    state = FSMField(choices=State.choices, default=State.STORED, protected=True)
    taken_out_at = models.DateTimeField("取下时间", null=True, blank=True)
    taken_out_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    destroyed_at = models.DateTimeField("销毁时间", null=True, blank=True)
    destroyed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    destroyed_reason = EncryptedTextField("销毁的理由", blank=True, default="")

    superseded_by = models.UUIDField("由哪个文件替换", null=True, blank=True)
    superseded_at = models.DateTimeField("替换时间", null=True, blank=True)

    #: Each row's own `sensitivity` counts as well: records/policies.py reads both.
    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "record_id": "COM",
        "item_id": "COM",
        "kind": "COM",
        "name": "COM",
        "media_type": "COM",
        "size": "COM",
        "sha256": "COM",
        "original_sha256": "TPD",
        "redaction": "COM",
        "sensitivity": "COM",
        "blob": "AUD",
        "uploaded_by": "COM",
        "uploaded_at": "COM",
        "state": "COM",
        "taken_out_at": "AUD",
        "taken_out_by": "AUD",
        "destroyed_at": "AUD",
        "destroyed_by": "AUD",
        "destroyed_reason": "AUD",
        "superseded_by": "COM",
        "superseded_at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "blob"], name="one_row_per_blob"),
            models.CheckConstraint(
                condition=~models.Q(redaction="NEEDED") | models.Q(sensitivity__contains="TPD"),
                name="unredacted_file_shows_others",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at__isnull=True) | models.Q(state="DESTROYED"),
                name="only_a_destroyed_file_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_out_at__isnull=True, taken_out_by__isnull=True)
                & ~models.Q(state="TAKEN_OUT")
                | models.Q(taken_out_at__isnull=False, taken_out_by__isnull=False)
                & ~models.Q(state="STORED"),
                name="file_taken_out_says_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(record_id__isnull=True) | models.Q(item_id__isnull=True),
                name="file_belongs_to_one_thing",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="SIGNED_PAGE") | models.Q(record_id__isnull=False),
                name="signed_page_is_of_a_record",
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_by__isnull=True, superseded_at__isnull=True)
                | models.Q(
                    superseded_by__isnull=False, superseded_at__isnull=False, item_id__isnull=False
                )
                & ~models.Q(superseded_by=models.F("id")),
                name="only_evidence_is_replaced_by_another",
            ),
            models.UniqueConstraint(
                fields=["school", "superseded_by"], name="one_file_replaces_one"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "record_id"], name="attachment_by_record"),
            models.Index(
                fields=["school", "item_id"],
                name="attachment_by_item",
                condition=models.Q(item_id__isnull=False),
            ),
            models.Index(
                fields=["school", "original_sha256"],
                name="signed_page_by_upload",
                condition=models.Q(kind="SIGNED_PAGE"),
            ),
        ]

    def __str__(self) -> str:
        return f"attachment #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id

    def supersede(self, *, by: "Attachment", at: datetime) -> None:
        """Another file stands in its place; this one is kept."""
        self.superseded_by, self.superseded_at = by.pk, at

    @transition(field=state, source=State.STORED, target=State.TAKEN_OUT)
    def take_out(self, *, by: Person, at: datetime) -> None:
        """Out of its record; the sealed file stays for who could read it and knows of no end."""
        self.taken_out_at, self.taken_out_by = at, by

    @transition(field=state, source=[State.STORED, State.TAKEN_OUT], target=State.DESTROYED)
    def destroy(self, *, by: Person, at: datetime, reason: str = "") -> None:
        """The sealed file is gone; that there was one, and who ended it, stays on record."""
        self.destroyed_at, self.destroyed_by, self.destroyed_reason = at, by, reason
