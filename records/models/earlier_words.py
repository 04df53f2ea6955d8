"""What an item of a plan said before somebody changed it, for whoever knows no more than that."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models

from parties.crypto import EncryptedJSONField, EncryptedTextField
from parties.models import Person
from parties.models.belonging import school_of_its_references
from records.models.action_item import ActionItem


class EarlierWords(models.Model):
    """The values that one change took out of an item, by field. Rows are only added.

    `why` it was changed, where that is asked for.
    `aside`: words that never stood in the item, for who wrote them could not know how far it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    item = models.ForeignKey(
        ActionItem, models.PROTECT, related_name="earlier_words", db_constraint=False
    )
    case_id = models.UUIDField()
    #: In the order of the changes, from 1: two may bear the same time.
    place = models.PositiveIntegerField()
    said = EncryptedJSONField()
    why = EncryptedTextField(blank=True, default="")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    aside = models.BooleanField(default=False, db_default=False)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "item": "COM",
        "case_id": "COM",
        "place": "AUD",
        "said": "COM ECO HLT",
        "why": "COM ECO HLT",
        "by": "COM",
        "at": "COM",
        "aside": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "item", "place"], name="earlier_words_have_their_place"
            ),
        ]

    def __str__(self) -> str:
        return f"earlier words #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id
