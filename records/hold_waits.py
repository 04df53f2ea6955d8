"""How long a record waits for 德育处 to say whether the reading at home is held: one working day.

The day is one of the school's: 调休 counts. What nobody decided by then waits no longer, for a
silence must not keep a family from a record. No report of a crisis asks here. Inside a scope.
"""

from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from parties import calendar
from parties.errors import WrongState
from parties.models import Person
from records.models import CommunicationRecord, HoldRequest

State = HoldRequest.State

DECISION_DAYS: Final = 1  # working days


def days_end(school_id: int, asked_at: datetime) -> datetime:
    """The midnight after the day that the office has."""
    return end_of(asked_at, calendar.load(school_id))


def end_of(asked_at: datetime, days: calendar.CalendarView) -> datetime:
    """As days_end(), for who has many to tell."""
    asked = timezone.localdate(asked_at)
    try:
        last = days.add_working_days(asked, DECISION_DAYS)
    except calendar.NoWorkingDay:  # rather too early than never
        last = asked + timedelta(days=DECISION_DAYS)
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))


def undecided(record: CommunicationRecord) -> QuerySet[HoldRequest]:
    """The request about this version that waits for the office: one at most."""
    return HoldRequest.objects.filter(record=record, state=State.ASKED)


def refuse_undecided(record: CommunicationRecord, *, at: datetime) -> None:
    """While the office may still decide, nothing is offered. Raises WrongState: says until when."""
    request = undecided(record).first()
    if request is None:
        return
    end = days_end(record.school_id, request.asked_at)
    if at < end:
        day = timezone.localdate(end)
        raise WrongState(
            "正在等德育处决定家长是否暂缓查看，决定之后才能交签；"
            f"到 {day.month}月{day.day}日 零点还没有决定的，不暂缓，可以交签。"
            "现在就要交签的，请先撤回请求。",
            state=str(record.state),
        )


def grant(record: CommunicationRecord, *, by: Person, at: datetime) -> HoldRequest | None:
    """What was asked for is done: the hold that 德育处 has just set says why."""
    request = undecided(record).select_for_update().first()
    if request is not None:
        request.grant(by=by, at=at, reason=record.hold_reason)
        request.save()
    return request


def drop(record: CommunicationRecord, *, by: Person, at: datetime) -> None:
    """Nobody needs an answer about a draft that was put aside."""
    request = undecided(record).select_for_update().first()
    if request is not None:
        request.withdraw(by=by, at=at)
        request.save()
