"""签到: one due day of an item that recurs."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person
from parties.models.belonging import school_of_its_references
from records.models.action_item import ActionItem


class ItemCheckIn(FSMModelMixin, models.Model):
    """One due day of an item that recurs. A day that nobody spoke of is MISSED, and may be mended.

    `excuse` is the owner's own words.
    """

    class State(models.TextChoices):
        DONE = "DONE", "已签到"
        EXCUSED = "EXCUSED", "已说明"
        MISSED = "MISSED", "未签到"

    initial_states: ClassVar[Mapping[str, frozenset[str]]] = {"state": frozenset(State.values)}

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    item = models.ForeignKey(
        ActionItem, models.PROTECT, related_name="check_ins", db_constraint=False
    )
    day = models.DateField()
    state = FSMField(choices=State.choices, default=State.DONE, protected=True)
    excuse = EncryptedTextField(blank=True, default="")
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    at = models.DateTimeField()
    #: Of somebody who could not know of the day's own row, or that the item was over.
    aside = models.BooleanField(default=False, db_default=False)
    #: Of what a day's row said before, kept aside: until then it stood there.
    replaced_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "item": "COM",
        "day": "COM",
        "state": "COM",
        "excuse": "COM ECO HLT",
        "by": "COM",
        "at": "COM",
        "aside": "AUD",
        "replaced_at": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "item", "day"],
                condition=models.Q(aside=False),
                name="one_check_in_a_day",
            ),
            models.UniqueConstraint(
                fields=["school", "item", "day", "by"],
                condition=models.Q(aside=True, replaced_at=None),
                name="one_check_in_aside_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(replaced_at=None) | models.Q(aside=True),
                name="a_replaced_check_in_is_aside",
            ),
            models.CheckConstraint(
                condition=models.Q(by__isnull=False) ^ models.Q(state="MISSED"),
                name="a_check_in_has_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"check-in #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.item.case_id

    @transition(field=state, source=[State.MISSED, State.EXCUSED], target=State.DONE)
    def do(self, *, by: Person, at: datetime) -> None:
        """Done after all."""
        self.by, self.at, self.excuse = by, at, ""

    @transition(field=state, source=State.MISSED, target=State.EXCUSED)
    def explain(self, *, by: Person, at: datetime, excuse: str) -> None:
        """There was a reason."""
        self.by, self.at, self.excuse = by, at, excuse
