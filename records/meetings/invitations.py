"""F1: what the meeting is for, who must be there, and who must not.

A guardian under a restriction is written down as somebody who must not come, with the reason, for
the eyes of the team alone: they are never invited, never told, never offered a time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from parties import legible
from parties.errors import InvalidInput, WrongState
from parties.models import GuardianLink, Membership, Person, Placement, Student
from parties.relations import in_force
from records import file_entries
from records.meetings import family, rows, words
from records.meetings.family import Family
from records.models import CommunicationRecord, FileEntry, Meeting, MeetingInvitee

Capacity = MeetingInvitee.Capacity

#: From this age a student is there unless they would rather not (domain F1).
USUALLY_THERE: Final = 14


@dataclass(frozen=True, slots=True)
class Plan:
    """What the homeroom teacher decides. `people` are named besides the family and themselves."""

    kind: str
    trigger: str
    purpose: str
    student_wish: str
    student_words: str = ""
    student_present: bool | None = None
    people: Sequence[UUID] = ()


def prepare(
    *,
    student: Student,
    case_id: UUID,
    plan: Plan,
    by: Person,
    at: datetime,
    named: Collection[UUID] = (),
) -> Meeting:
    """Prepare the case's meeting, or change what was prepared before any time was offered.

    Raises:
        InvalidInput: the student was not asked, nobody may be invited, one goes on a home visit
            alone, somebody named may not come, or the purpose judges; names field and mend.
        WrongState: times are on offer already.
    """
    present = _presence(student, plan, at=at)
    words.refuse({"purpose": plan.purpose}, student=student)
    household = family.of(student, at=at, named=named)
    if not household.invited:
        raise InvalidInput(
            "没有可以邀请的监护人。", field="people", mend="请与德育处商量由谁代表家庭参加。"
        )
    others = _others(student, plan, by=by, shut_out={*household.shut_out, *named}, at=at)
    meeting = _stored(student, case_id, _columns(plan, present=present, by=by, at=at))
    _invite(meeting, household, others)
    _enter(meeting, plan, by=by, at=at)
    return meeting


def _columns(plan: Plan, *, present: bool, by: Person, at: datetime) -> dict[str, object]:
    return {
        "kind": plan.kind,
        "trigger": plan.trigger,
        "purpose": plan.purpose.strip(),
        "student_wish": plan.student_wish,
        "student_words": plan.student_words.strip(),
        "student_present": present,
        "prepared_by": by,
        "prepared_at": at,
    }


def _enter(meeting: Meeting, plan: Plan, *, by: Person, at: datetime) -> None:
    """Into the student's file, for the school; for the family once it was told."""
    file_entries.enter(
        student=meeting.student,
        kind="meeting",
        object_id=meeting.pk,
        party=FileEntry.Party.SCHOOL,
        at=at,
        readers=file_entries.SCHOOL,
        by=by,
        case_id=meeting.case_id,
    )
    rows.record(
        "meeting.prepared",
        meeting,
        by=by,
        at=at,
        form=plan.kind,
        matter=plan.trigger,
        invited=meeting.invitees.filter(part=MeetingInvitee.Part.MUST).count(),
        student="yes" if meeting.student_present else "no",
    )


def _presence(student: Student, plan: Plan, *, at: datetime) -> bool:
    """Whether the student will be there: asked first, and never against their word."""
    _refuse_unclear(plan)
    wishes = plan.student_wish == Meeting.Wish.YES
    if plan.student_present is None:
        return wishes and _age(student.birth_date, timezone.localdate(at)) >= USUALLY_THERE
    if plan.student_present and not wishes:
        raise InvalidInput(
            "学生表示不参加。", field="student_present", mend="请尊重学生的意愿，或再与学生谈一谈。"
        )
    return plan.student_present


def _refuse_unclear(plan: Plan) -> None:
    closed = (
        ("kind", plan.kind, Meeting.Kind.values, "请选择会谈形式。"),
        ("trigger", plan.trigger, CommunicationRecord.Trigger.values, "请选择触发原因。"),
        ("student_wish", plan.student_wish, Meeting.Wish.values, "请先征求学生本人的意见再填写。"),
    )
    for field, value, known, mend in closed:
        if value not in known:
            raise InvalidInput("还缺一项选择。", field=field, mend=mend)
    if not legible.said(plan.purpose):
        raise InvalidInput("没有写明会谈目的。", field="purpose", mend="请用一两句话写明目的。")


