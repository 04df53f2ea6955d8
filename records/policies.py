"""Who reads which record, and which part of it.

Who finds it at all is records/known_records.py. The grade leader and the auditor know that there is
one. Every statement has its own class, so that a sentence about money or health stays with those
whose task that is, even inside a record that many may open (records/reading.py cuts it).
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from parties import privacy, statements
from parties.access import Act, Viewer
from parties.likeness import Ids
from parties.privacy import FieldClass, Level
from parties.roles import Role
from records import deserted, known_records, taken_back, walls
from records.models import CommunicationRecord, Participant

State = CommunicationRecord.State
Records = Sequence[CommunicationRecord]
Present = Sequence[Participant] | None

#: Know that there is a record, when, and in what state; never what it says, nor why it was written:
#: 心理 or 经济资助 says as much as a sentence.
OUTLINE: Final = frozenset(
    {"id", "student", "record_no", "version", "state", "standing", "started_at"}
)
FOR_AUDIT: Final = OUTLINE | {"content_hash", "effective_at"}

_HIDDEN: Final = frozenset(
    {
        "school",
        "content_salt",
        "hold_reason",
        "held_by",
        "held_until",
        "let_in_at",
        "frozen_from",
    }
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


def of_known(viewer: Viewer) -> Exists:
    """Rows about a record that the viewer knows of. Asked row by row: of all records of a school,
    a page of twenty lines would have to find out first which ones are known.
    """
    return Exists(viewer.rows(CommunicationRecord).filter(pk=OuterRef("record_id")))


class RecordPolicy:
    """Rows by post, by family, by having taken part; acts by authorship."""

    def rows(self, viewer: Viewer) -> QuerySet[CommunicationRecord]:
        records = CommunicationRecord.objects.select_related(
            "student__person", "student__school_class", "author"
        ).annotate(**walls.asked(viewer, taken_back.CAME), **taken_back.asked(viewer))
        return records.filter(known_records.at_school(viewer) | known_records.at_home(viewer))

    def live(self, viewer: Viewer) -> QuerySet[CommunicationRecord]:
        """Those of which the viewer has what stands there now, and so its parts."""
        return self.rows(viewer).filter(
            known_records.at_school(viewer) | known_records.live_at_home(viewer)
        )

    def fields(self, viewer: Viewer, obj: CommunicationRecord) -> frozenset[str]:
        if taken_back.stands_in(viewer, obj):  # records/stillness.py has what they may read
            return frozenset()
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
            at_home = obj.student_id in family_of(viewer)
            return at_home or writes(viewer, obj) or self._follows(viewer, obj)
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

    def _follows(self, viewer: Viewer, obj: CommunicationRecord) -> bool:
        """The head of 德育处 signs for the school what nobody else is left to sign."""
        away = obj.student_id not in viewer.kin
        return viewer.heads(Role.ME) and away and deserted.is_deserted(obj, at=viewer.at)

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
        viewer.serves(known_records.READS_ALL) or oversees(viewer, record)
    )


def may_keep(viewer: Viewer, record: CommunicationRecord) -> bool:
    """Whether a reader may take what they read along: an auditor reads what is sealed, no more."""
    return (
        Role.AUD not in viewer.roles
        or viewer.serves(known_records.READS_ALL)
        or is_at_home(viewer, record)
    )


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


def reads_file(viewer: Viewer, record: CommunicationRecord, sensitivity: str) -> bool:
    """Whether a file of these classes is the viewer's to open. Third persons in it are for those
    whose post puts them into the team, if what else it is is theirs to read.
    """
    roles, given = roles_for(viewer, record), circumstances(viewer, record)
    others = {FieldClass.TPD: given | {Level.TEAM}}
    return all(
        privacy.readable(code.value, roles, given=others.get(code, given))
        for code in privacy.parse(sensitivity)
    )


def content_open(viewer: Viewer, records: Records, present: Present = None) -> frozenset[UUID]:
    """Ids of those that the viewer reads beyond the outline; as many queries as learn."""
    learn(viewer, records, present)
    shown = (one for one in records if not is_closed(viewer, one))
    return frozenset(one.pk for one in shown if writes(viewer, one) or reads_content(viewer, one))


def circumstances(viewer: Viewer, record: CommunicationRecord) -> frozenset[Level]:
    """PARTY for who was there, who wrote it, and the family it is about."""
    known: dict[UUID, frozenset[Level]] = record.__dict__.get(_LEARNT, {})
    if viewer.person.pk in known:
        return known[viewer.person.pk]
    took_part = record.participants.filter(person=viewer.person).exists()
    return _given(viewer, record, took_part=took_part)


def learn(viewer: Viewer, records: Records, present: Present = None) -> None:
    """Keep with each record its circumstances: one query, or none if `took_part` is known.

    One more for the head of 德育处, who may have to sign what an author left behind.
    """
    if records and viewer.heads(Role.ME):
        deserted.learn(records, at=viewer.at)
    if records and present is None:
        present = statements.rows(took_part, viewer, Ids(one.pk for one in records))
    there = {one.record_id for one in present or ()}
    for record in records:
        kept = record.__dict__.setdefault(_LEARNT, {})
        kept[viewer.person.pk] = _given(viewer, record, took_part=record.pk in there)


def took_part(viewer: Viewer, records: Ids) -> QuerySet[Participant]:
    """As whom the viewer was there; no more than the record."""
    there = Participant.objects.filter(statements.among("record_id", records))
    return there.filter(person_id=viewer.person.pk).only("record_id")


def _given(viewer: Viewer, record: CommunicationRecord, *, took_part: bool) -> frozenset[Level]:
    mine = record.author_id == viewer.person.pk or record.student_id in family_of(viewer)
    return frozenset({Level.PARTY}) if mine or took_part else frozenset()
