"""A meeting is finished from its pages: the record is written from the task that asks for it."""

import re
from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from records.models import CommunicationRecord
from tests.api.meeting_stories import begun, on_offer
from tests.factories import MINUTE, World
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.meeting_walk import MeetingWalk

TYPED = {
    "s_FACT": "10月8日、10月9日两次实训考核分别为 52 分、55 分，合格线 60 分。",
    "s_GUARDIAN_OPINION": "“周末在家补”",
    "s_ADVICE": "每周补一次课。",
    "s_CONSENSUS": "每周三晚补一次课，家长签到。",
}


@pytest.fixture
def held(world: World) -> MeetingWalk:
    """The mother chose the first time, and the meeting was over some days ago."""
    walk = on_offer(world, ago=timedelta(days=14), people=[str(world["counsellor"].pk)])
    walk.choose()
    walk.go_to(walk.slots()[0].ends_at + 5 * MINUTE)
    walk.do("meeting_hold")
    return walk


def address(walk: MeetingWalk) -> str:
    return f"/tasks/{walk.task('meeting_minutes').pk}"


def shown(phone: Phone) -> dict[str, Any]:
    """What the page filled in by itself."""
    ticked = re.findall(r'name="people" value="([^"]+)"[^>]*checked', phone.html)
    place = re.search(r'name="place_kind".*?value="(\w+)" selected', phone.html, re.DOTALL)
    return {
        "started_at": phone.value("started_at"),
        "place_kind": place[1] if place else "",
        "presence": "IN_PERSON",
        "nonce": phone.value("nonce"),
        "people": ticked,
    }


def stored(walk: MeetingWalk) -> CommunicationRecord:
    with tenancy.scope(walk.world.id):
        return CommunicationRecord.objects.get()


def test_the_task_leads_to_its_record_and_is_completed_behind_it(held: MeetingWalk) -> None:
    phone, task = by_password(held.world, "teacher"), address(held)
    phone.open(task)
    assert f'href="{task}/record"' in phone.html
    phone.open(f"{task}/record")
    assert "学业预警" in phone.text
    known = shown(phone)
    phone.send(f"{task}/record", offer="1", **known, **TYPED)

    record = stored(held)
    assert (record.case_id, record.trigger) == (held.case_id, "STUDY")
    assert record.state == "PENDING_SIGNATURES"
    assert phone.page.redirect_chain[-1][0] == task
    assert record.record_no in phone.text
    phone.send(task, as_read=phone.value("as_read"), **{"answer-read_back": "yes"})
    phone.send(task, sure="1", as_read=phone.value("as_read"), **{"answer-read_back": "yes"})
    assert "已提交" in phone.text
    assert "meeting_minutes" not in held.open()


def test_the_record_leads_to_its_case_and_shows_nobody_a_machines_number(
    held: MeetingWalk,
) -> None:
    world, phone, task = held.world, by_password(held.world, "teacher"), address(held)
    phone.open(f"{task}/record")
    phone.send(f"{task}/record", offer="1", **shown(phone), **TYPED)
    record = stored(held)

    for reader in (phone, by_password(world, "mother")):
        reader.open(f"/records/{record.pk}")
        assert f'href="/cases/{held.case_id}">查看事项' in reader.html
        assert str(held.case_id) not in reader.text
    link = by_link(world, "mother", purpose="RECORD", target_id=record.pk)
    assert record.record_no in link.text
    assert str(held.case_id) not in link.html


def test_who_is_known_to_come_is_ticked_and_written_down_as_what_they_are(
    held: MeetingWalk,
) -> None:
    world, phone, task = held.world, by_password(held.world, "teacher"), address(held)
    phone.open(f"{task}/record")
    known = shown(phone)
    assert str(world["mother"].pk) in known["people"]
    assert str(world["father"].pk) not in known["people"]
    assert f'value="{world["counsellor"].pk}"' in phone.html
    known["people"].append(str(world["counsellor"].pk))

    phone.send(f"{task}/record", keep="1", **known, **TYPED)

    with tenancy.scope(world.id):
        there = {one.person_id: one.capacity for one in stored_parts(held)}
    assert there[world["mother"].pk] == "GUARDIAN"
    assert there[world["counsellor"].pk] == "PSY"
    assert there[world["teacher"].pk] == "HT"


def stored_parts(walk: MeetingWalk) -> list[Any]:
    return list(CommunicationRecord.objects.get().participants.all())


def test_a_draft_in_a_drawer_does_not_complete_the_task(held: MeetingWalk) -> None:
    phone, task = by_password(held.world, "teacher"), address(held)
    phone.open(f"{task}/record")
    phone.send(f"{task}/record", keep="1", **shown(phone), **TYPED)

    assert "请打开核对，再交双方签字" in phone.text
    phone.send(task, sure="1", **{"answer-read_back": "yes"})
    assert "会谈记录还没有提交双方签字" in phone.text
    assert "meeting_minutes" in held.open()


def test_a_second_tap_writes_no_second_record(held: MeetingWalk) -> None:
    phone, task = by_password(held.world, "teacher"), address(held)
    phone.open(f"{task}/record")
    known = shown(phone)
    phone.send(f"{task}/record", keep="1", **known, **TYPED)
    phone.open(f"{task}/record")
    phone.send(f"{task}/record", keep="1", **known, **TYPED)

    assert stored(held).state == "DRAFT"
    assert phone.page.redirect_chain[-1][0] == task


@pytest.mark.parametrize(
    "who", ["stranger", "classmate", "mentor", "mother", "auditor", "grade_leader"]
)
def test_nobody_else_opens_it(held: MeetingWalk, who: str) -> None:
    phone, task = by_password(held.world, who), address(held)
    phone.open(f"{task}/record")
    assert phone.page.status_code in (403, 404)
    assert "学业预警" not in phone.text
    phone.open("/")
    phone.send(f"{task}/record", keep="1", **TYPED)

    assert phone.page.status_code in (403, 404)
    with tenancy.scope(held.world.id):
        assert not CommunicationRecord.objects.exists()


def test_only_the_task_of_the_minutes_has_such_a_page(world: World) -> None:
    task = begun(world).task("meeting_prepare")
    phone = by_password(world, "teacher")

    phone.open(f"/tasks/{task.pk}")
    assert "写会谈记录" not in phone.text
    assert phone.open(f"/tasks/{task.pk}/record").status_code == 404


def test_words_that_were_changed_are_read_back_again(held: MeetingWalk) -> None:
    phone, task = by_password(held.world, "teacher"), address(held)
    phone.open(f"{task}/record")
    phone.send(f"{task}/record", offer="1", **shown(phone), **TYPED)
    read = phone.value("as_read")
    page = f"/records/{stored(held).pk}"
    phone.send(f"{page}/recall")
    phone.open(f"{page}/edit")
    changed = {**TYPED, "s_ADVICE": "停学两周。"}
    phone.send(f"{page}/edit", offer="1", seen=phone.value("seen"), **shown(phone), **changed)

    phone.open(task)
    phone.send(task, sure="1", as_read=read, **{"answer-read_back": "yes"})

    assert (phone.page.status_code, "meeting_minutes" in held.open()) == (409, True)
    assert "文字刚刚改过" in phone.text
    phone.send(task, sure="1", as_read=phone.value("as_read"), **{"answer-read_back": "yes"})
    assert "meeting_minutes" not in held.open()
