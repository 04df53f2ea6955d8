"""What a case is to one person: the part it gives them, and what they go on seeing of it."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models

from parties.models import Person
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case


class CaseParty(models.Model):
    """A person's part in one case. A SUSPECT or SUBJECT never judges, climbs or is told of it."""

    class Part(models.TextChoices):
        SUBJECT = "SUBJECT", "当事学生"
        SUSPECT = "SUSPECT", "涉嫌人员"
        REPORTER = "REPORTER", "报告人"
        ACCUSED_STUDENT = "ACCUSED", "被指学生"
        WITNESS = "WITNESS", "知情人"
        MEMBER = "MEMBER", "专班成员"
        EXCLUDED = "EXCLUDED", "应回避人员"
        TOLD = "TOLD", "已告知的监护人"

    #: Whoever is named like this takes no part: not on the ladder, no task, no notice, no sight.
    AGAINST: ClassVar[frozenset[str]] = frozenset(
        {Part.SUBJECT, Part.SUSPECT, Part.ACCUSED_STUDENT, Part.EXCLUDED}
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="parties", db_constraint=False)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="case_parts", db_constraint=False
    )
    part = models.CharField(max_length=8, choices=Part.choices)
    since = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "person": "CRI TPD",
        "part": "CRI TPD",
        "since": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "case", "person", "part"], name="one_part"),
        ]
        indexes = [models.Index(fields=["school", "person"], name="case_party_by_person")]

    def __str__(self) -> str:
        return f"case party #{self.pk} {self.part}"


class CaseFace(models.Model):
    """What one person goes on seeing of a case for good, because they may not learn the rest."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="faces", db_constraint=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    channel = models.CharField(max_length=8, choices=Case.Channel.choices)
    state = models.CharField(max_length=13, choices=Case.State.choices)
    until = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "person": "CRI TPD",
        "channel": "CRI",
        "state": "CRI",
        "until": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "case", "person"], name="one_kept_face"),
            models.CheckConstraint(
                condition=~models.Q(channel="CRISIS"), name="no_kept_face_is_a_crisis"
            ),
        ]
        indexes = [models.Index(fields=["school", "person"], name="case_face_by_person")]

    def __str__(self) -> str:
        return f"case face #{self.pk}"
