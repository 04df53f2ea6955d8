"""Who reads the parts of a record: statements, signatures, objections. They follow their record."""

# ruff: noqa: ARG002 -- a policy answers with one signature for every model
from typing import Any, Final

from django.db.models import Q, QuerySet

from parties import access, privacy
from parties.access import Act, Viewer
from parties.roles import Role
from records import walls
from records.models import (
    CommunicationRecord,
    Delivery,
    HoldRequest,
    Objection,
    Participant,
    PreparedItem,
    Signature,
    Statement,
)
from records.policies import (
    RecordPolicy,
    State,
    circumstances,
    family_of,
    of_known,
    reads_content,
    roles_for,
    writes,
)

#: No part of what anybody reads; who ended a file, and why, is for whoever asks the office.
HIDDEN: Final = frozenset(
    {
        "school", "blob", "original_sha256", "taken_out_at", "taken_out_by", "destroyed_by",
        "destroyed_reason",
    }
)  # fmt: skip


class PartPolicy:
    """Parts follow their record; records/reading.py cuts what a single statement gives away."""

    def __init__(self, model: Any, path: str = "record") -> None:
        self.model, self.path = model, path

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        records = RecordPolicy().live(viewer).values("pk")
        rows: QuerySet[Any] = self.model.objects.filter(**{f"{self.path}__in": records})
        return rows

    def fields(self, viewer: Viewer, obj: Any) -> frozenset[str]:
        record = viewer.find(CommunicationRecord, obj.record_id)
        if record is None or not reads_content(viewer, record):
            return frozenset()
        if not self.reads(viewer, record, getattr(obj, "sensitivity", "COM") or "COM"):
            return frozenset()
        return frozenset(self.model.field_classes) - HIDDEN

    def reads(self, viewer: Viewer, record: CommunicationRecord, codes: str) -> bool:
        given = circumstances(viewer, record)
        return privacy.readable(codes, roles_for(viewer, record), given=given)

    def may(self, viewer: Viewer, act: Act, obj: Any) -> bool:
        return False


class StatementPolicy(PartPolicy):
    """What was observed of an adult has a class of its own, and is only where the row has it."""

    def fields(self, viewer: Viewer, obj: Statement) -> frozenset[str]:
        found = super().fields(viewer, obj)
        return found if obj.section == Statement.Section.EMOTION else found - {"observed"}


_OF_SEALED: Final = Q(record__state=State.SEALED)


class ObjectionPolicy(PartPolicy):
    """The filer, whoever writes the record now, and 德育处; all others see the banner alone, and
    whom the matter keeps out, not even that.

    分管校领导 see what they judge in the place of 德育处, which wrote the record.
    """

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        mine = Q(of_known(viewer), filed_by=viewer.person, student__in=family_of(viewer))
        wrote = (Q(record__author=viewer.person) | _took_over(viewer)) & ~Q(student__in=viewer.kin)
        office = ~Q(pk=None) if viewer.serves({Role.ME}) else Q(pk__in=[])
        if not viewer.serves({Role.ME}):  # it quotes what is sealed
            wrote, office = wrote & ~_OF_SEALED, office & ~_OF_SEALED
        office |= _judged_above(viewer)
        shut = CommunicationRecord.objects.filter(walls.named_at_work(viewer))
        work = Q(record__author=viewer.person) | ~Q(record__in=shut.values("pk"))
        at_work = (wrote | office & ~Q(student__in=viewer.kin)) & work
        found = Objection.objects.filter(mine | at_work)
        return found.select_related("record__student__school_class")

    def fields(self, viewer: Viewer, obj: Any) -> frozenset[str]:
        return frozenset(Objection.field_classes) - {"school"}

    def may(self, viewer: Viewer, act: Act, obj: Objection) -> bool:
        if act == Act.OBJECT:
            return obj.filed_by_id == viewer.person.pk
        return act == Act.ANSWER and writes(viewer, obj.record)


def to_answer(viewer: Viewer) -> QuerySet[Objection]:
    """What waits for whoever wrote the record, or has its class now: see policies.writes."""
    wrote = Q(record__author=viewer.person) | _took_over(viewer)
    waiting = viewer.rows(Objection).filter(wrote, state=Objection.State.FILED)
    return waiting.exclude(student__in=viewer.kin)


