"""Guardians who may be told only after a notice went out hear of it on the next rung, while it is
open; their own time counts from then on.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.models import GuardianLink, Restriction, Student
from records import notice_owing, notice_unreached
from records.models import Notice, NoticeReceipt
from tests.factories import CN, LONG_AGO, World
from tests.processes.notice_walk import FRIDAY, Sent, second_family, sent
from workflow import notice_answering, notice_sending
from workflow.models import Case

pytestmark = pytest.mark.django_db

FIRST = [("in_app", "notice.new"), ("sms", "notice.link")]
TEXTED = [("sms", "notice.link")]


def hours(number: float) -> datetime:
    return FRIDAY + timedelta(hours=number)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=CN)


def access(world: World, *names: str, given: bool) -> None:
    with tenancy.scope(world.id):
        links = GuardianLink.objects.filter(guardian__in=[world[name] for name in names])
        links.update(child_data_access=given)


def untold(world: World, **given: Any) -> Sent:
    """Nobody of the student's family may be told when it goes out; another family is silent."""
    second_family(world)
    access(world, "father", "mother", given=False)
    return sent(world, **given)


def has_receipt(walk: Sent, who: str) -> bool:
    with tenancy.scope(walk.world.id):
        mine = NoticeReceipt.objects.filter(notice=walk.notice_id, guardian=walk.world[who])
        return mine.exists()


def places(walk: Sent) -> tuple[list[str], list[str]]:
    """Children on the teacher's list, and those on the one below it."""
    notice = walk.notice
    with tenancy.scope(walk.world.id):
        viewer = Viewer.load(walk.world["teacher"], at=walk.at)
        owing = notice_owing.people(viewer=viewer, notice=notice)
        missed = notice_unreached.children(viewer=viewer, notice=notice)
        return [one.student.person.name for one in owing], [one.person.name for one in missed]


def meetings(walk: Sent, child: str = "student") -> int:
    with tenancy.scope(walk.world.id):
        return Case.objects.filter(channel="MEETING", student__person=walk.world[child]).count()


def test_a_guardian_who_gets_access_hears_of_it_on_the_next_rung(world: World) -> None:
    walk = untold(world)
    assert places(walk) == (["classmate"], ["student"])
    access(world, "mother", given=True)
    assert places(walk) == (["classmate"], ["student"])

    walk.wait(until=hours(24))

    assert sorted(walk.messages(to="mother")) == FIRST
    assert sorted(places(walk)[0]) == ["classmate", "student"]
    assert places(walk)[1] == []
    assert not has_receipt(walk, "father")
    walk.wait(until=hours(48))
    assert walk.messages(to="mother")[2:] == TEXTED
    walk.wait(until=hours(72))
    assert walk.receipt("mother").rung == 3


def test_a_guardian_who_was_linked_later_is_on_the_list_for_the_call(world: World) -> None:
    walk = sent(world)
    walk.wait(until=hours(48))
    with tenancy.scope(world.id):
        world.guardian("grandmother", "OTHER")
    walk.wait(until=hours(72))

    assert sorted(walk.messages(to="grandmother")) == FIRST
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=walk.at)
        [family] = notice_owing.people(viewer=viewer, notice=Notice.objects.get())
        assert {one.guardian.name for one in family.guardians} == {
            "father", "mother", "grandmother",
        }  # fmt: skip
    assert set(walk.open_tasks()) == {"notice_call"}


def test_who_was_just_told_gives_no_reason_to_call(world: World) -> None:
    access(world, "father", "mother", given=False)
    walk = sent(world)
    walk.wait(until=hours(48))
    access(world, "father", given=True)

    walk.wait(until=hours(72))
    assert (has_receipt(walk, "father"), walk.open_tasks()) == (True, {})
    walk.wait(until=hours(96))
    assert set(walk.open_tasks()) == {"notice_call_second"}


def test_a_third_guardian_of_a_child_who_moved_hears_of_it(world: World) -> None:
    walk = sent(world)
    with tenancy.scope(world.id):
        Student.objects.filter(pk=world.student.pk).update(school_class=world.other_class)
        world.guardian("grandmother", "OTHER")

    walk.wait(until=hours(24))

    assert sorted(walk.messages(to="grandmother")) == FIRST


