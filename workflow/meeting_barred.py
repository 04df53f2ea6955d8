"""An order that somebody may not be met, laid while a date stands to which they were asked.

    off the list at once --> whoever arranges hears that one of those asked may not come any more
                         --> a guest hears that the date is none of theirs, and not why

A guardian hears nothing: to them there is no meeting from the moment of the order. An order that
forbids every word is kept by silence for a guest as well.
"""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from parties import tenancy
from parties.roles import Role
from records.meetings import rows
from records.models import Meeting, MeetingInvitee
from workflow import (
    contacts,
    due_rows,
    meeting_news,
    meeting_process,
    notifications,
    plan_people,
)
from workflow.models import Case

_ARRANGES: Final = "HT"


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Look after every such date, each in a transaction of its own; return of how many."""
    found = due_rows.found("SELECT school_id, id FROM due_barred_dates(%s, %s)", [at, limit])
    return due_rows.each(found, partial(_look, at=at), failed="meeting.barred_failed", via=via)


def _look(school_id: int, pk: UUID, *, at: datetime | None) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        case_id = Meeting.objects.values_list("case_id", flat=True).get(pk=pk)
        meeting_process.locked(case_id)
        cases = Case.objects.select_for_update(of=("self",), no_key=True)
        case = cases.select_related("student__school_class").get(pk=case_id)
        meeting = rows.locked(pk)
        if meeting.state != Meeting.State.AGREED or meeting.set_aside_at is not None:
            return False
        asked = _asked(meeting)
        meeting_news.shield(case, meeting, at=moment)
        gone = {person: asked[person] for person in asked.keys() - _asked(meeting).keys()}
        if gone:
            _tell(case, meeting, gone, at=moment)
        return bool(gone)


def _asked(meeting: Meeting) -> dict[UUID, str]:
    told = meeting.invitees.filter(part=MeetingInvitee.Part.MUST, told_at__isnull=False)
    return dict(told.values_list("person_id", "capacity"))


def _tell(case: Case, meeting: Meeting, gone: dict[UUID, str], *, at: datetime) -> None:
    silent = contacts.unwritten(case, at=at)
    guests = {
        person: capacity
        for person, capacity in gone.items()
        if capacity in meeting_news.GUESTS and person not in silent
    }
    letters = meeting_news.about_date(case, meeting, meeting_news.RELEASED, guests)
    notifications.enqueue_many(school_id=case.school_id, rows=letters, at=at)
    holders = plan_people.holders(_ARRANGES, case=case, at=at, besides=frozenset(gone))
    arrange = {meeting.prepared_by_id, *holders} - gone.keys()
    key = f"{meeting_news.BARRED}:{meeting.pk}:{at.isoformat()}"
    to = [(Role.HT.value, person) for person in sorted(arrange, key=str)]
    plan_people.tell(case, to, template=meeting_news.BARRED, key=key, at=at)
