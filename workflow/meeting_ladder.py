"""Whom to reach next when a family has not chosen a time (domain F3).

    no answer --> a call --> the second guardian --> a visit of two --> 未能会面

It counts what is on file since the times went out. Whoever said no has answered, and is not phoned
for another answer; a family that said no is not visited at home.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from records.meetings import invited, rows
from records.models import Meeting, MeetingAttempt, MeetingInvitee

State = Meeting.State
Outcome = MeetingAttempt.Outcome


class Step(StrEnum):
    """What comes next; the values are what the diagram's gateways test."""

    CALL = "call"
    SECOND = "second"
    VISIT = "visit"
    AGREED = "agreed"
    HELD = "held"
    CHANGE = "change"
    DONE = "done"


#: The diagram's user task of each step.
TASK_OF: Final[Mapping[Step, str]] = {
    Step.CALL: "meeting_call",
    Step.SECOND: "meeting_call_second",
    Step.VISIT: "meeting_visit",
}
_SETTLED: Final[Mapping[str, Step]] = {
    State.AGREED: Step.AGREED,
    State.HELD: Step.HELD,
    State.PREPARING: Step.CHANGE,
}
_CALLS: Final = (Step.CALL, Step.SECOND)


def next_try(meeting: Meeting, *, at: datetime) -> tuple[Step, UUID | None]:
    """The next step and the guardian it is for (None: nobody, or whoever opens the door)."""
    if meeting.state in _SETTLED:
        return _SETTLED[State(meeting.state)], None
    if meeting.state != State.OFFERED:
        return Step.DONE, None
    tried = list(meeting.attempts.filter(round=meeting.round).order_by("recorded_at", "pk"))
    asked = invited.guardians(meeting, at=at)
    for step, invitee in zip(_CALLS, asked, strict=False):
        if invitee.answer != MeetingInvitee.Answer.NO and not any(
            one.person_id == invitee.person_id for one in tried
        ):
            return step, invitee.person_id
    return (Step.VISIT if _may_be_visited(tried, asked) else Step.DONE), None


def _may_be_visited(tried: Sequence[MeetingAttempt], family: Sequence[MeetingInvitee]) -> bool:
    """Once, and not a family that has answered no, on the phone or in writing this round: a visit
    is no means of pressure.
    """
    if any(one.channel == MeetingAttempt.Channel.HOME_VISIT for one in tried):
        return False
    said_no = {one.person_id for one in tried if one.outcome == Outcome.REFUSED}
    return any(
        one.answer != MeetingInvitee.Answer.NO and one.person_id not in said_no
        for one in family[: len(_CALLS)]
    )


def about(name: str, case_id: UUID, *, at: datetime) -> UUID | None:
    """Whom the user task `name` of this case is to reach."""
    meeting = rows.of_case(case_id) if name in TASK_OF.values() else None
    if meeting is None:
        return None
    step, person = next_try(meeting, at=at)
    return person if TASK_OF.get(step) == name else None
