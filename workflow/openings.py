"""Open a matter that is no crisis, and set the process of its channel going.

    open_() inside the caller's scope --> commit --> processes.start_now(), or the next sweep

The crisis has a door of its own (workflow.cases), which nothing here may slow down.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from parties.models import Person, Placement, Student
from records import file, file_entries
from workflow import case_entries, case_events, nudge
from workflow.models import Case, CaseParty, ProcessInstance


def open_(  # noqa: PLR0913 - what makes a case
    *,
    school_id: int,
    channel: str,
    process: str | None,
    by: Person | None,
    at: datetime,
    student: Student | None = None,
    kind: str = "",
    members: Collection[UUID] = (),
) -> Case:
    """A new case with its first process, if any, not started yet. Inside a scope.

    `by` owns it; `members` are people who work on it beside those whose post says so. The family
    sees nothing before somebody routes it (Case.route).
    """
    case = _stored(school_id, channel, student, owner=by, kind=kind, at=at)
    join(case, members, at=at)
    case_entries.keep(case)
    opened_by = None if by is None else by.pk
    case_events.record("case.opened", case, by=opened_by, at=at, channel=channel, matter=kind)
    if process is not None:
        begin(case, process, at=at)
    return case


def _stored(
    school_id: int,
    channel: str,
    student: Student | None,
    *,
    owner: Person | None,
    kind: str,
    at: datetime,
) -> Case:
    return Case.objects.create(
        school_id=school_id,
        channel=channel,
        student=student,
        placement=_placement(student),
        owner=owner,
        kind=kind,
        opened_at=at,
        alarm_at=at,
    )


def begin(case: Case, process: str, *, at: datetime) -> ProcessInstance:
    """One more process on this case; the routine sweep starts it if nobody does before."""
    made = ProcessInstance.objects.create(
        school_id=case.school_id, case=case, process_key=process, created_at=at
    )
    nudge.soon(case.lane)
    return made


def route(case: Case, *, channel: str, kind: str) -> None:
    """A person put it into a channel: from now on the family sees it, in its file too."""
    case.route(channel=channel, kind=kind)
    case.save()
    case_entries.keep(case)


def join(case: Case, people: Collection[UUID], *, at: datetime) -> None:
    """Name members of the case's team; naming somebody twice changes nothing."""
    if not people:
        return
    CaseParty.objects.bulk_create(
        [
            CaseParty(
                school_id=case.school_id,
                case=case,
                person_id=person,
                part=CaseParty.Part.MEMBER,
                since=at,
            )
            for person in people
        ],
        ignore_conflicts=True,
    )
    file_entries.open_to(kind=file.CASE, object_id=case.pk, people=people)


def _placement(student: Student | None) -> Placement | None:
    if student is None:
        return None
    return student.placements.filter(state=Placement.State.ACTIVE).order_by("-starts_on").first()
