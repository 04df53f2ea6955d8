"""Put a draft aside 放弃草稿: nobody goes on with it, and the version before stands alone again.

    DRAFT, CHECKED, PENDING_SIGNATURES (nobody has signed) --discard--> DISCARDED

Its author does, or who has the class now; the head of 德育处, who may not see the draft itself,
does it from the version that it keeps from being sealed. Nothing is deleted, and nobody reads it
who did not before. Inside a scope.
"""

from typing import Final
from uuid import UUID

from django_fsm import can_proceed

from parties import legible
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.models import Person
from records import hold_waits, taken_back
from records.disputes import OPEN, UNFINISHED
from records.models import CommunicationRecord, Objection
from records.record_rows import lock, saved

State = CommunicationRecord.State

_SHORTEST_REASON: Final = 5  # characters


def discard(
    viewer: Viewer, *, record_id: UUID, reason: str, seen: int | None = None
) -> CommunicationRecord:
    """Put one's own draft aside; again changes nothing.

    Raises NotFound, NotAllowed, LostRace; WrongState: somebody has signed it, or it is the
    correction that an open objection was answered with; InvalidInput: no reason.
    """
    known = viewer.get(CommunicationRecord, record_id)
    if known.state == State.DISCARDED and viewer.may(Act.EDIT, known):
        return known
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    if record.state == State.DISCARDED:
        return record
    _refuse(record, reason, promised=OPEN)
    return _put_aside(viewer, record, reason)


def discard_next(viewer: Viewer, *, record_id: UUID, reason: str) -> CommunicationRecord:
    """Put the unfinished next version of `record_id` aside, so that this one can be sealed.

    Returns what was put aside: to whoever asks it is as invisible as before.

    Raises NotFound, NotAllowed; WrongState: there is none, somebody has signed it, or a filer
    still waits for that correction; InvalidInput: no reason.
    """
    before = viewer.get(CommunicationRecord, record_id)
    viewer.require(Act.SEAL, before)
    rows = CommunicationRecord.objects.select_for_update(of=("self",))
    waiting = rows.filter(previous=before, state__in=UNFINISHED)
    record = waiting.select_related("student__person", "author").first()
    if record is None:
        raise WrongState("没有未定稿的新版本。", state=str(before.state))
    if record.student_id in viewer.kin:
        raise NotAllowed("您没有此项操作的权限。", act=Act.SEAL.value)
    _refuse(record, reason, promised=(Objection.State.FILED, Objection.State.ANSWERED))
    return _put_aside(viewer, record, reason)


def _refuse(record: CommunicationRecord, reason: str, *, promised: tuple[str, ...]) -> None:
    if not can_proceed(record.discard):
        raise WrongState("已有人签字，不能放弃；请另出新版本。", state=str(record.state))
    if Objection.objects.filter(correction=record, state__in=promised).exists():
        raise WrongState(
            "这一版是对异议答应的更正，异议了结前不能放弃；请写完它。", state=str(record.state)
        )
    if legible.length(reason) < _SHORTEST_REASON:
        raise InvalidInput("没有写理由。", field="reason", mend="请写明为什么放弃这份草稿。")


def _put_aside(viewer: Viewer, record: CommunicationRecord, reason: str) -> CommunicationRecord:
    by: Person = viewer.person
    taken_back.keep(record, by=by, at=viewer.at)
    record.discard(by=by, at=viewer.at, reason=reason.strip())
    hold_waits.drop(record, by=by, at=viewer.at)
    return saved(record, viewer, "record.discarded")
