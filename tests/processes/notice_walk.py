"""Walks a notice through the real services with a clock that the test moves by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from ledger.models import Event
from parties import tenancy
from parties.models import CalendarDay, GuardianLink, Student
from records import notices as drafts
from records.models import Notice, NoticeReceipt
from records.notices import Draft
from tests.factories import CN, World, people_of
from workflow import human_tasks, notice_answering, notices, processes
from workflow.models import Case, HumanTask, Notification, ProcessInstance

#: Friday morning before a working Saturday (调休) in the world's calendar.
FRIDAY: Final = datetime(2026, 10, 9, 10, 0, tzinfo=CN)
_LIVE: Final = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]


@dataclass
class Sent:
    """One notice under way; `at` moves only when the test says so."""

    world: World
    notice_id: UUID
    at: datetime = field(default=FRIDAY)

    @property
    def notice(self) -> Notice:
        with tenancy.scope(self.world.id):
            return Notice.objects.get(pk=self.notice_id)

    @property
    def case_id(self) -> UUID:
        found = self.notice.case_id
        assert found is not None
        return found

    @property
    def case(self) -> Case:
        case_id = self.case_id
        with tenancy.scope(self.world.id):
            return Case.objects.get(pk=case_id)

    @property
    def instance(self) -> ProcessInstance:
        case_id = self.case_id
        with tenancy.scope(self.world.id):
            return ProcessInstance.objects.get(case=case_id, process_key="notice")

    def submit(self, by: str = "teacher") -> None:
        notices.submit(
            school_id=self.world.id, notice_id=self.notice_id, by=self.world[by], at=self.at
        )

    def open_tasks(self) -> dict[str, HumanTask]:
        case_id = self.case_id
        with tenancy.scope(self.world.id):
            tasks = HumanTask.objects.filter(case=case_id, state__in=_LIVE)
            return {task.name: task for task in tasks}

    def open_task_of(self, name: str, person: str) -> UUID:
        """Where several classes call, `name` is open once for each."""
        case_id = self.case_id
        with tenancy.scope(self.world.id):
            tasks = HumanTask.objects.filter(case=case_id, name=name, state__in=_LIVE)
            return tasks.get(candidates__contains=[self.world[person].pk]).pk

    def candidates(self, name: str) -> set[str]:
        return people_of(self.world, set(self.open_tasks()[name].candidates))

    def decide(self, name: str, by: str, outcome: str = "approved") -> None:
        human_tasks.complete(
            school_id=self.world.id,
            task_id=self.open_tasks()[name].pk,
            by=self.world[by],
            at=self.at,
            answer={"outcome": outcome},
        )

    def wait(self, *, until: datetime | None = None, **time: float) -> None:
        """Let time pass, then sweep until nothing moves."""
        self.at = until or self.at + timedelta(**time)
        for _ in range(3):
            processes.start_pending(via="test", lane="routine", at=self.at)
            processes.step_due(via="test", lane="routine", at=self.at)

    def receipt(self, guardian: str, student: Student | None = None) -> NoticeReceipt:
        with tenancy.scope(self.world.id):
            return NoticeReceipt.objects.get(
                notice=self.notice_id,
                guardian=self.world[guardian],
                student=student or self.world.student,
            )

    def act(self, verb: str, guardian: str, **given: Any) -> NoticeReceipt:
        """`guardian` opens, confirms, signs or replies."""
        given = given if verb == "reply" else {"how": "APP", **given}
        made: NoticeReceipt = getattr(notice_answering, verb)(
            school_id=self.world.id,
            receipt_id=self.receipt(guardian).pk,
            by=self.world[guardian],
            at=self.at,
            **given,
        )
        return made

    def messages(self, *, to: str = "", channel: str = "") -> list[tuple[str, str]]:
        """(channel, template) of what was promised about this notice, in order."""
        case_id = self.case_id
        with tenancy.scope(self.world.id):
            found = Notification.objects.filter(case=case_id)
            if to:
                found = found.filter(recipient=self.world[to])
            if channel:
                found = found.filter(channel=channel)
            return list(found.order_by("created_at", "channel").values_list("channel", "template"))

    def kinds(self) -> list[str]:
        case_id = self.case_id
        with tenancy.scope(self.world.id):
            found = Event.objects.filter(subject_type="case", subject_id=case_id)
            return list(found.order_by("pk").values_list("kind", flat=True))


def drafted(world: World, *, by: str = "teacher", at: datetime = FRIDAY, **given: Any) -> Sent:
    """A clean draft for the student's class, to be confirmed."""
    with tenancy.scope(world.id):
        CalendarDay.objects.get_or_create(
            school=world.school, date=datetime(2026, 10, 10, tzinfo=CN).date(), is_working=True
        )
    values: dict[str, Any] = {
        "title": "家长会通知",
        "body": "各位家长：下周五下午两点召开家长会，请准时参加。",
        "scope": "CLASS",
        "strength": "CONFIRM",
        "school_class": world.school_class.pk,
        **given,
    }
    made = drafts.draft(school_id=world.id, by=world[by], at=at, given=Draft(**values))
    return Sent(world, made.pk, at)


def sent(world: World, **given: Any) -> Sent:
    """Submitted by the homeroom teacher, who approves for the own class by that."""
    walk = drafted(world, **given)
    walk.submit()
    return walk


def second_family(world: World) -> Student:
    """A classmate with a mother of their own."""
    with tenancy.scope(world.id):
        other = Student.objects.get(person=world["classmate"])
        mother = world.add("other_mother", phone="+8619955000001")
        GuardianLink.objects.create(
            school=world.school, student=other, guardian=mother, relation="MOTHER"
        )
    return other
