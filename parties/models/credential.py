"""How those without a password come in: hashed company keys and one-time links.

Only hashes are stored, so a stolen database opens no door. All moments here are machine time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.models.belonging import school_of_its_references
from parties.models.organisation import Company
from parties.models.person import Person


class ApiKey(FSMModelMixin, models.Model):
    """A company system's key; it acts as `person`, a CompanyMember of the company."""

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", "有效"
        REVOKED = "REVOKED", "已吊销"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="api_keys", db_constraint=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="api_keys", db_constraint=False)
    key_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    state = FSMField(choices=State.choices, default=State.ACTIVE, protected=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "company": "PUB",
        "person": "IDN",
        "key_hash": "GID",
        "created_at": "AUD",
        "expires_at": "AUD",
        "state": "AUD",
    }

    def __str__(self) -> str:
        return f"api key #{self.pk} {self.state}"

    @transition(field=state, source=State.ACTIVE, target=State.REVOKED)
    def revoke(self) -> None:
        """The key opens nothing any more; that cannot be undone."""


class SignInLink(FSMModelMixin, models.Model):
    """A link that lets one person in once, for one purpose. Looking at it does not spend it."""

    class State(models.TextChoices):
        ISSUED = "ISSUED", "已发出"
        SPENT = "SPENT", "已使用"
        REVOKED = "REVOKED", "已作废"

    class Purpose(models.TextChoices):
        SIGN_IN = "SIGN_IN", "登录"
        ACKNOWLEDGE = "ACKNOWLEDGE", "接报"
        READ_CASE = "READ_CASE", "查看事项"
        NOTICE = "NOTICE", "阅读与确认通知"
        MEETING = "MEETING", "约定会谈时间"
        RECORD = "RECORD", "阅读与签署记录"
        CONSENT = "CONSENT", "查看说明并表示是否同意"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    person = models.ForeignKey(Person, models.PROTECT, related_name="links", db_constraint=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.SIGN_IN)
    case_id = models.UUIDField(null=True, blank=True)
    target_id = models.UUIDField("只为这一件", null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)
    state = FSMField(choices=State.choices, default=State.ISSUED, protected=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "person": "IDN",
        "token_hash": "GID",
        "purpose": "AUD",
        "case_id": "CRI",
        "target_id": "AUD",
        "created_at": "AUD",
        "expires_at": "AUD",
        "spent_at": "AUD",
        "state": "AUD",
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(spent_at__isnull=True) ^ models.Q(state="SPENT"),
                name="spent_link_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"sign-in link #{self.pk} {self.state}"

    @transition(field=state, source=State.ISSUED, target=State.SPENT)
    def spend(self, *, at: datetime) -> None:
        self.spent_at = at

    @transition(field=state, source=State.ISSUED, target=State.REVOKED)
    def revoke(self) -> None:
        """A newer link, or the end of a relation, replaces it."""
