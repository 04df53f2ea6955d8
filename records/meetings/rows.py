"""Finding and locking a meeting, and the events that every verb appends."""

from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties.errors import InvalidInput, NotFound
from parties.models import Person
from records.models import Meeting, MeetingSlot


def locked(meeting_id: UUID) -> Meeting:
    """The meeting, nobody else's until the end of the transaction. Raises NotFound."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("student__person")
    found = rows.filter(pk=meeting_id).first()
    if found is None:
        raise NotFound("没有找到。")
    return found


def of_case(case_id: UUID) -> Meeting | None:
    """The meeting of this case that counts now: the last one prepared and not set aside."""
    counting = Meeting.objects.filter(case_id=case_id, set_aside_at=None)
    return counting.order_by("-prepared_at", "-pk").first()


def on_offer(meeting: Meeting) -> list[MeetingSlot]:
    """The times of the present round, earliest first."""
    return list(meeting.slots.filter(round=meeting.round).order_by("starts_at", "pk"))


def agreed(meeting: Meeting) -> MeetingSlot | None:
    """The one time that holds, if there is one."""
    return meeting.slots.filter(chosen_at__isnull=False, called_off_at__isnull=True).first()


def is_over(meeting: Meeting, *, at: datetime) -> bool:
    """Whether the agreed time has passed and nobody has said yet what came of it."""
    slot = agreed(meeting) if meeting.state == Meeting.State.AGREED else None
    return slot is not None and slot.ends_at <= at


def refuse_other_time(meeting: Meeting, tried_at: datetime, *, at: datetime) -> None:
    """A try to reach the family about this meeting. A page knows minutes; a slip of the year would
    stand on the list of what was tried.

    Raises:
        InvalidInput: it is to come, or from before there was a meeting.
    """
    wrong = ""
    if tried_at > at:
        wrong = "时间在将来。"
    elif tried_at < meeting.prepared_at.replace(second=0, microsecond=0):
        wrong = "时间早于这次会谈的准备。"
    if wrong:
        raise InvalidInput(wrong, field="tried_at", mend="请填写实际联系的时间。")


def called_off(meeting: Meeting) -> MeetingSlot | None:
    """The last agreed time that holds no more."""
    return meeting.slots.filter(called_off_at__isnull=False).order_by("-called_off_at").first()


#: When the meeting of a case c is over: as held, or as agreed; the meeting that `of_case` finds. A
#: part of larger statements: a deadline of every step asks.
APPOINTMENT: Final = """
SELECT coalesce(m.held_at, (
    SELECT s.ends_at FROM records_meetingslot s
    WHERE s.meeting_id = m.id AND s.chosen_at IS NOT NULL AND s.called_off_at IS NULL
    ORDER BY s.id LIMIT 1
))
FROM records_meeting m WHERE m.case_id = c.id AND m.set_aside_at IS NULL
ORDER BY m.prepared_at DESC, m.id DESC LIMIT 1
"""


def record(
    kind: str,
    meeting: Meeting,
    *,
    by: Person | None,
    at: datetime,
    refs: list[events.Subject] | None = None,
    **codes: str | int,
) -> None:
    events.append(
        school_id=meeting.school_id,
        kind=kind,
        actor=None if by is None else by.pk,
        subject=("case", meeting.case_id),
        refs=[("meeting", meeting.pk), *(refs or [])],
        at=at,
        payload=codes,
    )
