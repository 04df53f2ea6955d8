"""Who reads which record, and which part of it.

A draft is its author's; one for which a hold was asked is 德育处's as well, to decide. Once offered
it is for the homeroom teacher, 德育处, the family and the student, and whoever took part; the grade
leader and the auditor know that there is one. Every statement then has its own class, so that a
sentence about money or health stays with those whose task that is, even inside a record that many
may open (records/reading.py cuts it).
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from parties import privacy
from parties.access import Act, Viewer
from parties.privacy import Level
from parties.roles import Role
from records import walls
from records.models import (
    CommunicationRecord,
    HoldRequest,
    Objection,
    Participant,
    Signature,
    Statement,
)

State = CommunicationRecord.State

#: Only its author, and whoever stands in for them, works on these.
UNFINISHED: Final = (State.DRAFT, State.CHECKED)
#: No post, task or family finds these: what was put aside is no more open than it was before.
_OF_THE_DESK: Final = (*UNFINISHED, State.DISCARDED)
#: Whose post opens the records of a student.
READS_ALL: Final = frozenset({Role.ME})
#: Know that there is a record, when, and in what state; never what it says, nor why it was written:
#: 心理 or 经济资助 says as much as a sentence.
OUTLINE: Final = frozenset(
    {"id", "student", "record_no", "version", "state", "standing", "started_at"}
)
FOR_AUDIT: Final = OUTLINE | {"content_hash", "effective_at"}

#: Whose task a class is, wherever it was said: they find the record by that sentence alone.
TASK_OF: Final = {Role.FA: "ECO", Role.DOC: "HLT", Role.PSY: "PSY"}

_HIDDEN: Final = frozenset(
    {"school", "content_salt", "hold_reason", "held_by", "held_until", "frozen_from"}
)
#: Who put a draft aside, and why, is for who wrote it.
_PUT_ASIDE: Final = frozenset({"discarded_at", "discarded_by", "discard_reason"})
#: What a copy begins with (records/sheets.py).
_FOR_COPIES: Final = frozenset({"next_focus", "next_contact_at"})
_AUTHORS_ONLY: Final = frozenset({"edits", "language_check"})
#: Where a record that was read together with others keeps its circumstances.
_LEARNT: Final = "_learnt"


def family_of(viewer: Viewer) -> frozenset[UUID]:
    """Students whose file this person reads at home, their own included."""
    return viewer.wards | ({viewer.student_id} if viewer.student_id else frozenset())


def roles_for(viewer: Viewer, record: CommunicationRecord) -> frozenset[Role]:
    """Roles that count here: a teacher who is this student's parent reads as a parent."""
    if record.student_id in viewer.kin:
        return frozenset({Role.G}) if record.student_id in viewer.wards else frozenset()
    return viewer.roles_towards(record.student)


def is_at_home(viewer: Viewer, record: CommunicationRecord) -> bool:
    return record.student_id in viewer.kin or record.student_id == viewer.student_id


