"""会谈记录 as its task asks for it: of which case it is, and what the meeting knows already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from parties.access import Act, Viewer
from parties.errors import NotFound, WrongState
from parties.models import Student
from parties.roles import Role
from records import as_read, reading
from records.draft_input import Present
from records.meetings import rows
from records.models import CommunicationRecord, Meeting, MeetingInvitee, Participant
from workflow import policies
from workflow.models import Case, HumanTask
from workflow.task_files import LIVE

State = CommunicationRecord.State
Capacity = Participant.Capacity
Presence = Participant.Presence

TASK: Final = "meeting_minutes"
_GONE: Final = (State.SUPERSEDED, State.DISCARDED)
_ON_THE_WAY: Final = (
    State.PENDING_SIGNATURES,
    State.EFFECTIVE,
    State.UNDER_OBJECTION,
    State.ARCHIVED,
)
#: As what somebody with a post is at a talk; the first that they hold.
POSTS: Final = {
    Role.HT: Capacity.HT,
    Role.ST: Capacity.ST,
    Role.PSY: Capacity.PSY,
    Role.GL: Capacity.GL,
    Role.ME: Capacity.ME,
    Role.VP: Capacity.LEADER,
    Role.PR: Capacity.LEADER,
}


@dataclass(frozen=True, slots=True)
class Minutes:
    """What stands in the record before anybody writes. `others` were asked besides the family."""

    case_id: UUID
    student: Student
    trigger: str
    started_at: datetime
    place_kind: str
    presence: str
    came: frozenset[UUID]
    others: Sequence[tuple[Present, str]]


def of_task(viewer: Viewer, task_id: UUID) -> Minutes:
    """For whoever may complete the task and works on its case. Inside a scope.

    Raises:
        NotFound: no such task, case or meeting for this reader. NotAllowed: not theirs to do.
        WrongState: the task is done.
    """
    task = viewer.get(HumanTask, task_id)
    case = viewer.get(Case, task.case_id)
    meeting = rows.of_case(case.pk) if task.name == TASK else None
    if meeting is None or case.student is None or not policies.on_team(viewer, case):
        raise NotFound("没有找到。")
    viewer.require(Act.COMPLETE, task)
    if task.state not in LIVE:
        raise WrongState("这项待办已经办结，不能再由此写记录。", task=str(task.pk))
    return _filled(viewer, case.student, meeting)


def written(viewer: Viewer, task: HumanTask) -> Sequence[CommunicationRecord]:
    """Records of this meeting that the viewer sees, the latest first. Inside a scope."""
    meeting = rows.of_case(task.case_id)
    if meeting is None:
        return []
    found = viewer.rows(CommunicationRecord).filter(
        case_id=task.case_id, created_at__gte=meeting.prepared_at
    )
    return list(found.exclude(state__in=_GONE).order_by("-version", "-created_at"))


def record_of(case_id: UUID) -> CommunicationRecord | None:
    """The minutes of the meeting that counts now, once both sides were asked to sign them."""
    meeting = rows.of_case(case_id)
    if meeting is None:
        return None
    written = CommunicationRecord.objects.filter(
        case_id=case_id, created_at__gte=meeting.prepared_at, state__in=_ON_THE_WAY
    )
    return written.order_by("-version", "-created_at").first()


def handed_over(viewer: Viewer, case_id: UUID) -> CommunicationRecord | None:
    """The same, as far as the viewer knows of it. Inside a scope."""
    record = record_of(case_id)
    return None if record is None else viewer.find(CommunicationRecord, record.pk)


def mark(viewer: Viewer, task: HumanTask) -> str:
    """Of the record that this task says was read back; empty where there is none to read."""
    record = handed_over(viewer, task.case_id) if task.name == TASK else None
    return "" if record is None else as_read.mark(reading.seen(viewer, record))


def _filled(viewer: Viewer, student: Student, meeting: Meeting) -> Minutes:
    invited = viewer.rows(MeetingInvitee).filter(meeting=meeting, part=MeetingInvitee.Part.MUST)
    asked = list(invited.select_related("person").order_by("capacity", "turn", "pk"))
    place_kind, remote = _where(meeting)
    presence = Presence.VIDEO if remote else Presence.IN_PERSON
    return Minutes(
        case_id=meeting.case_id,
        student=student,
        trigger=str(meeting.trigger),
        started_at=_began(viewer, meeting),
        place_kind=place_kind,
        presence=presence,
        came=frozenset(one.person_id for one in asked if _is_expected(one)),
        others=[
            (_present(viewer, student, one, presence), one.person.name)
            for one in asked
            if one.capacity in (MeetingInvitee.Capacity.STAFF, MeetingInvitee.Capacity.COMPANY)
            and one.person_id != viewer.person.pk
        ],
    )


def _is_expected(one: MeetingInvitee) -> bool:
    """Who said so; the student, whose presence was settled with them beforehand."""
    said = one.answer == MeetingInvitee.Answer.YES
    return said or one.capacity == MeetingInvitee.Capacity.STUDENT


def _began(viewer: Viewer, meeting: Meeting) -> datetime:
    """As agreed, unless it was over before."""
    agreed, held = rows.agreed(meeting), meeting.held_at or viewer.at
    return held if agreed is None else min(agreed.starts_at, held)


def _where(meeting: Meeting) -> tuple[str, bool]:
    """The place as a record names it, and whether it was on a screen."""
    agreed = rows.agreed(meeting)
    if agreed is not None:
        return str(agreed.place_kind), agreed.is_remote
    usual = {
        Meeting.Kind.HOME_VISIT: CommunicationRecord.Place.HOME,
        Meeting.Kind.REMOTE: CommunicationRecord.Place.ONLINE,
        Meeting.Kind.AT_COMPANY: CommunicationRecord.Place.COMPANY,
    }
    place = usual.get(Meeting.Kind(meeting.kind), CommunicationRecord.Place.OFFICE)
    return place.value, meeting.kind == Meeting.Kind.REMOTE


def _present(viewer: Viewer, student: Student, one: MeetingInvitee, presence: str) -> Present:
    if one.capacity == MeetingInvitee.Capacity.COMPANY:
        return Present(capacity=Capacity.COMPANY, presence=presence, person=one.person_id)
    held = Viewer.load(one.person, at=viewer.at).roles_towards(student)
    post = next((capacity for role, capacity in POSTS.items() if role in held), Capacity.OTHER)
    return Present(capacity=post, presence=presence, person=one.person_id)
