"""学校需要改期, on a phone: the door on the meeting's page, the reason, and who is told again."""

import copy
import re
from typing import Any

import pytest

from parties import tenancy
from records.models import Meeting, MeetingReply
from tests.api.meeting_stories import moments, on_offer
from tests.factories import MINUTE, World
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.meeting_walk import MeetingWalk
from tests.workflow.moves import lower, upgrade
from workflow.models import Notification

pytestmark = pytest.mark.django_db

WHY = "当天下午全校抽考"
DOOR = "学校需要改期…"


@pytest.fixture
def walk(world: World) -> MeetingWalk:
    """The mother has taken the first of the times."""
    walk = on_offer(world)
    walk.choose(1)
    return walk


def meeting_of(walk: MeetingWalk) -> str:
    return f"/meetings/{walk.meeting.pk}"


def page_of(walk: MeetingWalk) -> str:
    return f"{meeting_of(walk)}/move"


def opened(walk: MeetingWalk, who: str = "teacher") -> Phone:
    phone = by_password(walk.world, who)
    assert phone.open(page_of(walk)).status_code == 200
    return phone


def press(phone: Phone, walk: MeetingWalk, words: str = WHY) -> None:
    phone.send(page_of(walk), words=words, seen=phone.value("seen"))


def says(walk: MeetingWalk, who: str) -> str:
    phone = by_password(walk.world, who)
    phone.open(meeting_of(walk))
    return phone.html


def told(walk: MeetingWalk, template: str) -> int:
    """Messages of this template to the mother inside the product."""
    with tenancy.scope(walk.world.id):
        found = Notification.objects.filter(case=walk.case_id, template=template)
        return found.filter(recipient=walk.world["mother"], channel="in_app").count()


def changed(walk: MeetingWalk, times: int) -> None:
    with tenancy.scope(walk.world.id):
        Meeting.objects.filter(pk=walk.meeting_inside().pk).update(changes=times)


def test_from_the_case_to_another_date_and_everybody_is_told_again(walk: MeetingWalk) -> None:
    phone = by_password(walk.world, "teacher")
    phone.open(f"/cases/{walk.case_id}")
    assert f'href="{meeting_of(walk)}"' in phone.html
    phone.open(meeting_of(walk))
    assert f'href="{page_of(walk)}">{DOOR}' in phone.html
    phone.open(page_of(walk))
    assert "不算在家长的两次改期里" in phone.text
    assert "10:00–10:45" in phone.text

    press(phone, walk)

    assert phone.page.request["PATH_INFO"] == meeting_of(walk)
    assert WHY in phone.text
    assert (walk.meeting.state, walk.meeting.changes, told(walk, "meeting.called_off")) == (
        "PREPARING",
        0,
        1,
    )
    task = walk.task("meeting_offer_slots")
    assert f'href="/tasks/{task.pk}">提供新的时间' in phone.html
    times = [f"{moment:%Y-%m-%dT%H:%M}" for moment in moments()]
    slots = {f"answer-slot_{n}_at": one for n, one in enumerate(times, 1)}
    given = {**slots, "answer-minutes": "45", "answer-place_kind": "OFFICE", "answer-place": "302"}
    phone.open(f"/tasks/{task.pk}")
    phone.send(f"/tasks/{task.pk}", **given, sure="1")
    assert walk.meeting.state == "OFFERED"
    walk.choose(3)
    assert told(walk, "meeting.invitation") == 2


@pytest.mark.parametrize(
    ("words", "mistake"),
    [(" ", "请写明为什么改期"), ("他是差生，改天再谈", "差生")],
)
def test_a_word_that_cannot_stay_is_named_at_its_field(
    walk: MeetingWalk, words: str, mistake: str
) -> None:
    phone = opened(walk)

    press(phone, walk, words)

    assert phone.page.status_code == 400
    assert mistake in phone.html.split('id="field-words"')[1].split("<textarea")[0]
    assert words.strip() in phone.html
    assert walk.meeting.state == "AGREED"


