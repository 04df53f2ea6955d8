"""What of communication records waits on the first page, and whose a teacher may write."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from parties import calendar, statements
from parties.access import Viewer
from parties.models import Student
from parties.roles import Role
from parties.walls import NEVER
from records import hold_waits, known_records, part_policies, policies, reading, walls
from records.models import CommunicationRecord, Objection, Signature

State = CommunicationRecord.State

_FEW: Final = 20
#: As records.drafts: whoever talks with families.
_WRITERS: Final = (Role.HT, Role.PSY, Role.ST, Role.GL, Role.ME)


@dataclass(frozen=True, slots=True)
class Line:
    pk: UUID
    title: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    record: UUID
    receipt_no: str
    ground: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Undecided:
    record: UUID
    title: str
    by: str
    ends_at: datetime


def waiting(viewer: Viewer) -> list[Line]:
    """Records that wait for this person's own word: at home, or as their author."""
    open_ = statements.rows(_unsigned, viewer, limit=_FEW)
    some = [*open_, *_as_they_stood(viewer, statements.rows(_shut, viewer))]
    return _lines(sorted(some, key=lambda one: (-one.started_at.timestamp(), one.pk))[:_FEW])


def _own(viewer: Viewer) -> QuerySet[CommunicationRecord]:
    family = Q(student__in=policies.family_of(viewer))
    return viewer.rows(CommunicationRecord).filter(family | Q(author=viewer.person))


def _unsigned(viewer: Viewer) -> QuerySet[CommunicationRecord]:
    given = Signature.objects.filter(signer=viewer.person).values("record")
    open_ = _own(viewer).filter(**{f"{walls.SINCE}__gte": NEVER})
    now = open_.filter(state=State.PENDING_SIGNATURES).exclude(pk__in=given)
    return now.order_by("-started_at", "pk")


def _shut(viewer: Viewer) -> QuerySet[CommunicationRecord]:
    return _own(viewer).filter(**{f"{walls.SINCE}__lt": NEVER})


def _as_they_stood(
    viewer: Viewer, found: Sequence[CommunicationRecord]
) -> list[CommunicationRecord]:
    """Of records that are shut to a guardian, those that wait for their word, to them."""
    return [
        one.record
        for one in reading.seen_all(viewer, found)
        if one.record.state == State.PENDING_SIGNATURES
        and all(word.signer_id != viewer.person.pk for word in one.signatures)
    ]


def drafts(viewer: Viewer) -> list[Line]:
    return _lines(statements.rows(_begun, viewer, limit=_FEW))


def _begun(viewer: Viewer) -> QuerySet[CommunicationRecord]:
    found = viewer.rows(CommunicationRecord).filter(state__in=known_records.UNFINISHED)
    return found.filter(author=viewer.person).order_by("-started_at", "pk")


def to_answer(viewer: Viewer) -> list[Judged]:
    """Objections to what this person wrote, or answers for now, the oldest first."""
    return [
        Judged(one.record_id, one.receipt_no, one.get_ground_display(), one.filed_at)
        for one in statements.rows(_filed, viewer, limit=_FEW)
    ]


def _filed(viewer: Viewer) -> QuerySet[Objection]:
    return part_policies.to_answer(viewer).order_by("filed_at", "pk")


def to_judge(viewer: Viewer) -> list[Judged]:
    """Objections that wait for this person's office, the oldest first."""
    return [
        Judged(one.record_id, one.receipt_no, one.get_ground_display(), one.routed_at)
        for one in statements.rows(_routed, viewer, limit=_FEW)
    ]


def _routed(viewer: Viewer) -> QuerySet[Objection]:
    return part_policies.to_judge(viewer).order_by(F("routed_at").asc(nulls_first=True), "pk")


def to_hold(viewer: Viewer) -> list[Undecided]:
    """Drafts that the reading at home may be held of, the oldest request first."""
    found = statements.rows(part_policies.to_hold, viewer, limit=_FEW)
    days = calendar.load(found[0].school_id) if found else calendar.CalendarView()
    return [
        Undecided(
            one.record_id,
            _title(one.record),
            one.asked_by.name,
            hold_waits.end_of(one.asked_at, days),
        )
        for one in found
    ]


def writes(viewer: Viewer) -> bool:
    return any(post.role in _WRITERS for post in viewer.posts)


def students(viewer: Viewer, wanted: str) -> Sequence[Student]:
    """Students this person may write about, by a part of the name; their own children never."""
    found = viewer.rows(Student).exclude(pk__in=viewer.kin)
    own = {post.school_class_id for post in viewer.posts if post.role in (Role.HT, Role.ST)}
    if wanted:
        found = found.filter(
            Q(person__name__icontains=wanted) | Q(school_class__name__icontains=wanted)
        )
    elif own:
        found = found.filter(school_class__in=own)
    some = found.select_related("person", "school_class").order_by("person__name", "pk")[:_FEW]
    return [one for one in some if viewer.roles_towards(one) & set(_WRITERS)]


def _title(record: CommunicationRecord) -> str:
    """Two versions of one record may wait at once, and only one of them is the newer."""
    version = f"（第 {record.version} 版）" if record.version > 1 else ""
    return f"{record.student.person.name}：{record.get_trigger_display()}{version}"


def _lines(found: Iterable[CommunicationRecord]) -> list[Line]:
    return [Line(one.pk, _title(one), one.started_at) for one in found]
