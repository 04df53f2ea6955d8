"""A hold from the first moment: asked for while the record is a draft, decided before the offer.

    ASKED --holds.hold----------> GRANTED    德育处 sets the hold, with its own reason and end
      +-----refuse--------------> REFUSED    nothing is held
      +-----lapse---------------> LAPSED     nobody decided within a working day: nothing is held
      +-----withdraw, discard---> WITHDRAWN  by its author

Who asks holds nothing. While it is undecided the draft is not offered, and 德育处 reads this one
draft for that decision (records/known_records.py). Inside a scope.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties import legible
from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from records import hold_waits, holds, known_records
from records.models import CommunicationRecord, HoldRequest
from records.record_rows import lock, note

State = HoldRequest.State
KIND: Final = "hold_request"

_SHORTEST_REASON: Final = 5  # characters


def ask(viewer: Viewer, *, record_id: UUID, reason: str, until: datetime) -> HoldRequest:
    """Ask 德育处 to keep the family from reading it yet; again is answered with what waits already.

    Raises NotFound, NotAllowed; WrongState: it is no draft any more, or held already;
    InvalidInput: no reason, or a date that is past or too far away.
    """
    record = lock(viewer, record_id, Act.EDIT)
    waiting = hold_waits.undecided(record).first()
    if waiting is not None:
        return waiting
    if record.state not in known_records.UNFINISHED:
        raise WrongState("记录已交签，请直接与德育处联系。", state=str(record.state))
    if holds.is_on(record, at=viewer.at):
        raise WrongState("这份记录已经暂缓家长查看，不必再请求。", state=str(record.state))
    _refuse_short(reason, mend="请写明为什么请求暂缓家长查看。")
    if not viewer.at < until <= viewer.at + holds.LONGEST:
        mend = f"请选择今后 {holds.LONGEST.days} 天之内的时间。"
        raise InvalidInput("期限不合适。", field="until", mend=mend)
    made = HoldRequest.objects.create(
        school_id=record.school_id,
        student_id=record.student_id,
        record=record,
        asked_by=viewer.person,
        asked_at=viewer.at,
        reason=reason.strip(),
        until=until,
        next_look_at=hold_waits.days_end(record.school_id, viewer.at),
    )
    note(record, "record.hold_asked", viewer, refs=[(KIND, made.pk)])
    return made


def refuse(viewer: Viewer, *, request_id: UUID, reason: str) -> HoldRequest:
    """德育处 holds nothing. Again by the same officer changes nothing.

    Raises NotFound; NotAllowed: their own record or request; WrongState: it is decided already;
    InvalidInput: no reason.
    """
    known = viewer.get(HoldRequest, request_id)
    viewer.require(Act.HOLD, known)
    if known.state == State.REFUSED and known.decided_by_id == viewer.person.pk:
        return known
    request = _lock(known)
    _refuse_short(reason, mend="请写明为什么不暂缓。")
    request.refuse(by=viewer.person, at=viewer.at, reason=reason.strip())
    request.save()
    note(request.record, "record.hold_refused", viewer, refs=[(KIND, request.pk)])
    return request


def withdraw(viewer: Viewer, *, request_id: UUID) -> HoldRequest:
    """Its author needs no hold any more. Again changes nothing.

    Raises NotFound, NotAllowed; WrongState: it is decided already.
    """
    known = viewer.get(HoldRequest, request_id)
    viewer.require(Act.WITHDRAW, known)
    if known.state == State.WITHDRAWN:
        return known
    request = _lock(known)
    request.withdraw(by=viewer.person, at=viewer.at)
    request.save()
    note(request.record, "record.hold_withdrawn", viewer, refs=[(KIND, request.pk)])
    return request


def lapse(*, request_id: UUID, at: datetime) -> HoldRequest | None:
    """Let it go if its day is over; None if not, or if somebody else is at it. Idempotent."""
    found = HoldRequest.objects.filter(pk=request_id, state=State.ASKED)
    record = CommunicationRecord.objects.filter(pk__in=found.values("record"))
    if record.select_for_update(of=("self",), skip_locked=True).first() is None:
        return None
    locked = found.select_for_update(of=("self",), skip_locked=True)
    request = locked.select_related("record__student", "record__author").first()
    if request is None:
        return None
    end = hold_waits.days_end(request.school_id, request.asked_at)
    if at < end:
        request.next_look_at = end
        request.save(update_fields=["next_look_at"])
        return None
    request.lapse(at=at)
    request.save()
    _note_lapse(request, at=at)
    return request


def _lock(known: HoldRequest) -> HoldRequest:
    """The request under its record's lock and its own, as long as it waits. Raises WrongState."""
    CommunicationRecord.objects.select_for_update(of=("self",)).get(pk=known.record_id)
    rows = HoldRequest.objects.select_for_update(of=("self",))
    request = rows.select_related("record__student", "record__author").get(pk=known.pk)
    if request.state != State.ASKED:
        raise WrongState("对这个请求已有决定。", state=str(request.state))
    return request


def _refuse_short(reason: str, *, mend: str) -> None:
    if legible.length(reason) < _SHORTEST_REASON:
        raise InvalidInput("没有写理由。", field="reason", mend=mend)


def _note_lapse(request: HoldRequest, *, at: datetime) -> None:
    events.append(
        school_id=request.school_id,
        kind="record.hold_lapsed",
        actor=None,
        subject=("record", request.record_id),
        refs=[(KIND, request.pk), ("student", request.student_id)],
        at=at,
        payload={"version": request.record.version},
    )
