"""行动方案: who does what until when, and who looks whether it was done."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models import Person, Placement, Student
from parties.models.belonging import school_of_its_references
from records.models.statement import Statement


class ActionItem(FSMModelMixin, models.Model):
    """One thing that somebody does. `recurrence` makes it one that is done again and again.

    `field_class` is the class of what it says: everybody whom that class is closed to sees that
    there is something (资助事项), or nothing at all.
    """

    class Party(models.TextChoices):
        SCHOOL = "SCHOOL", "学校"
        FAMILY = "FAMILY", "家庭"
        COMPANY = "COMPANY", "企业"
        STUDENT = "STUDENT", "学生"

    class Kind(models.TextChoices):
        SHORT = "SHORT", "短期措施"
        LONG = "LONG", "长期目标"

    class FieldClass(models.TextChoices):
        COM = "COM", "行动事项"
        ECO = "ECO", "资助事项"
        HLT = "HLT", "健康事项"

    class State(models.TextChoices):
        TODO = "TODO", "未开始"
        DOING = "DOING", "进行中"
        BLOCKED = "BLOCKED", "遇到困难"
        DONE = "DONE", "已完成，待核实"
        VERIFIED = "VERIFIED", "已核实"
        DROPPED = "DROPPED", "不再进行"

    #: Still to be done.
    LIVE: ClassVar[Collection[str]] = (State.TODO, State.DOING, State.BLOCKED)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="action_items", db_constraint=False
    )
    case_id = models.UUIDField()
    plan_round = models.PositiveSmallIntegerField(default=1)
    item_no = models.CharField("编号", max_length=20)
    from_consensus = models.ForeignKey(
        Statement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        verbose_name="来自哪条共识",
    )
    title = EncryptedTextField("做什么")
    owner_party = models.CharField(max_length=7, choices=Party.choices)
    owner_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    placement = models.ForeignKey(
        Placement, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.SHORT)
    field_class = models.CharField(max_length=3, choices=FieldClass.choices, default=FieldClass.COM)
    measure = EncryptedTextField("怎样衡量", blank=True, default="")
    baseline = EncryptedTextField("目前情况", blank=True, default="")
    target = EncryptedTextField("目标", blank=True, default="")
    starts_on = models.DateField()
    due_at = models.DateTimeField()
    recurrence = models.CharField("重复", max_length=120, blank=True)
    state = FSMField(choices=State.choices, default=State.TODO, protected=True)
    blocked_why = EncryptedTextField(blank=True, default="")
    dropped_why = EncryptedTextField(blank=True, default="")
    evidence_note = EncryptedTextField("完成情况", blank=True, default="")
    evidence = ArrayField(models.UUIDField(), default=list, blank=True)
    done_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    done_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    overdue_from = models.DateTimeField()
    escalation_level = models.PositiveSmallIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True, blank=True)
    next_day_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    created_at = models.DateTimeField()

    #: What the item says is of its own class, one of these three; parties.privacy must allow a
    #: reader all of them, and the item's policy then asks for the one that it has.
    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "COM",
        "school": "AUD",
        "student": "COM",
        "case_id": "COM",
        "plan_round": "COM",
        "item_no": "COM",
        "from_consensus": "COM ECO HLT",
        "title": "COM ECO HLT",
        "owner_party": "COM",
        "owner_person": "COM",
        "placement": "PRF",
        "kind": "COM",
        "field_class": "COM",
        "measure": "COM ECO HLT",
        "baseline": "COM ECO HLT",
        "target": "COM ECO HLT",
        "starts_on": "COM",
        "due_at": "COM",
        "recurrence": "COM",
        "state": "COM",
        "blocked_why": "COM ECO HLT",
        "dropped_why": "COM ECO HLT",
        "evidence_note": "COM ECO HLT",
        "evidence": "COM ECO HLT",
        "done_by": "COM",
        "done_at": "COM",
        "verified_by": "COM",
        "verified_at": "COM",
        "overdue_from": "AUD",
        "escalation_level": "AUD",
        "next_look_at": "AUD",
        "next_day_at": "AUD",
        "created_by": "COM",
        "created_at": "COM",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "item_no"], name="one_item_per_no"),
            models.CheckConstraint(
                condition=models.Q(verified_by__isnull=True)
                | (
                    ~models.Q(verified_by=models.F("owner_person"))
                    | models.Q(owner_person__isnull=True)
                )
                & ~models.Q(verified_by=models.F("done_by")),
                name="nobody_verifies_their_own_item",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_by__isnull=False) ^ ~models.Q(state="VERIFIED"),
                name="verified_item_has_a_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(owner_party="COMPANY")
                | models.Q(placement__isnull=False, field_class="COM"),
                name="company_item_has_a_placement",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_look_at"],
                name="item_look",
                condition=models.Q(
                    state__in=["TODO", "DOING", "BLOCKED", "DONE"], next_look_at__isnull=False
                ),
            ),
            models.Index(
                fields=["next_day_at"],
                name="item_day",
                condition=models.Q(
                    state__in=["TODO", "DOING", "BLOCKED"], next_day_at__isnull=False
                ),
            ),
            models.Index(fields=["school", "student", "-created_at", "id"], name="item_newest"),
            models.Index(fields=["school", "case_id"], name="item_by_case"),
        ]

    def __str__(self) -> str:
        return f"action item #{self.pk} {self.state}"

    @property
    def crypto_subject(self) -> UUID:
        return self.case_id

    @transition(field=state, source=[State.TODO, State.BLOCKED], target=State.DOING)
    def start(self) -> None:
        """Somebody began, or goes on after a difficulty."""

    @transition(field=state, source=[State.TODO, State.DOING], target=State.BLOCKED)
    def block(self, *, why: str) -> None:
        """Something stands in the way: said early, it is no failing."""
        self.blocked_why = why

    @transition(field=state, source=[State.TODO, State.DOING, State.BLOCKED], target=State.DONE)
    def finish(self, *, by: Person, at: datetime, note: str, evidence: Collection[UUID]) -> None:
        """The owner says it is done; somebody else looks."""
        self.done_by, self.done_at = by, at
        self.evidence_note, self.evidence = note, list(evidence)

    @transition(field=state, source=State.DONE, target=State.VERIFIED)
    def verify(self, *, by: Person, at: datetime) -> None:
        """Four eyes agree."""
        self.verified_by, self.verified_at = by, at

    @transition(field=state, source=State.DONE, target=State.DOING)
    def reopen(self) -> None:
        """Looked at and not there yet."""
        self.done_by = self.done_at = None

    @transition(
        field=state,
        source=[State.TODO, State.DOING, State.BLOCKED, State.DONE],
        target=State.DROPPED,
    )
    def drop(self, *, why: str) -> None:
        """It is not wanted any more; the reason stays."""
        self.dropped_why = why
