"""Write a communication record: header, statements, who took part, what was prepared.

Everything here changes a draft, under its row lock, and only as long as nobody has signed. `seen`
is the edit that the writer had before them: a lost race is refused and names both. Inside a scope.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID, uuid4

from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.models import Student
from parties.roles import Role
from records import authors, file_entries, language_gate, named_speakers, taken_back
from records.draft_input import (
    Header,
    Prepared,
    Present,
    Said,
    header_values,
    open_words,
    prepared_list,
    refuse_header,
    refuse_people,
    statement_values,
)
from records.language import People
from records.models import (
    CommunicationRecord,
    FileEntry,
    Participant,
    PreparedItem,
    Statement,
)
from records.record_rows import DRAFTED, lock, new_number, note, saved

KIND: Final = "communication"
State = CommunicationRecord.State


def write(
    viewer: Viewer,
    *,
    student_id: UUID,
    header: Header,
    case_id: UUID | None = None,
    id_: UUID | None = None,
) -> CommunicationRecord:
    """A new draft by a teacher, counsellor or officer who works with this student.

    Raises NotFound, NotAllowed, InvalidInput; IntegrityError: `id_` is taken (parties.taps).
    """
    student = viewer.get(Student, student_id)
    role = authors.role_of(viewer, student)
    refuse_header(header)
    language_gate.refuse_names(open_words(header), people=language_gate.names_near(student))
    record = CommunicationRecord.objects.create(
        pk=id_ or uuid4(),
        school_id=student.school_id,
        student=student,
        case_id=case_id,
        record_no=new_number(viewer.at),
        author=viewer.person,
        author_role=role,
        created_at=viewer.at,
        **header_values(header),
    )
    _begin(record, viewer)
    return record


def _begin(record: CommunicationRecord, viewer: Viewer) -> None:
    """Whoever writes it took part, and it stands in the file for nobody else yet."""
    Participant.objects.create(
        school_id=record.school_id,
        student=record.student,
        record=record,
        person=record.author,
        capacity=authors.CAPACITIES[Role(record.author_role)],
        presence=Participant.Presence.IN_PERSON,
    )
    file_entries.enter(
        student=record.student,
        kind=KIND,
        object_id=record.pk,
        party=FileEntry.Party.SCHOOL,
        at=record.started_at,
        readers=frozenset(),
        by=record.author,
        case_id=record.case_id,
        people=[record.author_id],
    )
    note(record, DRAFTED, viewer)


def change(
    viewer: Viewer, *, record_id: UUID, header: Header, seen: int | None = None
) -> CommunicationRecord:
    """Put another header in place; in the file the record stands at its date, as corrected, unless
    a guardian still has the text with the other one.

    Raises as `lock`; InvalidInput.
    """
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    refuse_header(header)
    language_gate.refuse_names(open_words(header), people=_people(record, ()))
    _open(record)
    moved = header.started_at != record.started_at
    for name, value in header_values(header).items():
        setattr(record, name, value)
    if moved:
        taken_back.place(record, at=viewer.at)
    return saved(record, viewer, "record.changed")


def state(
    viewer: Viewer,
    *,
    record_id: UUID,
    said: Said,
    others: Sequence[str] = (),
    seen: int | None = None,
) -> Statement:
    """Add a statement at the end. `others` are names to be hidden beside those the school knows.

    Raises InvalidInput: what cannot be a statement, or hides nobody.
    """
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    _open(record)
    named_speakers.refuse_parent(record, said)
    made = Statement.objects.create(
        school_id=record.school_id,
        student_id=record.student_id,
        record=record,
        entered_by=viewer.person,
        at=viewer.at,
        place=record.statements.count() + 1,
        **statement_values(said, _people(record, others)),
    )
    saved(record, viewer, "statement.added", refs=[("statement", made.pk)])
    return made


def restate(
    viewer: Viewer,
    *,
    record_id: UUID,
    statement_id: UUID,
    said: Said,
    others: Sequence[str] = (),
    seen: int | None = None,
) -> Statement:
    """Say one's own statement differently. Raises NotAllowed for somebody else's words."""
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    statement = _own(record, statement_id, viewer)
    _open(record)
    named_speakers.refuse_parent(record, said)
    people = _people(record, others)
    for name, value in statement_values(said, people).items():
        setattr(statement, name, value)
    statement.save()
    saved(record, viewer, "statement.changed", refs=[("statement", statement.pk)])
    return statement


def retract(
    viewer: Viewer, *, record_id: UUID, statement_id: UUID, seen: int | None = None
) -> None:
    """Withdraw one's own statement; the row stays. Doing it again changes nothing."""
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    statement = _own(record, statement_id, viewer)
    if statement.withdrawn_at is not None:
        return
    _open(record)
    statement.withdrawn_at = viewer.at
    statement.save(update_fields=["withdrawn_at"])
    saved(record, viewer, "statement.withdrawn", refs=[("statement", statement.pk)])


def attend(
    viewer: Viewer, *, record_id: UUID, people: Sequence[Present], seen: int | None = None
) -> CommunicationRecord:
    """Put another list of participants in place; the author is always one of them."""
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    _open(record)
    refuse_people(people, _people(record, ()))
    record.participants.exclude(person=record.author_id).delete()
    named = [one for one in people if one.person is None or one.person != record.author_id]
    for one in named:
        Participant.objects.create(
            school_id=record.school_id,
            student_id=record.student_id,
            record=record,
            person_id=one.person,
            name="" if one.person else one.name.strip(),
            capacity=one.capacity,
            relation=one.relation,
            presence=one.presence,
        )
    return saved(record, viewer, "participants.set", count=len(named) + 1)


def prepare(
    viewer: Viewer, *, record_id: UUID, items: Sequence[Prepared], seen: int | None = None
) -> CommunicationRecord:
    """Put another list of prepared material in place.

    Raises InvalidInput: a psychological report without a consent that holds or a named duty.
    """
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    _open(record)
    wanted = prepared_list(record, items, at=viewer.at)
    record.prepared.all().delete()
    for values in wanted:
        PreparedItem.objects.create(
            school_id=record.school_id, student_id=record.student_id, record=record, **values
        )
    return saved(record, viewer, "prepared.set", count=len(items))


def _people(record: CommunicationRecord, others: Sequence[str]) -> People:
    """Who may be named in it, and who is hidden from everybody outside the team."""
    people = language_gate.names_around(record)
    return replace(people, others=people.others | frozenset(others))


def _open(record: CommunicationRecord) -> None:
    """Make sure that its words may change; a checked one has to be checked again."""
    if record.state == State.CHECKED:
        record.revise()
    if record.state != State.DRAFT:
        raise WrongState(
            "记录已交双方签字，不能直接修改；请收回（尚无人签字时），或另出新版本。",
            state=str(record.state),
        )


def _own(record: CommunicationRecord, statement_id: UUID, viewer: Viewer) -> Statement:
    statement = record.statements.filter(pk=statement_id).first()
    if statement is None:
        raise InvalidInput("没有这一条。", field="statement", mend="请刷新后再选。")
    if statement.entered_by_id != viewer.person.pk:
        raise NotAllowed("这是别人写下的话，只有本人可以修改或撤回。", act="restate")
    return statement
