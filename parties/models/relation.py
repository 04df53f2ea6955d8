"""Who stands for a student at home, and who of them must not be told or met."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from parties.crypto import EncryptedTextField
from parties.models.belonging import school_of_its_references
from parties.models.person import Person, Student


class GuardianLink(FSMModelMixin, models.Model):
    """`guardian` stands in `relation` to `student`. Only a LIVE link gives any right."""

    class State(models.TextChoices):
        LIVE = "LIVE", "有效"
        ENDED = "ENDED", "已终止"

    class Relation(models.TextChoices):
        FATHER = "FATHER", "父亲"
        MOTHER = "MOTHER", "母亲"
        GRANDPARENT = "GRANDPARENT", "祖父母／外祖父母"
        SIBLING = "SIBLING", "兄姐"
        OTHER = "OTHER", "其他"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="guardian_links", db_constraint=False
    )
    guardian = models.ForeignKey(
        Person, models.PROTECT, related_name="guardian_links", db_constraint=False
    )
    relation = models.CharField(max_length=12, choices=Relation.choices)
    legal_guardian = models.BooleanField("法定监护", default=True)
    delegate_carer = models.BooleanField("委托照护", default=False)
    contact_priority = models.PositiveSmallIntegerField("联系顺序", default=1)
    child_data_access = models.BooleanField("可查看子女信息", default=True)
    state = FSMField(choices=State.choices, default=State.LIVE, protected=True)
    #: Since when nothing broke into the guardian's right to speak for the student; empty: ever.
    #: The database alone writes it, whoever changes the link or a restriction (migration 0008).
    right_since = models.DateTimeField(null=True, blank=True, editable=False)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "student": "FAM",
        "guardian": "FAM",
        "relation": "FAM",
        "legal_guardian": "FAM",
        "delegate_carer": "FAM",
        "contact_priority": "CON",
        "child_data_access": "FAM",
        "state": "FAM",
        "right_since": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "student", "guardian"], name="one_link_per_guardian"
            ),
        ]

    def __str__(self) -> str:
        return f"guardian link #{self.pk} {self.state}"

    @transition(field=state, source=State.LIVE, target=State.ENDED)
    def end(self) -> None:
        """The person no longer stands for the student."""

    @transition(field=state, source=State.ENDED, target=State.LIVE)
    def restore(self) -> None:
        """The link was ended by mistake, or guardianship came back."""


class Restriction(models.Model):
    """`person` must not be contacted, told or met about `student` in [starts_at, ends_at).

    `case_id` is set when a crisis brought it; it names the case without pointing upward. Such an
    order outlives the crisis until people end it; `review_at` is when they are asked next.
    """

    class Kind(models.TextChoices):
        NO_CONTACT = "NO_CONTACT", "禁止联系"
        DO_NOT_TELL = "DO_NOT_TELL", "不告知"
        NO_MEETING = "NO_MEETING", "不见面"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="restrictions", db_constraint=False
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="restrictions", db_constraint=False
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    order_no = EncryptedTextField("文书编号", blank=True, default="")
    case_id = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    review_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "student": "CRI",
        "person": "CRI",
        "kind": "CRI",
        "review_at": "CRI",
        "order_no": "CRI",
        "case_id": "CRI",
        "starts_at": "CRI",
        "ends_at": "CRI",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "student", "person", "kind", "case_id"],
                nulls_distinct=False,
                name="one_restriction_per_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["school", "case_id"],
                name="order_of_case",
                condition=models.Q(case_id__isnull=False, ends_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"restriction #{self.pk} {self.kind}"
