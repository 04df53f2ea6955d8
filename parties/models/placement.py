"""岗位实习: which student works where, under whom, from when to when."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.models.belonging import school_of_its_references
from parties.models.organisation import Company
from parties.models.person import Person, Student


class Placement(FSMModelMixin, models.Model):
    """One student's time at one company. The gate before the first day comes with later work."""

    class State(models.TextChoices):
        APPLIED = "APPLIED", "已申请"
        MATCHED = "MATCHED", "已匹配"
        VETTED = "VETTED", "已审核"
        CONSENT_PENDING = "CONSENT_PENDING", "待知情同意"
        SIGNED = "SIGNED", "已签约"
        INSURED = "INSURED", "已投保"
        TRAINED = "TRAINED", "已培训"
        ACTIVE = "ACTIVE", "实习中"
        SUSPENDED = "SUSPENDED", "暂停"
        ENDED = "ENDED", "已结束"
        ASSESSED = "ASSESSED", "已考核"
        ARCHIVED = "ARCHIVED", "已归档"

    #: A roster may bring a placement that already runs.
    initial_states: ClassVar[Mapping[str, frozenset[str]]] = {
        "state": frozenset({State.APPLIED, State.ACTIVE})
    }

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    agreement_no = models.CharField("协议编号", max_length=40)
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="placements", db_constraint=False
    )
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="placements", db_constraint=False
    )
    mentor = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mentored_placements",
        db_constraint=False,
    )
    supervisor = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supervised_placements",
        db_constraint=False,
    )
    post = models.CharField("岗位", max_length=100)
    workplace = models.CharField("实习地点", max_length=200, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = FSMField(choices=State.choices, default=State.APPLIED, protected=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "PRF",
        "school": "AUD",
        "agreement_no": "PRF",
        "student": "PRF",
        "company": "PUB",
        "mentor": "PRF",
        "supervisor": "PRF",
        "post": "PUB",
        "workplace": "PUB",
        "starts_on": "PRF",
        "ends_on": "PRF",
        "state": "PRF",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "agreement_no"], name="one_placement_per_agreement"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="placement_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"placement #{self.pk} {self.state}"

    @transition(field=state, source=State.APPLIED, target=State.MATCHED)
    def match(self) -> None:
        """A post was found."""

    @transition(field=state, source=State.MATCHED, target=State.VETTED)
    def vet(self) -> None:
        """The school has looked at the company and the post."""

    @transition(field=state, source=State.VETTED, target=State.CONSENT_PENDING)
    def ask_consent(self) -> None:
        """The guardian is asked."""

    @transition(field=state, source=State.CONSENT_PENDING, target=State.SIGNED)
    def sign(self) -> None:
        """All parties have signed."""

    @transition(field=state, source=State.SIGNED, target=State.INSURED)
    def insure(self) -> None:
        """The insurance is valid."""

    @transition(field=state, source=State.INSURED, target=State.TRAINED)
    def train(self) -> None:
        """Safety training is done."""

    @transition(field=state, source=State.TRAINED, target=State.ACTIVE)
    def begin(self) -> None:
        """The first day."""

    @transition(field=state, source=State.ACTIVE, target=State.SUSPENDED)
    def suspend(self) -> None:
        """Work stops, for instance in a crisis."""

    @transition(field=state, source=State.SUSPENDED, target=State.ACTIVE)
    def resume(self) -> None:
        """Work goes on."""

    @transition(field=state, source=[State.ACTIVE, State.SUSPENDED], target=State.ENDED)
    def end(self) -> None:
        """The last day."""

    @transition(field=state, source=State.ENDED, target=State.ASSESSED)
    def assess(self) -> None:
        """The work was assessed."""

    @transition(field=state, source=State.ASSESSED, target=State.ARCHIVED)
    def archive(self) -> None:
        """Nothing changes any more."""
