"""The family whose long file is measured: who it is, and what everything else hangs on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from parties.models import Membership, Person, Student
from parties.roles import Role
from records.models import ActionItem, FileEntry
from workflow.models import Case

_GAP: Final = timedelta(minutes=37)


@dataclass(frozen=True, slots=True)
class Story:
    """Who and what everything else hangs on: a family, a teacher, one plan, one notice's case."""

    student: Student
    mother: Person
    teacher: Person
    plan: Case
    chores: ActionItem
    mail: Case
    newest: datetime

    def moment(self, number: int) -> datetime:
        return self.newest - number * _GAP

    def entry(self, number: int, kind: str, object_id: UUID, **given: Any) -> FileEntry:
        readers = given.pop("readers")
        return FileEntry(
            school_id=self.student.school_id,
            student=self.student,
            at=self.moment(number),
            kind=kind,
            object_id=object_id,
            readers=sorted(role.value for role in readers),
            **{"party": FileEntry.Party.SCHOOL, **given},
        )


#: Takes the numbers of its entries and gives these back with their objects stored.
Maker = Callable[[Story, Sequence[int]], Sequence[FileEntry]]


def begin(student: Student, mother: Person, *, at: datetime) -> Story:
    """The things that are there once. Inside a scope."""
    school_id = student.school_id
    teacher = Person.objects.create(school_id=school_id, name="测速班主任")
    Membership.objects.create(
        school_id=school_id,
        person=teacher,
        role=Role.HT,
        school_class=student.school_class,
        starts_at=at - timedelta(days=3_650),
    )
    usual = {"school_id": school_id, "opened_at": at, "alarm_at": at}
    plan = Case.objects.create(student=student, channel="MEETING", shown_channel="MEETING", **usual)
    mail = Case.objects.create(channel="NOTICE", **usual)
    chores = item(student, plan, number=0, moment=at)
    chores.item_no = "XD-CHORES"
    chores.save(force_insert=True)
    return Story(student, mother, teacher, plan, chores, mail, at)


def item(student: Student, plan: Case, *, number: int, moment: datetime) -> ActionItem:
    return ActionItem(
        school_id=student.school_id,
        student=student,
        case_id=plan.pk,
        item_no=f"XD-{number:08d}",
        title="每日签到监督作业",
        owner_party="FAMILY",
        starts_on=moment.date(),
        due_at=moment,
        overdue_from=moment,
        created_at=moment,
    )
