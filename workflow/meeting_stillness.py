"""What follows a family's answer to a meeting that stands still for somebody at home (decision 17).

    a crisis took the case over, or the meeting was set aside: no process hears the answer
        --> the face of the case moves as the case would have moved
        --> whoever at home may not notice is sent what they would have been sent

Nobody else is invited to what will not take place. That a date is off is true for everybody who was
told of it, so all of them hear it. The team reads in the timeline that the answer moved nothing.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from parties.models import Person
from records.meetings import invited, outcomes, rows
from records.models import Meeting, MeetingInvitee
from workflow import home_faces, meeting_news, meeting_process, notifications
from workflow.models import Case, Notification

State = Case.State

#: From these a meeting that is worked on goes on (Case.work).
_WORKED_FROM: Final = (State.TRIAGED, State.WAITING_PARTY, State.FOLLOW_UP, State.EVALUATED)


def hold(case_id: UUID) -> Case:
    """The case, before its meeting, as every step locks them."""
    return Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)


def follow(case: Case, meeting: Meeting, said: str, *, by: Person, at: datetime) -> None:
    """After the answer `said` (a message of meeting_process) to a held case. Inside a scope."""
    still = people(case, meeting, at=at)
    if not still:
        return
    moved = _move_faces(case, meeting, still)
    told = 0
    if said == meeting_process.CHOSEN:
        told = _tell(case, meeting, meeting_news.INVITATION, still, at=at)
    elif said == meeting_process.CHANGED and rows.called_off(meeting) is not None:
        told = _tell(case, meeting, meeting_news.CALLED_OFF, still, at=at)
    elif said == meeting_process.DECLINED:
        outcomes.give_up(meeting_id=meeting.pk, by=None, at=at)
    if moved or told:
        rows.record("meeting.stands_still", meeting, by=by, at=at, said=said, told=told)


def people(case: Case, meeting: Meeting, *, at: datetime) -> frozenset[UUID]:
    """Whom of those at home this meeting was for, and for whom it stands as they know it."""
    asked = {one.person_id for one in invited.guardians(meeting, at=at, but_for=case.pk)}
    student = meeting.invitees.filter(
        part=MeetingInvitee.Part.MUST, capacity=MeetingInvitee.Capacity.STUDENT
    )
    at_home = asked | set(student.values_list("person_id", flat=True))
    still = at_home & home_faces.keepers(case, meeting)
    if _stands_alike(case, meeting):
        still |= at_home - home_faces.in_the_know(case, asked)
    return frozenset(still)


def _stands_alike(case: Case, meeting: Meeting) -> bool:
    """One that was set aside may be of a face before the one that stands for all now."""
    now = meeting.set_aside_at is None or home_faces.stands_for_all(case, meeting)
    return bool(case.shown_state) and now


def last_no(case: Case | None, meeting: Meeting, *, at: datetime) -> bool:
    """Whether all have said no to whom a meeting that was set aside stands: to the others it is
    off, and they can answer no more.
    """
    if case is None or meeting.set_aside_at is None:
        return False
    still = people(case, meeting, at=at)
    asked = [
        one for one in invited.guardians(meeting, at=at, but_for=case.pk) if one.person_id in still
    ]
    return bool(asked) and all(one.answer == MeetingInvitee.Answer.NO for one in asked)


def _move_faces(case: Case, meeting: Meeting, still: frozenset[UUID]) -> bool:
    """As the case moves when a family has answered; whether anything did."""
    moved = case.faces.filter(person__in=still, state__in=_WORKED_FROM).update(
        state=State.IN_PROGRESS
    )
    if _stands_alike(case, meeting) and case.shown_state in _WORKED_FROM:
        case.shown_state = State.IN_PROGRESS
        case.save(update_fields=["shown_state"])
        moved += 1
    return moved > 0


def _tell(
    case: Case, meeting: Meeting, template: str, still: frozenset[UUID], *, at: datetime
) -> int:
    """As long after as in a calm week, and at its hours: never in the lane of a crisis."""
    hears = dict(
        meeting.invitees.filter(part=MeetingInvitee.Part.MUST).values_list("person_id", "capacity")
    )
    others = frozenset[UUID]()
    if template == meeting_news.CALLED_OFF and meeting.set_aside_at is None:
        told = meeting.invitees.filter(meeting_news.hears_off(case, at=at), told_at__isnull=False)
        others = frozenset(told.values_list("person_id", flat=True))
    to = {pk: capacity for pk, capacity in hears.items() if pk in still | others}
    messages = [
        replace(one, lane=Notification.Lane.ROUTINE.value, stands=one.to_id in still)
        for one in meeting_news.about_date(case, meeting, template, to)
    ]
    notifications.enqueue_many(school_id=case.school_id, rows=messages, at=at)
    if template == meeting_news.INVITATION:
        invited.mark_told(meeting, list(to), at=at)
    return len(to)
