"""What is left to do about a notice when its own steps are over: children who changed class after
the calls, guardians who may be told only after the end, families told late who owe an answer.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.models import GuardianLink, Membership, Restriction, SchoolClass, Student
from parties.roles import Role
from records import notice_owing, notice_unreached
from records.models import Notice, NoticeReceipt
from tests.factories import CN, LONG_AGO, World
from tests.portal.visitors import by_password
from tests.processes.notice_walk import FRIDAY, Sent, second_family, sent
from workflow import human_tasks, notice_aftercare, notice_answering
from workflow.errors import InvalidInput
from workflow.models import Case, HumanTask

pytestmark = pytest.mark.django_db


def hours(number: float) -> datetime:
    return FRIDAY + timedelta(hours=number)


def local(day: int, hour: int) -> datetime:
    return datetime(2026, 10, day, hour, 0, tzinfo=CN)


def access(world: World, *names: str, given: bool) -> None:
    with tenancy.scope(world.id):
        links = GuardianLink.objects.filter(guardian__in=[world[name] for name in names])
        links.update(child_data_access=given)


def move(world: World, who: str, to: SchoolClass) -> None:
    with tenancy.scope(world.id):
        Student.objects.filter(person=world[who]).update(school_class=to)


def look(walk: Sent, *, at: datetime | None = None) -> int:
    walk.at = at or walk.at
    return notice_aftercare.look_due(via="test", at=walk.at)


def calls(walk: Sent, who: str) -> list[HumanTask]:
    case_id = walk.case_id
    with tenancy.scope(walk.world.id):
        tasks = HumanTask.objects.filter(case=case_id, name__startswith="notice_call")
        return list(tasks.filter(candidates__contains=[walk.world[who].pk]).order_by("created_at"))


def answered(walk: Sent, who: str) -> None:
    with tenancy.scope(walk.world.id):
        receipt = NoticeReceipt.objects.get(guardian=walk.world[who])
    given: dict[str, Any] = {"by": walk.world[who], "at": walk.at, "school_id": walk.world.id}
    notice_answering.reply(receipt_id=receipt.pk, **given, text="知道了")
    notice_answering.confirm(receipt_id=receipt.pk, **given, how="APP")


def receipts(walk: Sent, who: str) -> int:
    with tenancy.scope(walk.world.id):
        return NoticeReceipt.objects.filter(guardian=walk.world[who]).count()


def meetings(walk: Sent) -> int:
    with tenancy.scope(walk.world.id):
        return Case.objects.filter(channel="MEETING", student=walk.world.student).count()


# --- a child who changes class after the calls ---------------------------------------------------


def called(world: World) -> Sent:
    """Both families are silent, and the second guardian was to be called."""
    second_family(world)
    walk = sent(world)
    for passed in (24, 48, 72, 96):
        walk.wait(until=hours(passed))
    assert [task.name for task in calls(walk, "teacher")] == ["notice_call", "notice_call_second"]
    return walk


def test_who_follows_up_now_is_asked_to_call_and_once(world: World) -> None:
    walk = called(world)
    move(world, "student", world.other_class)

    assert look(walk, at=hours(98)) == 1

    [task] = calls(walk, "stranger")
    assert (task.name, task.state, task.about) == (
        "notice_call_second", HumanTask.State.OPEN, world.other_class.pk,
    )  # fmt: skip
    assert ("in_app", "task.new") in walk.messages(to="stranger")
    assert look(walk, at=hours(99)) == 0
    assert len(calls(walk, "stranger")) == 1


def test_the_former_teacher_keeps_the_call_for_who_is_left(world: World) -> None:
    walk = called(world)
    move(world, "student", world.other_class)
    look(walk)
    assert {task.state for task in calls(walk, "teacher")} == {HumanTask.State.OPEN}

    move(world, "classmate", world.other_class)
    look(walk)
    assert {task.state for task in calls(walk, "teacher")} == {HumanTask.State.CANCELLED}
    assert len(calls(walk, "stranger")) == 1


def test_a_child_who_moves_back_is_asked_for_again_alone(world: World) -> None:
    walk = called(world)
    move(world, "student", world.other_class)
    look(walk)
    done: dict[str, Any] = {"by": world["teacher"], "school_id": world.id, "at": walk.at}
    for task in calls(walk, "teacher"):
        said = {"done": "some", "note": "电话停机"}
        human_tasks.complete(task_id=task.pk, answer=said, **done)
    move(world, "student", world.school_class)

    look(walk, at=hours(100))

    again = calls(walk, "teacher")[-1]
    assert again.state == HumanTask.State.OPEN
    with pytest.raises(InvalidInput, match="还有 1 户"):
        human_tasks.complete(task_id=again.pk, answer={"done": "all"}, **done | {"at": hours(101)})


def test_where_nobody_can_call_it_is_asked_once_somebody_can(world: World) -> None:
    walk = called(world)
    move(world, "student", world.other_class)
    with tenancy.scope(world.id):
        posts = Membership.objects.exclude(person=world["teacher"])
        posts = posts.filter(role__in=[Role.HT, Role.GL, Role.ME])
        ended = list(posts.values_list("pk", flat=True))
        posts.update(ends_at=walk.at)
    look(walk, at=hours(98))
    assert calls(walk, "stranger") == []

    with tenancy.scope(world.id):
        Membership.objects.filter(pk__in=ended).update(ends_at=None)
    look(walk, at=hours(99))
    assert len(calls(walk, "stranger")) == 1


@pytest.mark.parametrize("why", ["answered", "night", "not_called", "same"])
def test_nobody_is_asked_without_need(world: World, why: str) -> None:
    second_family(world)
    walk = sent(world)
    if why != "not_called":
        walk.wait(until=hours(72))
        walk.wait(until=hours(96))
    if why == "answered":
        answered(walk, "mother")
    if why != "same":
        move(world, "student", world.other_class)

    look(walk, at=local(13, 23) if why == "night" else None)

    assert calls(walk, "stranger") == []


# --- a guardian who may be told only after the end -----------------------------------------------


def closed(world: World) -> Sent:
    """Only the father may be told; he answers, and that is everybody."""
    access(world, "mother", given=False)
    walk = sent(world, needs_answer=True)
    answered(walk, "father")
    assert walk.notice.state == Notice.State.CLOSED
    return walk


def test_a_guardian_told_after_the_end_finds_it_to_read(world: World) -> None:
    walk = closed(world)
    access(world, "mother", given=True)

    assert look(walk, at=hours(30)) == 1

    assert (receipts(walk, "mother"), walk.messages(to="mother")) == (1, [])
    with tenancy.scope(world.id):
        numbers = notice_owing.numbers(Notice.objects.get())
    assert (numbers.children, numbers.owing, meetings(walk)) == (1, 0, 0)
    assert walk.receipt("father").settled_at is not None
    assert look(walk, at=hours(31)) == 0
    phone = by_password(world, "mother")
    assert "家长会通知" in phone.text
    assert "待办理" not in phone.text
    phone.open(f"/notices/{walk.receipt('mother').pk}")
    assert "补给您阅读" in phone.text
    assert "学校需要您的答复" not in phone.text
    assert "知道了" not in phone.text  # what the father wrote is his


def test_a_child_of_whom_nobody_was_told_gets_no_meeting_after_the_end(world: World) -> None:
    second_family(world)
    access(world, "father", "mother", given=False)
    walk = sent(world, needs_answer=True)
    answered(walk, "other_mother")
    access(world, "mother", given=True)
    look(walk, at=hours(30))
    assert receipts(walk, "mother") == 1

    look(walk, at=hours(24 * 20))
    assert meetings(walk) == 0


@pytest.mark.parametrize("why", ["barred", "long_ago", "not_in_it"])
def test_it_is_not_for_everybody_nor_for_ever(world: World, why: str) -> None:
    walk = closed(world)
    access(world, "mother", given=True)
    with tenancy.scope(world.id):
        if why == "barred":
            Restriction.objects.create(
                school=world.school, student=world.student, person=world["mother"],
                kind=Restriction.Kind.NO_CONTACT, starts_at=LONG_AGO,
            )  # fmt: skip
        if why == "not_in_it":
            GuardianLink.objects.filter(guardian=world["mother"]).update(
                student=world.pupil("newcomer", world.school_class)
            )

    look(walk, at=hours(24 * 40) if why == "long_ago" else hours(30))

    assert receipts(walk, "mother") == 0


# --- a family told late whose days end after the notice ------------------------------------------


def late(world: World) -> Sent:
    """The mother is told on the third working day; the notice ends after the fifth."""
    second_family(world)
    access(world, "father", "mother", given=False)
    walk = sent(world, needs_answer=True, deadline=hours(120))
    for passed in (24, 48, 72):
        walk.wait(until=hours(passed))
    access(world, "mother", given=True)
    walk.wait(until=hours(96))  # Tuesday 13
    assert receipts(walk, "mother") == 1
    for day in (14, 15, 16):
        walk.wait(until=local(day, 18))
    assert (walk.notice.state, meetings(walk)) == (Notice.State.CLOSED, 0)
    return walk


def test_the_own_five_days_end_after_the_notice(world: World) -> None:
    walk = late(world)

    look(walk, at=local(19, 10))
    assert meetings(walk) == 0
    look(walk, at=local(21, 10))
    assert meetings(walk) == 1
    look(walk, at=local(22, 10))
    assert meetings(walk) == 1


def test_who_has_answered_meanwhile_gets_no_meeting(world: World) -> None:
    walk = late(world)
    answered(walk, "mother")

    look(walk, at=local(21, 10))

    assert meetings(walk) == 0


# --- a child without a receipt who leaves the class -----------------------------------------------


def unreached(walk: Sent, who: str) -> set[str]:
    notice = walk.notice
    with tenancy.scope(walk.world.id):
        viewer = Viewer.load(walk.world[who], at=walk.at)
        assert viewer.find(Notice, notice.pk) is not None
        found = notice_unreached.children(viewer=viewer, notice=notice)
        return {one.person.name for one in found}


def test_a_child_without_a_receipt_who_leaves_stays_unreached(world: World) -> None:
    walk = sent(world)
    assert unreached(walk, "teacher") == {"classmate"}

    move(world, "classmate", world.other_class)

    assert unreached(walk, "teacher") == set()
    assert unreached(walk, "stranger") == {"classmate"}
    with tenancy.scope(world.id):
        left = Student.objects.get(person=world["classmate"])
    assert walk.notice.untold == [left.pk]


def test_its_guardian_hears_of_it_on_the_next_rung(world: World) -> None:
    second_family(world)
    access(world, "other_mother", given=False)
    walk = sent(world)
    move(world, "classmate", world.other_class)
    access(world, "other_mother", given=True)

    walk.wait(until=hours(24))

    assert receipts(walk, "other_mother") == 1
    assert unreached(walk, "teacher") == set()


def test_a_teacher_without_a_child_of_it_sees_nothing(world: World) -> None:
    walk = sent(world)
    notice = walk.notice
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["stranger"], at=walk.at)
        assert viewer.find(Notice, notice.pk) is None
        teacher = Viewer.load(world["teacher"], at=walk.at)
        assert "untold" not in teacher.fields(notice)