class RecordPolicy:
    """Rows by post, by family, by having taken part; acts by authorship."""

    def rows(self, viewer: Viewer) -> QuerySet[CommunicationRecord]:
        records = CommunicationRecord.objects.select_related(
            "student__person", "student__school_class", "author"
        ).annotate(**{walls.SINCE: walls.since(viewer, "offered_at")})
        staff = self._as_staff(viewer) & ~Q(student__in=viewer.kin)
        staff &= Q(author=viewer.person) | ~walls.named_at_work(viewer)
        return records.filter(staff | self._as_family(viewer))

    def _as_staff(self, viewer: Viewer) -> Q:
        if not viewer.is_staff:
            return Q(pk__in=[])
        put_aside = Q(state=State.DISCARDED) & ~Q(discarded_by=viewer.person)
        seen = Q(author=viewer.person) | _stands_in(viewer) & ~put_aside
        if viewer.serves(READS_ALL):
            seen |= ~Q(state__in=_OF_THE_DESK) | _asked_about()
        finished = _by_post(viewer) | _by_task(viewer) | _took_part(viewer)
        seen |= finished & ~Q(state__in=_OF_THE_DESK)
        if viewer.serves({Role.VP}):
            seen |= Q(state=State.SEALED, author_role=Role.ME) | _judged_above()
        return seen

    def _as_family(self, viewer: Viewer) -> Q:
        """What a guardian gave their word to stays with them, whatever is kept from them since."""
        signed = Q(Exists(_signatures_of(viewer)), student__in=viewer.wards)
        return (
            (walls.open_at_home(viewer, "offered_at") | signed)
            & ~Q(state__in=_OF_THE_DESK)
            & (Q(held_until=None) | Q(held_until__lte=viewer.at))
        )

    def fields(self, viewer: Viewer, obj: CommunicationRecord) -> frozenset[str]:
        everything = frozenset(CommunicationRecord.field_classes) - _HIDDEN - _PUT_ASIDE
        if is_closed(viewer, obj):
            return FOR_AUDIT if Role.AUD in viewer.roles else OUTLINE
        if writes(viewer, obj):
            return everything | {"hold_reason", "held_by", "held_until"} | _PUT_ASIDE
        if reads_content(viewer, obj):
            shown = everything - _AUTHORS_ONLY
            if is_at_home(viewer, obj) or oversees(viewer, obj):
                return shown if may_keep(viewer, obj) else shown - _FOR_COPIES
            return shown | {"language_check", "hold_reason", "held_by", "held_until"}
        return FOR_AUDIT if Role.AUD in viewer.roles else OUTLINE

    def may(self, viewer: Viewer, act: Act, obj: CommunicationRecord) -> bool:
        if act in (Act.EDIT, Act.ANSWER):
            return writes(viewer, obj)
        if act in (Act.HOLD, Act.OVERRIDE, Act.ARCHIVE, Act.SEAL, Act.DESTROY):
            return not is_at_home(viewer, obj) and self._decides(viewer, act, obj)
        if act == Act.SIGN:
            return writes(viewer, obj) or obj.student_id in family_of(viewer)
        if act == Act.WITNESS:
            return self._vouches(viewer, obj)
        if act == Act.OBJECT:
            return obj.student_id in family_of(viewer)
        return False

    def _decides(self, viewer: Viewer, act: Act, obj: CommunicationRecord) -> bool:
        """The office, and never whoever wrote it: not what is kept from the family, nor let out.

        Whoever has the class now puts away what is done, too; only the head seals and destroys.
        """
        office = viewer.serves({Role.ME})
        if act == Act.ARCHIVE:
            return office or Role.HT in viewer.roles_towards(obj.student)
        if act in (Act.SEAL, Act.DESTROY):
            office = viewer.heads(Role.ME)
        return office and obj.author_id != viewer.person.pk

    def _vouches(self, viewer: Viewer, obj: CommunicationRecord) -> bool:
        """Staff who read what it says; never the auditor, never anybody of this family."""
        if not viewer.is_staff or Role.AUD in viewer.roles or is_at_home(viewer, obj):
            return False
        family = (Participant.Capacity.GUARDIAN, Participant.Capacity.STUDENT)
        if obj.participants.filter(person=viewer.person, capacity__in=family).exists():
            return False
        return writes(viewer, obj) or reads_content(viewer, obj)


def writes(viewer: Viewer, record: CommunicationRecord) -> bool:
    """The author, or the homeroom teacher who has the class now, for an author who left it."""
    if record.student_id in viewer.kin or not viewer.is_staff:
        return False
    if record.author_id == viewer.person.pk:
        return True
    return record.author_role == Role.HT and Role.HT in viewer.roles_towards(record.student)


def reads_content(viewer: Viewer, record: CommunicationRecord) -> bool:
    """Whether the viewer reads what it says, and not just that it is there."""
    if is_closed(viewer, record):
        return False
    return oversees(viewer, record) or privacy.readable(
        "COM", roles_for(viewer, record), given=circumstances(viewer, record)
    )


def is_closed(viewer: Viewer, record: CommunicationRecord) -> bool:
    """Whether a seal keeps the viewer from what it says: of a sealed version the outline is left.

    Open to its family and student, 德育处, and those who oversee that office.
    """
    if record.state != State.SEALED or record.student_id in family_of(viewer):
        return False
    return record.student_id in viewer.kin or not (
        viewer.serves(READS_ALL) or oversees(viewer, record)
    )


def may_keep(viewer: Viewer, record: CommunicationRecord) -> bool:
    """Whether a reader may take what they read along: an auditor reads what is sealed, no more."""
    return Role.AUD not in viewer.roles or viewer.serves(READS_ALL) or is_at_home(viewer, record)


