"""From the file to what an entry is about, and from the first page to the file of a child."""

import re
from datetime import timedelta
from html import unescape

import pytest

from parties import clock, tenancy
from parties.models import GuardianLink
from parties.roles import Role
from portal import file_lists
from records.models import NoticeReceipt
from tests.api import plan_stories
from tests.api.callers import member
from tests.api.meeting_stories import on_offer
from tests.api.papers import effective, upload, written
from tests.api.test_notice_scans import scan
from tests.factories import World
from tests.portal.test_file import address
from tests.portal.test_notices import sent
from tests.portal.visitors import Phone, by_password
from tests.processes.notice_walk import Sent
from tests.records.desk import FACT, Desk
from tests.records.uploads.files import jpeg

pytestmark = pytest.mark.django_db

OBJECTS = {"ground": "WRONG", "wish": "CORRECT", "words": "那天他准时到了", "quoted": ""}
CLASS = "/students"


def links(phone: Phone) -> list[str]:
    """Where the entries of the file lead."""
    entries = re.search(r'<ol class="timeline">.*?</ol>', phone.html, re.DOTALL)
    return [] if entries is None else re.findall(r'<a href="(/[^"]+)"', entries[0])


def file_of(world: World, who: str) -> Phone:
    phone = by_password(world, who)
    assert phone.open(address(world)).status_code == 200
    return phone


def filled(world: World) -> dict[str, str]:
    """A file with a record and a file of it, an objection, a notice with a reply, a meeting, and
    an item of a plan; each with its page.
    """
    paper = effective(world)
    mother = member(world, "mother")
    assert mother.post(f"/records/{paper.id}/objections", OBJECTS).status_code == 201
    walk = sent(world)
    receipt = walk.receipt("mother").pk
    with tenancy.scope(world.id):
        assert NoticeReceipt.objects.filter(pk=receipt).exists()
    assert mother.post(f"/receipts/{receipt}/reply", {"text": "我们会来。"}).status_code < 300
    meeting = on_offer(world).meeting.pk
    plan_stories.item(world)
    return {"record": paper.id, "receipt": str(receipt), "meeting": str(meeting)}


@pytest.mark.parametrize("who", ["mother", "student", "teacher", "grade_leader", "duty_officer"])
def test_every_link_of_the_file_opens_for_its_reader(world: World, who: str) -> None:
    made = filled(world)
    phone = file_of(world, who)

    led = links(phone)

    assert f"/records/{made['record']}" in led
    for page in set(led):
        assert phone.open(unescape(page)).status_code == 200, page


def test_mother_and_teacher_reach_what_the_file_holds(world: World) -> None:
    made = filled(world)

    hers, his = links(file_of(world, "mother")), links(file_of(world, "teacher"))

    for led in (hers, his):
        assert led.count(f"/records/{made['record']}") == 2  # the record, and the objection to it
        assert f"/notices/{made['receipt']}" in led
        assert f"/meetings/{made['meeting']}" in led
    assert "/plan" in hers
    assert "/plan" not in his


def test_a_file_of_a_record_leads_to_the_record(world: World) -> None:
    paper = written(world)
    added = upload(paper.writer, paper.id, jpeg())
    assert added.status_code == 201, added.content.decode()
    paper.etag = paper.writer.get(f"/records/{paper.id}").headers["ETag"]
    paper.do("check")
    paper.do("offer")

    phone = file_of(world, "teacher")

    assert "附件" in phone.text
    assert links(phone).count(f"/records/{paper.id}") == 2


def test_the_family_reads_and_objects_from_the_first_page_on(world: World) -> None:
    paper = effective(world)
    phone = by_password(world, "mother")

    phone.open("/")
    assert f'href="{address(world)}"' in phone.html
    phone.open(address(world))
    phone.open(links(phone)[0])

    assert phone.page.request["PATH_INFO"] == f"/records/{paper.id}"
    assert f"/records/{paper.id}/object" in phone.html


def test_a_homeroom_teacher_reaches_every_file_of_the_class(world: World) -> None:
    with tenancy.scope(world.id):
        quiet = world.pupil("quiet_one", world.school_class)
    phone = by_password(world, "teacher")

    phone.open("/")
    assert f'href="{CLASS}"' in phone.html
    phone.open(CLASS)

    assert "quiet_one" in phone.text
    for student in (world.student.pk, quiet.pk):
        assert f'href="/students/{student}/file"' in phone.html
        assert phone.client.get(f"/students/{student}/file").status_code == 200


def test_other_classes_and_own_children_are_not_on_the_list(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school,
            student=world.student,
            guardian=world["teacher"],
            relation=GuardianLink.Relation.MOTHER,
            contact_priority=9,
        )
    for who in ("stranger", "teacher"):
        phone = by_password(world, who)
        assert phone.open(CLASS).status_code == 200
        assert str(world.student.pk) not in phone.html, who