def test_a_second_tap_counts_once(walk: MeetingWalk) -> None:
    phone = opened(walk)
    again = copy.copy(phone)
    press(phone, walk)

    press(again, walk)

    assert again.page.request["PATH_INFO"] == meeting_of(walk)
    assert (walk.meeting.changes, told(walk, "meeting.called_off")) == (0, 1)
    with tenancy.scope(walk.world.id):
        assert MeetingReply.objects.filter(kind="CHANGE").count() == 1


def test_a_date_that_was_agreed_meanwhile_is_shown_before_it_is_moved(world: World) -> None:
    walk = on_offer(world)
    phone = opened(walk)
    assert "已约定" not in phone.text
    walk.choose(3)

    press(phone, walk)

    assert phone.page.status_code == 409
    assert "您填写的时候，时间有了变化" in phone.text
    assert "18:00–18:45" in phone.text
    assert WHY in phone.html
    assert walk.meeting.state == "AGREED"
    press(phone, walk)
    assert walk.meeting.state == "PREPARING"


def test_what_the_family_moved_a_moment_before_is_not_moved_again(walk: MeetingWalk) -> None:
    phone = opened(walk)
    walk.change()

    press(phone, walk)

    assert phone.page.status_code == 409
    assert "现在不能改期" in phone.text
    assert WHY in phone.text
    assert walk.meeting.changes == 1


def test_after_the_familys_two_changes_the_school_still_moves_its_date(walk: MeetingWalk) -> None:
    changed(walk, 2)
    assert DOOR in says(walk, "teacher")
    assert "家长已经改过两次时间" in says(walk, "teacher")

    press(opened(walk), walk)

    assert (walk.meeting.state, told(walk, "meeting.called_off")) == ("PREPARING", 1)


@pytest.mark.parametrize(
    ("who", "status"),
    [("mother", 403), ("student", 403), ("mentor", 404), ("counsellor", 404), ("stranger", 404)],
)
def test_who_does_not_arrange_it_has_no_door_and_no_page(
    walk: MeetingWalk, who: str, status: int
) -> None:
    page = says(walk, who)

    assert page_of(walk) not in page
    assert f"/cases/{walk.case_id}" not in page
    phone = by_password(walk.world, who)
    assert phone.open(page_of(walk)).status_code == status
    phone.open("/")
    assert phone.send(page_of(walk), words=WHY, seen="1.1.0").status_code == status
    assert walk.meeting.state == "AGREED"


def test_the_schools_reason_stays_with_the_school(walk: MeetingWalk) -> None:
    press(opened(walk), walk)

    assert WHY in says(walk, "grade_leader")
    for who in ("mother", "father", "student"):
        assert WHY not in says(walk, who), who


def test_a_link_for_this_meeting_does_not_move_it_for_the_school(walk: MeetingWalk) -> None:
    phone = by_link(walk.world, "mother", purpose="MEETING", target_id=walk.meeting.pk)

    assert "申请改期" in phone.text
    assert page_of(walk) not in phone.html
    assert phone.open(page_of(walk)).status_code == 403


def test_in_a_crisis_nobody_moves_the_date(walk: Any) -> None:
    upgrade(walk)

    assert not re.search(r"/move", says(walk, "teacher"))
    assert by_password(walk.world, "teacher").open(page_of(walk)).status_code == 403


def test_a_meeting_that_counts_no_more_does_not_move_the_one_that_does(walk: Any) -> None:
    phone, old = opened(walk), page_of(walk)
    for step in (lower, back_to_a_meeting):
        walk.at += MINUTE
        step(walk)
    walk.do("meeting_prepare")
    assert page_of(walk) != old

    phone.send(old, words=WHY, seen=phone.value("seen"))

    assert phone.page.status_code == 404
    assert walk.meeting.changes == 0


def back_to_a_meeting(walk: Any) -> None:
    upgrade(walk, to="MEETING")


def test_what_the_family_said_stands_where_new_times_are_offered(world: World) -> None:
    walk = on_offer(world)
    walk.change(words="周三晚上可以\n白天在厂里上班")
    walk.at += MINUTE
    task = f"/tasks/{walk.task('meeting_offer_slots').pk}"

    phone = by_password(world, "teacher")
    phone.open(task)

    assert "周三晚上可以 白天在厂里上班" in phone.text
    assert f'href="{meeting_of(walk)}"' in phone.html
