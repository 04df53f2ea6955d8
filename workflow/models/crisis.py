"""What belongs to a crisis alone: what was reported, and the daily reports while danger lasts."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person
from parties.models.belonging import school_of_its_references
from workflow.models.case import Case


class CrisisReport(models.Model):
    """What somebody saw or heard, in their words. Rows are added, never changed."""

    class Safe(models.TextChoices):
        YES = "YES", "目前安全"
        NO = "NO", "目前不安全"
        UNKNOWN = "UNKNOWN", "不清楚"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="reports", db_constraint=False)
    receipt_no = models.CharField("回执编号", max_length=32)
    reporter = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    reporter_role = models.CharField(max_length=3)
    keep_secret = models.BooleanField("为报告人保密", default=True)
    who = EncryptedTextField("涉及谁")
    observed = EncryptedTextField("看到或听到什么")
    place = EncryptedTextField("地点", blank=True, default="")
    with_whom = EncryptedTextField("谁在陪同", blank=True, default="")
    injuries = EncryptedTextField("伤情", blank=True, default="")
    safe_now = models.CharField(max_length=7, choices=Safe.choices)
    request_key = models.CharField(max_length=120)
    reported_at = models.DateTimeField()

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "receipt_no": "CRI",
        "reporter": "CRI-R",
        "reporter_role": "CRI-R",
        "keep_secret": "CRI-R",
        "who": "CRI",
        "observed": "CRI",
        "place": "CRI",
        "with_whom": "CRI TPD",
        "injuries": "CRI",
        "safe_now": "CRI",
        "request_key": "AUD",
        "reported_at": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "receipt_no"], name="one_receipt"),
            models.UniqueConstraint(fields=["school", "request_key"], name="one_report_per_key"),
        ]

    def __str__(self) -> str:
        return f"crisis report #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id


class ZeroReport(FSMModelMixin, models.Model):
    """日报告·零报告: one per case and day, holidays too. "Nothing new" must be said as well."""

    class State(models.TextChoices):
        DUE = "DUE", "待报"
        GIVEN = "GIVEN", "已报"
        MISSED = "MISSED", "漏报"
        WITHDRAWN = "WITHDRAWN", "不再需要"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    case = models.ForeignKey(Case, models.PROTECT, related_name="zero_reports", db_constraint=False)
    day = models.DateField()
    due_at = models.DateTimeField()
    state = FSMField(choices=State.choices, default=State.DUE, protected=True)
    changed = models.BooleanField("有新情况", default=False)
    note = EncryptedTextField(blank=True, default="")
    given_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    given_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "CRI",
        "school": "AUD",
        "case": "CRI",
        "day": "CRI",
        "due_at": "CRI",
        "state": "CRI",
        "changed": "CRI",
        "note": "CRI",
        "given_by": "CRI",
        "given_at": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "case", "day"], name="one_zero_report_a_day"),
            models.CheckConstraint(
                condition=models.Q(given_at__isnull=False) | ~models.Q(state="GIVEN"),
                name="given_zero_report_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="zero_report_due", condition=models.Q(state="DUE")
            ),
        ]

    def __str__(self) -> str:
        return f"zero report #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id

    @transition(field=state, source=[State.DUE, State.MISSED], target=State.GIVEN)
    def give(self, *, by: Person, at: datetime, changed: bool, note: str) -> None:
        """Late is better than never: the missed clock stays an event."""
        self.given_by, self.given_at = by, at
        self.changed, self.note = changed, note

    @transition(field=state, source=State.DUE, target=State.MISSED)
    def miss(self) -> None:
        """The day ended in silence."""

    @transition(field=state, source=[State.DUE, State.MISSED], target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """The danger was declared over before this one was due."""