@pytest.mark.parametrize("who", ["mother", "student", "mentor"])
def test_whoever_is_no_staff_has_no_list(world: World, who: str) -> None:
    phone = by_password(world, who)
    phone.open("/")
    assert f'href="{CLASS}"' not in phone.html

    for query in ("", "?q=stu"):
        assert phone.open(CLASS + query).status_code == 200
        assert "/file" not in phone.html, query


@pytest.mark.parametrize("who", ["deputy", "doctor", "counsellor"])
def test_whose_task_a_sentence_is_finds_that_file_and_no_other(world: World, who: str) -> None:
    with tenancy.scope(world.id):
        world.staff("doctor", Role.DOC)
        world.pupil("student_quiet", world.school_class)
    phone = by_password(world, who)
    phone.open("/")
    assert f'href="{CLASS}"' in phone.html
    phone.open(f"{CLASS}?q=student")
    assert "没有找到" in phone.text

    desk = Desk(world, at=clock.now() - timedelta(minutes=1))
    record = desk.drafted(FACT, "家里最近交不起房租，周末需要兼职。", "上周住院三天。")
    desk.say(record, "上周和心理教师谈过一次。", sensitivity="PSY")
    desk.check(record)
    desk.offer(record)
    phone.open(f"{CLASS}?q=student")

    assert re.findall(r"/students/[^/]+/file", phone.html) == [address(world)]
    assert phone.open(address(world)).status_code == 200
    assert f"/records/{record.pk}" in phone.html


def test_the_own_class_comes_before_whoever_else_is_called_so(world: World) -> None:
    with tenancy.scope(world.id):
        for number in range(file_lists._LOOKED_AT + 1):
            world.pupil(f"a_stu{number}", world.other_class)
    phone = by_password(world, "teacher")

    phone.open(f"{CLASS}?q=stu")

    assert re.findall(r"/students/[^/]+/file", phone.html) == [address(world)]


def test_the_office_finds_a_file_by_name(world: World) -> None:
    phone = by_password(world, "duty_officer")
    phone.open("/")
    assert f'href="{CLASS}"' in phone.html

    phone.open(CLASS)
    assert "/file" not in phone.html
    phone.open(CLASS + "?q=stud")
    assert f'href="{address(world)}"' in phone.html
    phone.open(CLASS + "?q=%00nobody")
    assert "没有找到" in phone.text


def test_a_grade_leader_finds_the_own_grade_alone(world: World) -> None:
    with tenancy.scope(world.id):
        other = world.pupil("student_elsewhere", world.other_class)
    phone = by_password(world, "grade_leader")

    phone.open(CLASS + "?q=student")

    assert f'href="{address(world)}"' in phone.html
    assert str(other.pk) not in phone.html


# --- what has no page of its own, and no case that its reader sees --------------------------------


def called(walk: Sent, world: World) -> None:
    """班主任 rang about a notice, without reaching anybody."""
    tried = {
        "student": str(world.student.pk),
        "guardian": str(world["father"].pk),
        "channel": "PHONE",
        "outcome": "NO_ANSWER",
        "at": (clock.now() - timedelta(minutes=5)).isoformat(),
        "place": "办公室",
    }
    made = member(world, "teacher").post(f"/notices/{walk.notice_id}/contacts", tried)
    assert made.status_code == 201, made.content.decode()


def test_a_try_to_reach_a_family_leads_to_the_notice(world: World) -> None:
    walk = sent(world)
    called(walk, world)
    phone = file_of(world, "teacher")

    led = links(phone)

    assert led.count(f"/notices/{walk.notice_id}/contacts") == 1
    phone.open(f"/notices/{walk.notice_id}/contacts")
    assert phone.page.status_code == 200
    assert "联系家长" not in file_of(world, "mother").text


def test_a_scan_of_a_slip_leads_to_the_receipt_it_came_back_for(world: World) -> None:
    walk = sent(world, strength="SIGN")
    receipt = walk.receipt("father").pk
    stored = scan(member(world, "teacher"), receipt)
    assert stored.status_code == 201, stored.content.decode()

    for who in ("teacher", "father"):
        phone = file_of(world, who)
        assert f'<a href="/notices/{receipt}"><strong>附件' in phone.html, who
        assert phone.open(f"/notices/{receipt}").status_code == 200
    assert f"/notices/{receipt}" not in links(file_of(world, "mother"))


def test_a_scan_that_a_newer_one_replaced_leads_nowhere(world: World) -> None:
    """It is destroyed, and lies with no receipt: there is nothing to open, and no link is right."""
    walk = sent(world, strength="SIGN")
    receipt = walk.receipt("father").pk
    for _ in range(2):
        assert scan(member(world, "teacher"), receipt).status_code == 201

    phone = file_of(world, "father")

    assert links(phone).count(f"/notices/{receipt}") == 2  # the notice, and the scan that counts


def test_a_company_opens_its_own_items(world: World) -> None:
    item = plan_stories.item(world, owner_party="COMPANY", title="每周二四不排晚班", recurrence="")
    phone = file_of(world, "mentor")

    (led,) = links(phone)

    assert led == f"/plan/{item.pk}/evidence"
    assert phone.open(led).status_code == 200
