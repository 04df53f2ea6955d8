"""What a family could read of a record that was taken from it, for who knows no more than that."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedJSONField, EncryptedTextField
from parties.models import Person, Student
from parties.models.belonging import school_of_its_references
from records.models.communication import CommunicationRecord
from records.models.signature import Signature


class TakenBack(models.Model):
    """The text that was out from `offered_at` to `at`, when it was recalled, held or put aside.

    Rows are only added. `student` and `case_id` are the record's: walls are asked with each row.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    case_id = models.UUIDField(null=True, blank=True)
    record = models.ForeignKey(
        CommunicationRecord, models.PROTECT, related_name="taken_back", db_constraint=False
    )
    #: In the order in which they were taken back, from 1.
    place = models.PositiveIntegerField()
    said = EncryptedJSONField()
    offered_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "student": "COM",
        "case_id": "COM",
        "record": "COM",
        "place": "AUD",
        "said": "COM ECO EMO HLT PSY TPD VOI",
        "offered_at": "COM",
        "by": "COM",
        "at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "record", "place"], name="taken_back_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"text taken back #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id


class NotedWord(models.Model):
    """A guardian's own word about such a text, which they could not know to be taken back.

    It moves nothing of what the record has become. `proof` is the hash of the text, and `as_read`
    that of what they saw of it, both with a salt of this row. Rows are only added.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(Student, models.PROTECT, related_name="+", db_constraint=False)
    text = models.ForeignKey(TakenBack, models.PROTECT, related_name="words", db_constraint=False)
    signer = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    method = models.CharField(max_length=7, choices=Signature.Method.choices)
    reason = EncryptedTextField("不签字的理由", blank=True, default="")
    note = EncryptedTextField("签字时的话", blank=True, default="")
    at = models.DateTimeField()
    salt = models.BinaryField(max_length=32)
    proof = models.BinaryField(max_length=32)
    as_read = models.BinaryField(max_length=32)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "text": "COM",
        "signer": "COM",
        "method": "COM",
        "reason": "COM",
        "note": "COM",
        "at": "COM",
        "salt": "AUD",
        "proof": "COM",
        "as_read": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "text", "signer"], name="one_noted_word_per_person"
            ),
            models.CheckConstraint(
                condition=models.Q(method__in=["IN_APP", "LINK", "REFUSED"]),
                name="noted_word_is_ones_own",
            ),
        ]

    def __str__(self) -> str:
        return f"noted word #{self.pk} {self.method}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id
