"""Colleagues and a company's mentor who were asked to come: whether they will.

They choose no time and move none; the family does. So a no changes nothing but the list, and the
person who prepared the meeting reads it there. Why, they may say; that person alone reads it.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max

from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.models import Person
from records import language_gate
from records.meetings import rows
from records.models import Meeting, MeetingInvitee, MeetingReply

Answer = MeetingInvitee.Answer

CAPACITIES: Final = (MeetingInvitee.Capacity.STAFF, MeetingInvitee.Capacity.COMPANY)


def answer(*, meeting_id: UUID, by: Person, comes: bool, at: datetime, words: str = "") -> bool:
    """Say for oneself whether one comes; True if that is news. The last word counts.

    `words`: why not, for whoever prepared the meeting.

    Raises:
        NotAllowed: `by` was not told of a date as a guest.
        WrongState: no date stands, or it is over.
        InvalidInput: a reason for coming; forbidden words of a colleague.
    """
    meeting = rows.locked(meeting_id)
    told = meeting.invitees.filter(
        person=by, part=MeetingInvitee.Part.MUST, capacity__in=CAPACITIES, told_at__isnull=False
    )
    invitee = told.first()
    if invitee is None:
        raise NotAllowed("只有受邀参加的人可以答复。", meeting=str(meeting.pk))
    _refuse_no_date(meeting, at=at)
    _refuse_words(meeting, invitee, words, comes=comes)
    said = Answer.YES if comes else Answer.NO
    why = _excuse(meeting, words, by=by, at=at)
    if invitee.answer == said:
        return why
    invitee.answer, invitee.answered_at = said, at
    invitee.save(update_fields=["answer", "answered_at"])
    rows.record(
        "meeting.guest_answered", meeting, by=by, at=at, part=invitee.capacity, answer=said.value,
        round=meeting.round,
    )  # fmt: skip
    return True


def _refuse_words(meeting: Meeting, invitee: MeetingInvitee, words: str, *, comes: bool) -> None:
    if comes and words.strip():
        raise InvalidInput("参加的不需要说明原因。", field="words", mend="请清空，或选择不参加。")
    if invitee.capacity == MeetingInvitee.Capacity.STAFF:
        language_gate.refuse_forbidden({"words": words}, student=meeting.student)


def _excuse(meeting: Meeting, words: str, *, by: Person, at: datetime) -> bool:
    """Keep the reason; the same one twice is one."""
    said = words.strip()
    last = meeting.replies.filter(by=by, round=meeting.round).order_by("-at", "-pk").first()
    if not said or (last is not None and last.words == said):
        return False
    newest = meeting.replies.aggregate(last=Max("at"))["last"]
    MeetingReply.objects.create(
        school_id=meeting.school_id,
        student=meeting.student,
        meeting=meeting,
        round=meeting.round,
        kind=MeetingReply.Kind.EXCUSED,
        words=said,
        by=by,
        entered_by=by,
        at=at if newest is None else max(at, newest),
    )
    return True


def _refuse_no_date(meeting: Meeting, *, at: datetime) -> None:
    slot = rows.agreed(meeting)
    if meeting.state != Meeting.State.AGREED or meeting.set_aside_at is not None or slot is None:
        raise WrongState("现在没有约定的时间，不需要答复。", meeting=str(meeting.pk))
    if slot.starts_at <= at:
        raise WrongState("约定的时间已经过去，请直接联系安排会谈的老师。", meeting=str(meeting.pk))