def test_the_own_five_working_days_pass_before_a_meeting(world: World) -> None:
    walk = untold(world, needs_answer=True)
    walk.wait(until=hours(48))
    access(world, "mother", given=True)
    walk.wait(until=hours(72))  # Monday
    walk.wait(until=hours(96))
    walk.wait(until=local(15, 17, 30))
    assert (meetings(walk, "classmate"), meetings(walk)) == (1, 0)

    walk.wait(until=local(16, 7))
    walk.wait(until=local(19, 7))
    assert meetings(walk) == 0  # Monday 19 is the fifth working day; it ends at 17:30
    walk.wait(until=local(20, 7))
    assert meetings(walk) == 1
    walk.wait(until=local(21, 7))
    assert (meetings(walk, "classmate"), meetings(walk)) == (1, 1)


def test_a_guardian_after_the_meeting_makes_no_second_one(world: World) -> None:
    walk = untold(world, needs_answer=True, deadline=local(30, 12))
    walk.wait(until=hours(96))
    access(world, "mother", given=True)
    walk.wait(until=local(15, 17, 30))
    assert walk.receipt("mother").created_at == walk.at
    with tenancy.scope(world.id):
        child = Student.objects.get(person=world["classmate"])
        aunt = world.add("aunt", phone="+8619955000002")
        GuardianLink.objects.create(
            school=world.school, student=child, guardian=aunt, relation="OTHER"
        )
    for day in range(16, 27):
        walk.wait(until=local(day, 7))

    assert has_receipt(walk, "aunt")
    assert (meetings(walk, "classmate"), meetings(walk)) == (1, 1)


@pytest.mark.parametrize("end", ["deadline", "closed", "barred"])
def test_nothing_is_sent_late_that_is_over_or_forbidden(world: World, end: str) -> None:
    deadline = hours(36) if end == "deadline" else None
    walk = untold(world, needs_answer=True, deadline=deadline)
    if end == "barred":
        with tenancy.scope(world.id):
            Restriction.objects.create(
                school=world.school, student=world.student, person=world["mother"],
                kind=Restriction.Kind.NO_CONTACT, starts_at=LONG_AGO,
            )  # fmt: skip
    if end == "closed":
        with tenancy.scope(world.id):
            receipt = NoticeReceipt.objects.get(guardian=world["other_mother"])
        who: dict[str, Any] = {"by": world["other_mother"], "at": walk.at, "school_id": world.id}
        notice_answering.reply(receipt_id=receipt.pk, **who, text="知道了")
        notice_answering.confirm(receipt_id=receipt.pk, **who, how="APP")
        assert walk.notice.state == Notice.State.CLOSED
    walk.wait(until=hours(37))
    access(world, "mother", given=True)
    walk.wait(until=hours(48))
    with tenancy.scope(world.id):
        assert notice_sending.send_late(Notice.objects.get(), rung=2, at=walk.at) == 0

    assert (has_receipt(walk, "mother"), walk.messages(to="mother")) == (False, [])
    assert "student" in places(walk)[1]


def test_who_came_to_the_school_after_the_end_was_not_missed(world: World) -> None:
    walk = untold(world, deadline=hours(36))
    walk.wait(until=hours(37))
    assert walk.notice.state == Notice.State.CLOSED
    with tenancy.scope(world.id):
        newcomer = world.pupil("newcomer", world.school_class)
        Student.objects.filter(pk=newcomer.pk).update(enrolled_on=hours(240).date())

    assert places(walk)[1] == ["student"]


def test_late_ones_fill_a_batch_before_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = untold(world)
    access(world, "mother", given=True)
    monkeypatch.setattr(notice_sending, "BATCH", 2)

    with tenancy.scope(world.id):
        notice = Notice.objects.get()
        assert notice_sending.remind(notice, rung=1, at=hours(24)) == notice_sending.NOW
        assert notice_sending.remind(notice, rung=1, at=hours(24)) == notice_sending.DONE

    assert sorted(walk.messages(to="mother")) == FIRST
    assert walk.messages(to="other_mother")[2:] == [
        ("in_app", "notice.new"),
        ("sms", "notice.link"),
    ]
