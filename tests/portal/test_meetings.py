"""Choosing a time on a phone: by a one-time link, without script, in plain Chinese."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from icalendar import Calendar

from parties import clock, tenancy
from parties.models import Restriction
from portal.meetings import when
from records.meetings import rows
from tests.api.meeting_stories import begun, moments, on_offer
from tests.factories import HOUR, LONG_AGO, MINUTE, World
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.meeting_walk import MeetingWalk
from workflow.models import CaseParty

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(world: World) -> MeetingWalk:
    return on_offer(world)


@pytest.fixture
def phone(world: World, walk: MeetingWalk) -> Phone:
    """The mother followed the link in her message."""
    return by_link(world, "mother", purpose="MEETING", target_id=walk.meeting.pk)


def address(walk: MeetingWalk) -> str:
    return f"/meetings/{walk.meeting.pk}"


def press(phone: Phone, walk: MeetingWalk, number: int) -> None:
    slots = re.findall(r'name="slot" value="([^"]+)"', phone.html)
    phone.send(address(walk), slot=slots[number - 1])


def test_the_link_lands_on_the_times(phone: Phone) -> None:
    begins = timezone.localtime(moments()[2])

    assert phone.page.status_code == 200
    assert f"{begins.month}月{begins.day}日（周" in phone.text
    assert "18:00–18:45（晚间） 学校办公室 行政楼 302" in phone.text
    assert "两次实训考核未达标" in phone.text
    assert phone.html.count('name="slot"') == 3
    assert "<script" not in phone.html


def test_a_choice_is_confirmed_with_an_entry_for_the_calendar(
    phone: Phone, walk: MeetingWalk
) -> None:
    press(phone, walk, 3)

    assert "时间已经约定" in phone.text
    assert 'name="slot"' not in phone.html
    entry = phone.client.get(f"{address(walk)}/calendar")
    assert entry["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in entry["Content-Disposition"]
    calendar: Any = Calendar.from_ical(entry.content)
    event: Any = calendar.walk("VEVENT")[0]
    assert event["DTSTART"].dt == moments()[2]
    # RFC 5546: a request is addressed to somebody, a publication to nobody.
    assert (calendar["METHOD"], "ATTENDEE" in event) == ("PUBLISH", False)
    assert "student" not in entry.content.decode()


def test_whoever_signs_in_finds_the_times_without_a_message(
    world: World, walk: MeetingWalk
) -> None:
    door = f'href="{address(walk)}"'
    mother = by_password(world, "mother")
    for page in ("/", f"/cases/{walk.case_id}"):
        mother.open(page)
        assert door in mother.html, page
    mother.open("/")
    assert "student：请选择会谈的时间" in mother.text

    walk.choose(3)
    mother.open("/")
    assert f"student：{when(walk.slots()[2])}" in mother.text
    student = by_password(world, "student")
    assert door in student.html
    assert door not in by_password(world, "mentor").html


def test_a_father_who_must_not_be_met_finds_no_door(world: World, walk: MeetingWalk) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"],
            kind=Restriction.Kind.NO_MEETING, starts_at=LONG_AGO,
        )  # fmt: skip

    assert "与学校的会谈" not in by_password(world, "father").text


def test_a_no_is_confirmed_also_when_all_times_have_passed(world: World) -> None:
    walk = on_offer(world, ago=timedelta(days=9))
    phone = by_link(world, "mother", purpose="MEETING", target_id=walk.meeting.pk)
    assert "学校提供的时间都已经过去" in phone.text
    assert "已经记下" not in phone.text

    phone.send(f"{address(walk)}/decline", words="")

    assert "您说过不参加，已经记下" in phone.text


def test_no_entry_before_there_is_a_date(phone: Phone, walk: MeetingWalk) -> None:
    assert phone.client.get(f"{address(walk)}/calendar").status_code == 404


def test_none_of_the_times_suits(phone: Phone, walk: MeetingWalk) -> None:
    phone.send(f"{address(walk)}/change", words=" ")
    assert phone.page.status_code == 400
    assert "请写几个您方便的时间" in phone.text
    phone.send(f"{address(walk)}/change", words="周三晚上")

    assert "正在重新安排时间" in phone.text
    assert "您的话已经记下，学校安排时会看到：周三晚上" in phone.text
    assert walk.open() == {"meeting_offer_slots"}


def test_whoever_arranges_it_reads_what_is_offered_and_who_declined(
    world: World, phone: Phone, walk: MeetingWalk
) -> None:
    teacher = by_password(world, "teacher")
    teacher.open(address(walk))
    offered = teacher.text.partition("已提供的时间，等家长选择")[2]
    assert "18:00–18:45（晚间）" in offered
    assert "说过不参加的家长" not in offered
    phone.send(f"{address(walk)}/decline", words="那周要上夜班")
    teacher.open(address(walk))

    said = teacher.text.partition("说过不参加的家长")[2]
    assert "mother，" in said
    assert "那周要上夜班" in said
    assert "已提供的时间" not in phone.text


def test_a_time_that_has_passed_is_no_button(phone: Phone, walk: MeetingWalk) -> None:
    with tenancy.scope(walk.world.id):
        first = rows.on_offer(walk.meeting_inside())[0]
        first.starts_at, first.ends_at = clock.now() - HOUR, clock.now() - MINUTE
        first.save()
    phone.open(address(walk))

    assert phone.html.count('name="slot"') == 2
    assert str(first.pk) not in phone.html


def test_when_all_times_have_passed_the_page_says_what_can_still_be_done(world: World) -> None:
    walk = on_offer(world, ago=timedelta(days=30))
    phone = by_link(world, "mother", purpose="MEETING", target_id=walk.meeting.pk)

    assert 'name="slot"' not in phone.html
    assert "学校提供的时间都已经过去" in phone.text
    phone.send(f"{address(walk)}/change", words="周三晚上")
    assert "正在重新安排时间" in phone.text


def test_an_agreed_time_may_be_changed_and_after_two_changes_one_phones(
    phone: Phone, walk: MeetingWalk
) -> None:
    press(phone, walk, 1)
    assert "申请改期" in phone.text
    with tenancy.scope(walk.world.id):
        meeting = walk.meeting_inside()
        meeting.changes = 2
        meeting.save()
    phone.open(address(walk))

    assert "申请改期" not in phone.text
    assert "已经改过两次" in phone.text
    assert "请打电话给teacher老师" in phone.text


def test_the_second_guardian_is_told_kindly(world: World, phone: Phone, walk: MeetingWalk) -> None:
    father = by_password(world, "father")
    father.open(address(walk))
    press(phone, walk, 1)
    press(father, walk, 2)

    assert father.page.status_code == 409
    assert "会谈已经约在" in father.text
    assert "可以申请改期" in father.text


def test_the_second_guardian_may_stay_away_from_the_agreed_time(
    world: World, phone: Phone, walk: MeetingWalk
) -> None:
    father = by_password(world, "father")
    press(phone, walk, 1)
    father.open(address(walk))
    assert "我不参加，会谈照常" in father.text
    father.send(f"{address(walk)}/decline", words="那天夜班")
    father.open(address(walk))
    phone.open(address(walk))

    assert "您说过不参加，已经记下；会谈照常。" in father.text
    assert "时间已经约定" in father.text
    assert "时间已经约定" in phone.text
    assert "会谈照常" not in phone.text


def test_who_declined_may_think_better_of_it(phone: Phone, walk: MeetingWalk) -> None:
    phone.send(f"{address(walk)}/decline", words="在外地")
    assert "仍可选择时间" in phone.text
    press(phone, walk, 2)

    assert "时间已经约定" in phone.text


def test_the_link_opens_this_meeting_and_nothing_else(phone: Phone, walk: MeetingWalk) -> None:
    for path in (f"/meetings/{uuid4()}", f"/cases/{walk.case_id}"):
        phone.open(path)
        assert phone.page.status_code == 403, path


@pytest.mark.parametrize("who", ["stranger", "classmate", "mentor", "counsellor", "auditor"])
def test_hidden_and_absent_are_the_same_page(world: World, walk: MeetingWalk, who: str) -> None:
    visitor = by_password(world, who)
    hidden = visitor.client.get(address(walk))
    absent = visitor.client.get(f"/meetings/{uuid4()}")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content


@pytest.mark.parametrize("kind", ["NO_MEETING", "NO_CONTACT", "DO_NOT_TELL"])
def test_a_barred_guardian_finds_nothing_even_by_a_link_of_yesterday(
    world: World, walk: MeetingWalk, kind: str
) -> None:
    visitor = by_link(world, "father", purpose="MEETING", target_id=walk.meeting.pk)
    assert visitor.page.status_code == 200
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"], kind=kind,
            starts_at=LONG_AGO,
        )  # fmt: skip

    assert visitor.client.get(address(walk)).status_code == 404
    slot = str(walk.slots()[0].pk)
    visitor.send(address(walk), slot=slot)
    assert visitor.page.status_code == 404
    assert walk.meeting.state == "OFFERED"


def test_what_a_page_sends_is_no_fault_whatever_it_is(phone: Phone, walk: MeetingWalk) -> None:
    for slot in ("", "x", "\x00", str(uuid4())):
        phone.send(address(walk), slot=slot)
        assert phone.page.status_code == 404
        phone.open(address(walk))


def test_the_teacher_picks_colleagues_or_the_mentor_and_never_the_family_to_come_along(
    world: World,
) -> None:
    teacher = by_password(world, "teacher")
    teacher.open(f"/tasks/{begun(world).task('meeting_prepare').pk}")

    boxes = set(re.findall(r'name="answer-people" value="([^"]+)"', teacher.html))
    names = {name for name, person in world.people.items() if str(person.pk) in boxes}
    assert names == {"counsellor", "grade_leader", "duty_officer", "head_of_office", "mentor"}
    assert "mentor（企业指导教师）" in teacher.text


def test_a_mentor_whom_the_case_names_is_not_offered(world: World) -> None:
    walk, teacher = begun(world), by_password(world, "teacher")
    with tenancy.scope(world.id):
        CaseParty.objects.create(
            school=world.school, case_id=walk.case_id, person=world["mentor"], part="SUSPECT",
            since=walk.at,
        )  # fmt: skip
    teacher.open(f"/tasks/{walk.task('meeting_prepare').pk}")

    assert str(world["mentor"].pk) not in teacher.html