def to_judge(viewer: Viewer) -> QuerySet[Objection]:
    """What waits for this person's office: never a record of their own, nor of their family."""
    office = Q(pk__in=[])
    if viewer.serves({Role.ME}):
        office |= ~Q(record__author_role=Role.ME)
    office |= _judged_above(viewer)
    waiting = viewer.rows(Objection).filter(office, state=Objection.State.ROUTED)
    return waiting.exclude(record__author=viewer.person).exclude(filed_by=viewer.person)


def _judged_above(viewer: Viewer) -> Q:
    if not viewer.serves({Role.VP}):
        return Q(pk__in=[])
    return Q(record__author_role=Role.ME, state=Objection.State.ROUTED)


def _took_over(viewer: Viewer) -> Q:
    """Whoever has the class now answers for its homeroom teacher before them (policies.writes)."""
    held = [post.school_class_id for post in viewer.posts if post.role == Role.HT]
    classes = [pk for pk in held if pk is not None]
    return Q(record__author_role=Role.HT, record__student__school_class__in=classes)


class DeliveryPolicy:
    """All copies for 德育处 and the auditor; everybody else knows of those that they got."""

    def rows(self, viewer: Viewer) -> QuerySet[Delivery]:
        away = ~Q(student__in=viewer.kin)
        office = away if viewer.serves({Role.ME}) else Q(pk__in=[])
        if not viewer.heads(Role.ME):
            office &= ~_OF_SEALED
        audit = away if viewer.serves({Role.AUD}) else Q(pk__in=[])
        home = away | Q(student__in=viewer.wards)
        seen = office | audit | Q(to=viewer.person) & home
        return Delivery.objects.filter(seen, of_known(viewer))

    def fields(self, viewer: Viewer, obj: Delivery) -> frozenset[str]:
        return frozenset(Delivery.field_classes) - {"school"}

    def may(self, viewer: Viewer, act: Act, obj: Delivery) -> bool:
        return False


class HoldRequestPolicy:
    """Whoever writes the record, and 德育处, which decides; nobody else learns of it."""

    def rows(self, viewer: Viewer) -> QuerySet[HoldRequest]:
        away = ~Q(student__in=viewer.kin)
        mine = Q(record__author=viewer.person) | _took_over(viewer)
        seen = mine & Q(of_known(viewer))
        if viewer.serves({Role.ME}):  # what was refused stays theirs to know, the draft does not
            shut = CommunicationRecord.objects.filter(walls.named_at_work(viewer))
            seen |= ~Q(record__in=shut.values("pk"))
        found = HoldRequest.objects.filter(seen & away if viewer.is_staff else Q(pk__in=[]))
        return found.select_related("record__student__person", "asked_by")

    def fields(self, viewer: Viewer, obj: HoldRequest) -> frozenset[str]:
        return frozenset(HoldRequest.field_classes) - {"school", "next_look_at"}

    def may(self, viewer: Viewer, act: Act, obj: HoldRequest) -> bool:
        if act == Act.WITHDRAW:
            return writes(viewer, obj.record)
        if act != Act.HOLD or obj.asked_by_id == viewer.person.pk:
            return False
        return viewer.may(Act.HOLD, obj.record)


def to_hold(viewer: Viewer) -> QuerySet[HoldRequest]:
    """What this person may decide now, the oldest first: never about a record of their own."""
    waiting = viewer.rows(HoldRequest).filter(state=HoldRequest.State.ASKED)
    if not viewer.serves({Role.ME}):
        return waiting.none()
    mine = Q(record__author=viewer.person) | Q(asked_by=viewer.person)
    return waiting.exclude(mine).order_by("asked_at", "pk")


def register() -> None:
    policies: dict[Any, access.Policy] = {
        CommunicationRecord: RecordPolicy(),
        Statement: StatementPolicy(Statement),
        Participant: PartPolicy(Participant),
        PreparedItem: PartPolicy(PreparedItem),
        Signature: PartPolicy(Signature),
        Objection: ObjectionPolicy(Objection),
        Delivery: DeliveryPolicy(),
        HoldRequest: HoldRequestPolicy(),
    }
    for model, policy in policies.items():
        access.register(model, policy)