def _age(born: date | None, today: date) -> int:
    """In full years; nobody knows the birthday: as old as students of the school usually are."""
    if born is None:
        return USUALLY_THERE
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _others(
    student: Student, plan: Plan, *, by: Person, shut_out: Collection[UUID], at: datetime
) -> dict[UUID, Capacity]:
    """Staff, and for a meeting at the company its mentor, who were named to come."""
    kin = GuardianLink.objects.filter(student=student, state=GuardianLink.State.LIVE)
    barred = {*shut_out, *kin.values_list("guardian_id", flat=True)}
    barred |= family.under_order(student, at=at).keys()
    staff = set(
        in_force(Membership.objects.filter(person__in=[by.pk, *plan.people]), at).values_list(
            "person_id", flat=True
        )
    )
    mentors = _mentors(student) if plan.kind == Meeting.Kind.AT_COMPANY else set()
    found: dict[UUID, Capacity] = {}
    for person in [by.pk, *plan.people]:
        if person in barred or person not in staff | mentors:
            raise InvalidInput(
                "名单里有人不能参加这次会谈。",
                field="people",
                mend="请只填写本校教职工；企业现场会谈可加企业指导教师。",
            )
        found[person] = Capacity.STAFF if person in staff else Capacity.COMPANY
    if plan.kind == Meeting.Kind.HOME_VISIT and list(found.values()).count(Capacity.STAFF) < 2:  # noqa: PLR2004 -- two
        raise InvalidInput("家访须有两名教职工。", field="people", mend="请再选一位同行的教职工。")
    return found


def _mentors(student: Student) -> set[UUID]:
    running = student.placements.filter(state=Placement.State.ACTIVE, mentor__isnull=False)
    return {pk for pk in running.values_list("mentor_id", flat=True) if pk is not None}


def _stored(student: Student, case_id: UUID, values: Mapping[str, object]) -> Meeting:
    """The one open meeting of the case; of two who begin it at once both get the same."""
    open_ = Meeting.objects.select_for_update(of=("self",)).filter(
        case_id=case_id, state__in=Meeting.OPEN, set_aside_at=None
    )
    meeting = open_.first()
    if meeting is None:
        try:
            with transaction.atomic():
                return Meeting.objects.create(
                    school_id=student.school_id, student=student, case_id=case_id, **values
                )
        except IntegrityError:
            meeting = open_.get()
    if meeting.state != Meeting.State.PREPARING:
        raise WrongState("时间已经发出，不能再改会谈安排。", meeting=str(meeting.pk))
    for name, value in values.items():
        setattr(meeting, name, value)
    meeting.save(update_fields=list(values))
    return meeting


def _invite(meeting: Meeting, household: Family, others: Mapping[UUID, Capacity]) -> None:
    """The list as it is now decided; nobody has been told of it yet."""
    meeting.invitees.all().delete()
    wanted = [
        *(
            _asked(meeting, pk, Capacity.GUARDIAN, turn)
            for turn, pk in enumerate(household.invited)
        ),
        *(_asked(meeting, pk, capacity) for pk, capacity in others.items()),
        *(_kept_away(meeting, pk, reason) for pk, reason in household.shut_out.items()),
    ]
    if meeting.student_present:
        wanted.append(_asked(meeting, meeting.student.person_id, Capacity.STUDENT))
    MeetingInvitee.objects.bulk_create(wanted)


def _asked(meeting: Meeting, person: UUID, capacity: Capacity, turn: int = 0) -> MeetingInvitee:
    return MeetingInvitee(
        school_id=meeting.school_id, meeting=meeting, person_id=person, capacity=capacity,
        part=MeetingInvitee.Part.MUST, turn=turn,
    )  # fmt: skip


def _kept_away(meeting: Meeting, person: UUID, reason: str) -> MeetingInvitee:
    return MeetingInvitee(
        school_id=meeting.school_id, meeting=meeting, person_id=person,
        capacity=Capacity.GUARDIAN, part=MeetingInvitee.Part.MUST_NOT, reason=reason,
    )  # fmt: skip
