"""Colleagues and a company's mentor who were asked to come: whether they will.

They choose no time and move none; the family does. So a no changes nothing but the list, and the
person who prepared the meeting reads it there.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from parties.errors import NotAllowed, WrongState
from parties.models import Person
from records.meetings import rows
from records.models import Meeting, MeetingInvitee

Answer = MeetingInvitee.Answer

CAPACITIES: Final = (MeetingInvitee.Capacity.STAFF, MeetingInvitee.Capacity.COMPANY)


def answer(*, meeting_id: UUID, by: Person, comes: bool, at: datetime) -> bool:
    """Say for oneself whether one comes; True if that is news. The last word counts.

    Raises:
        NotAllowed: `by` was not told of a date as a guest.
        WrongState: no date stands, or it is over.
    """
    meeting = rows.locked(meeting_id)
    told = meeting.invitees.filter(
        person=by, part=MeetingInvitee.Part.MUST, capacity__in=CAPACITIES, told_at__isnull=False
    )
    invitee = told.first()
    if invitee is None:
        raise NotAllowed("只有受邀参加的人可以答复。", meeting=str(meeting.pk))
    _refuse_no_date(meeting, at=at)
    said = Answer.YES if comes else Answer.NO
    if invitee.answer == said:
        return False
    invitee.answer, invitee.answered_at = said, at
    invitee.save(update_fields=["answer", "answered_at"])
    rows.record(
        "meeting.guest_answered", meeting, by=by, at=at, part=invitee.capacity, answer=said.value,
        round=meeting.round,
    )  # fmt: skip
    return True


def _refuse_no_date(meeting: Meeting, *, at: datetime) -> None:
    slot = rows.agreed(meeting)
    if meeting.state != Meeting.State.AGREED or meeting.set_aside_at is not None or slot is None:
        raise WrongState("现在没有约定的时间，不需要答复。", meeting=str(meeting.pk))
    if slot.starts_at <= at:
        raise WrongState("约定的时间已经过去，请直接联系班主任。", meeting=str(meeting.pk))
