"""Acts on a communication record, with those whom they concern told, in one transaction.

`records` changes and records; here people hear of it:

    offer      --> every guardian who may read it gets a link to read and sign it
    recall, discard --> those links open nothing, and what has not left with one does not leave
    effective  --> a copy for the family is noted as delivered, they are told, a meeting goes on

Words of danger are heard also where the act is refused (refused_words). What follows an objection
is in record_objections.

Pages and API call these, and nothing of records that changes a record.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from parties import taps, tenancy
from parties.access import Act, Viewer
from parties.errors import InvalidInput
from parties.models import Person
from records import communication, discarding, drafts, signatures, signers
from records.draft_input import Header
from records.models import CommunicationRecord
from records.witnessed import Witnessed
from workflow import meetings, next_contacts, record_news, refused_words
from workflow.models import Case
from workflow.spoken_words import Spoken

T = TypeVar("T")
State = CommunicationRecord.State


def act(*, school_id: int, by: Person, at: datetime, do: Callable[[Viewer], T]) -> T:
    """One act that concerns nobody but its author: write, state, prepare, check.

    Raises: as what `do` calls in records.
    """
    with tenancy.scope(school_id):
        return do(Viewer.load(by, at=at))


def write(  # noqa: PLR0913 -- whose record it is, what it says, and its id
    *,
    school_id: int,
    student_id: UUID,
    by: Person,
    at: datetime,
    header: Header,
    case_id: UUID | None = None,
    id_: UUID | None = None,
) -> CommunicationRecord:
    """A new draft, by itself or within a case of this student that its author sees. Repeating
    `id_`, also at the same moment, returns the first one.

    Raises: as drafts.write; InvalidInput for a case that they do not see, or of another student.
    """

    def known() -> CommunicationRecord | None:
        if id_ is None:
            return None
        return CommunicationRecord.objects.filter(pk=id_, author=by).first()

    def make() -> CommunicationRecord:
        about: dict[str, Any] = {"header": header, "case_id": case_id, "id_": id_}
        return write_for(Viewer.load(by, at=at), student_id=student_id, **about)

    return taps.once(school_id=school_id, known=known, make=make).what


def write_for(
    viewer: Viewer,
    *,
    student_id: UUID,
    header: Header,
    case_id: UUID | None,
    id_: UUID | None = None,
) -> CommunicationRecord:
    """The same inside a scope, under this id if there is one."""
    known = viewer.rows(Case).filter(pk=case_id, student=student_id) if case_id else None
    if known is not None and not known.exists():
        raise InvalidInput("没有这个事项。", field="case", mend="请从该生的事项中选择。")
    return drafts.write(viewer, student_id=student_id, header=header, case_id=case_id, id_=id_)


def offer(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, seen: int | None = None
) -> CommunicationRecord:
    """Hand a checked record to both sides; guardians get a link, at their own time of day."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        record = communication.offer(viewer, record_id=record_id, seen=seen)
        record_news.invite(record, at=at)
        return record


def recall(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, seen: int | None = None
) -> CommunicationRecord:
    """Take it back to the desk, and the links to it as well. Raises: as communication.recall."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        record = communication.recall(viewer, record_id=record_id, seen=seen)
        record_news.uninvite(record, at=at)
        return record


def sign(  # noqa: PLR0913 - who, what, how, and what they had read
    *,
    school_id: int,
    record_id: UUID,
    by: Person,
    at: datetime,
    method: str,
    as_read: str,
    note: str = "",
) -> CommunicationRecord:
    """Sign for oneself. Raises: as signatures.sign."""
    spoken = Spoken(note, "signature")
    heard = refused_words.heard(
        CommunicationRecord, record_id, Act.SIGN, school_id=school_id, by=by, at=at,
        hear=spoken.listen,
    )  # fmt: skip
    with heard, tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        before = _state(record_id)
        record = signatures.sign(
            viewer, record_id=record_id, method=method, as_read=as_read, note=note
        )
        record = after(viewer, record, before)
        spoken.listen(record, viewer)
        return record


def refuse(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, reason: str, as_read: str
) -> CommunicationRecord:
    """Say that one will not sign, and why. Raises: as signatures.refuse."""
    spoken = Spoken(reason, "refusal")
    heard = refused_words.heard(
        CommunicationRecord, record_id, Act.SIGN, school_id=school_id, by=by, at=at,
        hear=spoken.listen,
    )  # fmt: skip
    with heard, tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        before = _state(record_id)
        record = signatures.refuse(viewer, record_id=record_id, reason=reason, as_read=as_read)
        record_news.tell_author(record, "record.refused", at=at)
        record = after(viewer, record, before)
        spoken.listen(record, viewer)
        return record


def witness(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, given: Witnessed
) -> CommunicationRecord:
    """Write down a guardian's word beside a second member of staff. Raises: as in signatures."""
    spoken = Spoken(f"{given.reason}\n{given.note}", "witnessed")
    heard = refused_words.heard(
        CommunicationRecord, record_id, Act.WITNESS, school_id=school_id, by=by, at=at,
        hear=spoken.listen,
    )  # fmt: skip
    with heard, tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        before = _state(record_id)
        record = signatures.witness(viewer, record_id=record_id, given=given)
        record = after(viewer, record, before)
        spoken.listen(record, viewer)
        return record


def discard(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, reason: str, seen: int | None
) -> CommunicationRecord:
    """Put one's own draft aside; an author who is followed by another hears of it."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        gone = discarding.discard(viewer, record_id=record_id, reason=reason, seen=seen)
        record_news.uninvite(gone, at=at)
        if gone.author_id != by.pk:
            record_news.tell_author(gone, "record.discarded", at=at)
        return gone


def discard_next(
    *, school_id: int, record_id: UUID, by: Person, at: datetime, reason: str
) -> CommunicationRecord:
    """The office puts the next version aside, and its author hears of it; `record_id` is given."""
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        gone = discarding.discard_next(viewer, record_id=record_id, reason=reason)
        record_news.uninvite(gone, at=at)
        if gone.author_id != by.pk:
            record_news.tell_author(gone, "record.discarded", at=at)
        return viewer.get(CommunicationRecord, record_id)


def _state(record_id: UUID) -> str:
    """What it was before the act; an unknown one is refused by the act itself."""
    found = CommunicationRecord.objects.filter(pk=record_id)
    return str(found.values_list("state", flat=True).first() or "")


def after(viewer: Viewer, record: CommunicationRecord, before: str) -> CommunicationRecord:
    """The family's copy, when this very act made the record effective. Inside a scope."""
    if before == State.PENDING_SIGNATURES and record.state == State.EFFECTIVE:
        for reader in signers.readers_at_home(record, at=viewer.at):
            signatures.deliver(record, to=reader, how="PAGE", viewer=viewer)
        record_news.effective(record, at=viewer.at)
        if record.case_id is not None:  # a meeting may wait for these signatures
            meetings.hear_record(record.case_id, at=viewer.at, by=viewer.person)
        _plan_next(record, at=viewer.at)
    return record


def _plan_next(record: CommunicationRecord, *, at: datetime) -> None:
    """The next talk that the record names comes by itself, with its case or without one."""
    if record.case_id is None:
        next_contacts.schedule_of(record=record, at=at)
        return
    next_contacts.drop_outdated(record=record, at=at)
    moment = record.next_contact_at
    case = Case.objects.select_related("student").filter(pk=record.case_id).first()
    if case is not None and moment is not None and next_contacts.may_be_planned(moment, at=at):
        next_contacts.schedule(
            case=case, due_at=moment, focus=record.next_focus, at=at, record_id=record.pk
        )
