"""What came of looking at the words of a crisis report, after it was taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case
from workflow.models.crisis import CrisisReport


class ReportWording(FSMModelMixin, models.Model):
    """One per report, made by the sweep. The report itself never changes: words are added here."""

    class State(models.TextChoices):
        CLEAN = "CLEAN", "无需补充"
        ASKED = "ASKED", "待补充"
        GIVEN = "GIVEN", "已补充"
        MISSED = "MISSED", "超过期限未补充"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_constraint=False)
    report = models.ForeignKey(
        CrisisReport, models.PROTECT, related_name="wordings", db_constraint=False
    )
    author = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    state = FSMField(choices=State.choices, default=State.CLEAN, protected=True)
    checked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    supplement = EncryptedTextField("中性的说法", blank=True, default="")
    given_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI-R",
        "school": "AUD",
        "case": "CRI",
        "report": "CRI",
        "author": "CRI-R",
        "state": "CRI-R",
        "checked_at": "CRI",
        "due_at": "CRI-R",
        "supplement": "CRI",
        "given_at": "CRI",
    }
    initial_states: ClassVar[Mapping[str, Sequence[str]]] = {"state": (State.CLEAN, State.ASKED)}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "report"], name="one_look_per_report"),
            models.CheckConstraint(
                condition=models.Q(state="CLEAN")
                | models.Q(author__isnull=False, due_at__isnull=False),
                name="asked_author_has_a_term",
            ),
            models.CheckConstraint(
                condition=models.Q(given_at__isnull=False) ^ ~models.Q(state="GIVEN"),
                name="given_words_have_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="wording_due", condition=models.Q(state="ASKED")),
        ]

    def __str__(self) -> str:
        return f"report wording #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id

    @transition(field=state, source=[State.ASKED, State.MISSED], target=State.GIVEN)
    def give(self, *, text: str, at: datetime) -> None:
        """Late is better than never: the missed term stays an event."""
        self.supplement, self.given_at = text, at

    @transition(field=state, source=State.ASKED, target=State.MISSED)
    def miss(self) -> None:
        """The term has passed; words may still be added."""
