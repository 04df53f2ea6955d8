"""A hold: 德育处 keeps a family from reading a record yet, for a filed reason and for a time.

Before the family's word, never after it and never by the author. It ends by release, or by itself
when its time is over. Inside a scope; each act locks the row, asks the rights, changes and records.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ledger import events
from parties import legible
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from records import hold_waits, taken_back
from records.models import CommunicationRecord, HoldRequest, Signature
from records.record_rows import saved

State = CommunicationRecord.State

#: A hold keeps a family from a record for this long at most, then a person has to decide again.
LONGEST: Final = timedelta(days=30)
_SHORTEST_REASON: Final = 5  # characters
_STILL_TO_SIGN: Final = (State.DRAFT, State.CHECKED, State.PENDING_SIGNATURES)


def is_on(record: CommunicationRecord, *, at: datetime) -> bool:
    return record.held_until is not None and record.held_until > at


def can_begin(record: CommunicationRecord) -> bool:
    """Whether the family still waits for what it says: nobody at home has given their word."""
    return record.state in _STILL_TO_SIGN and not _has_spoken(record)


def hold(viewer: Viewer, *, record_id: UUID, reason: str, until: datetime) -> CommunicationRecord:
    """德育处 keeps a family from reading it yet, for a reason that is on file, for a time.

    An unfinished next version is held as long. Of a draft it answers what its author asked for
    (records/hold_requests.py).

    Raises NotAllowed: they asked for it themselves; WrongState: the family has given its word, so
    it has what it spoke to; InvalidInput: no reason, or a date that is past or too far away.
    """
    versions = _held(viewer, record_id)
    record = next(one for one in versions if one.pk == record_id)
    _refuse_own(viewer, versions)
    if not can_begin(record):
        raise WrongState("家长或学生已表示过意见，不能再暂缓查看。", state=str(record.state))
    if legible.length(reason) < _SHORTEST_REASON:
        raise InvalidInput("没有写理由。", field="reason", mend="请写明为什么暂缓家长查看。")
    if not viewer.at < until <= viewer.at + LONGEST:
        raise InvalidInput(
            "期限不合适。",
            field="until",
            mend=f"请选择今后 {LONGEST.days} 天之内的时间，到期须重新决定。",
        )
    for one in versions:
        if one.version >= record.version and not _has_spoken(one):
            taken_back.keep(one, by=viewer.person, at=viewer.at)
            one.hold_reason, one.held_by = reason.strip(), viewer.person
            one.held_until = one.let_in_at = until
            granted = hold_waits.grant(one, by=viewer.person, at=viewer.at)
            refs = [] if granted is None else [("hold_request", granted.pk)]
            saved(one, viewer, "record.held", refs=refs)
    return record


def release(viewer: Viewer, *, record_id: UUID) -> CommunicationRecord:
    """The reason is gone: the family may read it now, in every version. Again changes nothing."""
    versions = _held(viewer, record_id)
    for one in versions:
        if one.held_until is not None:
            one.held_until, one.let_in_at = None, viewer.at
            saved(one, viewer, "record.released")
    return next(one for one in versions if one.pk == record_id)


def end(*, record_id: UUID, at: datetime) -> CommunicationRecord | None:
    """Write down that the hold is over; None where it is not, or somebody else is at it.

    Idempotent.
    """
    over = CommunicationRecord.objects.filter(held_until__lte=at)
    locked = over.select_for_update(of=("self",), skip_locked=True)
    record = locked.select_related("student__person", "author").filter(pk=record_id).first()
    if record is None:
        return None
    record.held_until = None
    record.edits += 1
    record.save(update_fields=["held_until", "edits"])
    events.append(
        school_id=record.school_id,
        kind="record.hold_ended",
        actor=None,
        subject=("record", record.pk),
        refs=[("student", record.student_id)],
        at=at,
        payload={"version": record.version},
    )
    return record


def _refuse_own(viewer: Viewer, versions: Sequence[CommunicationRecord]) -> None:
    """An officer who has the class as well asks for a hold as its teacher: another one decides."""
    asked = HoldRequest.objects.filter(record__in=versions, state=HoldRequest.State.ASKED)
    if asked.filter(asked_by=viewer.person).exists():
        raise NotAllowed("您自己请求的暂缓，由德育处的另一位同事决定。", act="hold")


def _has_spoken(record: CommunicationRecord) -> bool:
    """Whether somebody at home has given their word, a refusal included."""
    home = (Signature.Side.FAMILY, Signature.Side.STUDENT)
    return record.signatures.filter(side__in=home).exists()


def _held(viewer: Viewer, record_id: UUID) -> Sequence[CommunicationRecord]:
    """All versions under their locks: the newest first, as a signature locks them."""
    seen = viewer.get(CommunicationRecord, record_id)
    viewer.require(Act.HOLD, seen)
    rows = CommunicationRecord.objects.select_for_update(of=("self",))
    found = rows.filter(record_no=seen.record_no).exclude(state=State.DISCARDED)
    return list(found.select_related("student__person", "author").order_by("-version"))
