"""同意: who agreed to what, for how long, how one can tell; who took it back, and who said no."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models.belonging import school_of_its_references
from parties.models.person import Person, Student


class Consent(FSMModelMixin, models.Model):
    """One yes by one person to one purpose in [starts_at, ends_at): no bundle, no open end.

    Or a no that was said before there was a yes: nothing runs, nothing has to be proven, and it is
    "taken back" from the start, so that every no is read alike.

    Whether it holds now is asked of parties.consents: its giver may have lost the right to give it.
    """

    class State(models.TextChoices):
        GIVEN = "GIVEN", "已同意"
        WITHDRAWN = "WITHDRAWN", "已撤回"
        REFUSED = "REFUSED", "不同意"

    class Purpose(models.TextChoices):
        PSY_REPORT = "PSY_REPORT", "沟通准备中使用心理评估报告"

    class Capacity(models.TextChoices):
        STUDENT = "STUDENT", "学生本人"
        GUARDIAN = "GUARDIAN", "监护人"

    class Proof(models.TextChoices):
        IN_APP = "IN_APP", "本人在系统内同意"
        PAPER = "PAPER", "纸质同意书"
        PHONE = "PHONE", "电话同意并复述"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="consents", db_constraint=False
    )
    consent_no = models.CharField("编号", max_length=24)
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    giver = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    capacity = models.CharField(max_length=8, choices=Capacity.choices)
    proof = models.CharField("取得方式", max_length=6, choices=Proof.choices, blank=True)
    proof_note = EncryptedTextField("凭据", blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    state = FSMField(choices=State.choices, default=State.GIVEN, protected=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    #: Whose word it was, where staff wrote it down; empty where nobody said whose.
    withdrawn_for = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    #: Of a no: the yes that it was said about, where somebody else had taken that back already and
    #: its speaker was not to know (parties.consent_views).
    said_about = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )

    initial_states: ClassVar[Mapping[str, frozenset[str]]] = {
        "state": frozenset({State.GIVEN, State.REFUSED})
    }
    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "student": "COM",
        "consent_no": "COM",
        "purpose": "COM",
        "giver": "COM",
        "capacity": "COM",
        "proof": "COM",
        "proof_note": "COM",
        "starts_at": "COM",
        "ends_at": "COM",
        "recorded_by": "COM",
        "state": "COM",
        "withdrawn_at": "COM",
        "withdrawn_by": "COM",
        "withdrawn_for": "COM",
        "said_about": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "consent_no"], name="one_consent_per_no"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")) & ~models.Q(state="REFUSED")
                | models.Q(ends_at=models.F("starts_at"), state="REFUSED"),
                name="consent_has_a_period",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="GIVEN", withdrawn_at__isnull=True, withdrawn_by__isnull=True
                )
                | models.Q(
                    state__in=["WITHDRAWN", "REFUSED"],
                    withdrawn_at__isnull=False,
                    withdrawn_by__isnull=False,
                ),
                name="withdrawn_consent_says_by_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(state="REFUSED") | ~models.Q(proof=""),
                name="yes_says_how_it_is_proven",
            ),
            models.CheckConstraint(
                condition=models.Q(said_about__isnull=True) | models.Q(state="REFUSED"),
                name="only_a_no_is_said_about_a_yes",
            ),
        ]
        indexes = [models.Index(fields=["school", "student"], name="consent_by_student")]

    def __str__(self) -> str:
        return f"consent #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.student_id

    @property
    def taken_back_by(self) -> UUID | None:
        """Whose word it was, whoever wrote it down."""
        return self.withdrawn_for_id or self.withdrawn_by_id

    @transition(field=state, source=State.GIVEN, target=State.WITHDRAWN)
    def withdraw(self, *, by: Person, at: datetime, said_by: Person | None = None) -> None:
        """Taken back: what was done on it stays, nothing new may rest on it."""
        self.withdrawn_by, self.withdrawn_for, self.withdrawn_at = by, said_by, at