def oversees(viewer: Viewer, record: CommunicationRecord) -> bool:
    """An auditor reads what is sealed; 校领导, in the place of 德育处, what it wrote itself once it
    is sealed or somebody objects to it. Sensitive sentences stay with their class.
    """
    if is_at_home(viewer, record):
        return False
    if record.state == State.SEALED and viewer.serves({Role.AUD}):
        return True
    closed = record.state in (State.SEALED, State.UNDER_OBJECTION)
    return closed and record.author_role == Role.ME and viewer.serves({Role.VP})


def content_open(viewer: Viewer, records: Sequence[CommunicationRecord]) -> frozenset[UUID]:
    """Ids of those that the viewer reads beyond the outline; at most one query for all of them."""
    learn(viewer, records)
    shown = (one for one in records if not is_closed(viewer, one))
    return frozenset(one.pk for one in shown if writes(viewer, one) or reads_content(viewer, one))


def circumstances(viewer: Viewer, record: CommunicationRecord) -> frozenset[Level]:
    """PARTY for who was there, who wrote it, and the family it is about."""
    known: dict[UUID, frozenset[Level]] = record.__dict__.get(_LEARNT, {})
    if viewer.person.pk in known:
        return known[viewer.person.pk]
    took_part = record.participants.filter(person=viewer.person).exists()
    return _given(viewer, record, took_part=took_part)


def learn(viewer: Viewer, records: Sequence[CommunicationRecord]) -> None:
    """Find out the circumstances of many records in one query, and keep them with each."""
    if not records:
        return
    there = Participant.objects.filter(person=viewer.person)
    took_part = set(there.filter(record__in=records).values_list("record_id", flat=True))
    for record in records:
        kept = record.__dict__.setdefault(_LEARNT, {})
        kept[viewer.person.pk] = _given(viewer, record, took_part=record.pk in took_part)


def _given(viewer: Viewer, record: CommunicationRecord, *, took_part: bool) -> frozenset[Level]:
    mine = record.author_id == viewer.person.pk or record.student_id in family_of(viewer)
    return frozenset({Level.PARTY}) if mine or took_part else frozenset()


def _asked_about() -> Q:
    """A draft that 德育处 is to decide about, or keeps from the family: it may lift that, too."""
    marks = (HoldRequest.State.ASKED, HoldRequest.State.GRANTED)
    asked = HoldRequest.objects.filter(record=OuterRef("pk"), state__in=marks)
    return Q(Exists(asked), state__in=UNFINISHED)


def _judged_above() -> Q:
    """What 德育处 wrote and an objection was routed about: it does not judge itself."""
    routed = Objection.objects.filter(record=OuterRef("pk"), state=Objection.State.ROUTED)
    return Q(Exists(routed), author_role=Role.ME)


def _stands_in(viewer: Viewer) -> Q:
    """Whoever has the class now goes on with what its homeroom teacher began."""
    classes = [post.school_class_id for post in viewer.posts if post.role == Role.HT]
    return Q(author_role=Role.HT, student__school_class__in=[pk for pk in classes if pk])


def _by_post(viewer: Viewer) -> Q:
    """Students of one's class or grade; for an auditor, everybody's."""
    seen = ~Q(pk=None) if viewer.serves({Role.AUD}) else Q(pk__in=[])
    for post in viewer.posts:
        if post.role == Role.HT and post.school_class_id is not None:
            seen |= Q(student__school_class=post.school_class_id)
        if post.role == Role.GL:
            seen |= Q(student__school_class__grade=post.grade) if post.grade else ~Q(pk=None)
    return seen


def _by_task(viewer: Viewer) -> Q:
    """A sentence of a class that is this person's task opens the outline of its record."""
    seen = Q(pk__in=[])
    for role, code in TASK_OF.items():
        if viewer.serves({role}):
            seen |= Q(Exists(_statements_of(code)))
    return seen


def _signatures_of(viewer: Viewer) -> QuerySet[Signature]:
    return Signature.objects.filter(
        record=OuterRef("pk"), signer=viewer.person, side=Signature.Side.FAMILY
    )


def _took_part(viewer: Viewer) -> Q:
    return Q(Exists(Participant.objects.filter(record=OuterRef("pk"), person=viewer.person)))


def _statements_of(code: str) -> QuerySet[Statement]:
    return Statement.objects.filter(
        record=OuterRef("pk"), sensitivity__contains=code, withdrawn_at=None
    )
