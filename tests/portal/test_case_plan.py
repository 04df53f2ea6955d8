"""行动方案 of a case from the school's pages: made, listed, changed, and its task completed."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from parties import clock, tenancy
from parties.models import Membership, Restriction
from records.models import ActionItem, Statement
from tests.api import plan_stories
from tests.api.meeting_stories import on_offer
from tests.api.papers import written
from tests.factories import LONG_AGO, MINUTE, World
from tests.portal.test_plan_desk import finished
from tests.portal.visitors import Phone, by_password
from tests.processes.meeting_walk import MeetingWalk
from workflow import plan_days
from workflow.models import HumanTask, Notification


@pytest.fixture
def case(world: World) -> UUID:
    return plan_stories.running(world)


def typed(**changed: Any) -> dict[str, Any]:
    now = timezone.localtime(clock.now())
    return {
        "title": "每日签到监督作业",
        "owner_party": "FAMILY",
        "owner": "",
        "starts_on": f"{now:%Y-%m-%d}",
        "due_at": f"{now + timedelta(days=10):%Y-%m-%dT17:30}",
        "recurrence": "FREQ=DAILY",
        "measure": "作业本签字",
        "baseline": "每周三次未交",
        "target": "每天完成",
        "kind": "SHORT",
        "field_class": "COM",
        **changed,
    }


def at_plan(world: World, case: UUID, who: str = "teacher") -> Phone:
    phone = by_password(world, who)
    phone.open(f"/cases/{case}/plan")
    return phone


def items(world: World) -> list[SimpleNamespace]:
    names = (
        "case_id", "owner_person_id", "from_consensus_id", "recurrence", "title", "target", "due_at"
    )  # fmt: skip
    with tenancy.scope(world.id):
        return [
            SimpleNamespace(**{name: getattr(item, name) for name in names})
            for item in ActionItem.objects.order_by("created_at")
        ]


def test_the_case_leads_to_its_plan_and_an_item_is_made(world: World, case: UUID) -> None:
    phone = by_password(world, "teacher")
    phone.open(f"/cases/{case}")
    assert f'href="/cases/{case}/plan"' in phone.html
    phone.open(f"/cases/{case}/plan")
    assert "还没有约定的事项" in phone.text
    assert "mother（家庭，母亲）" in phone.text
    assert phone.value("due_at").endswith("T18:00")

    phone.send(
        f"/cases/{case}/plan", nonce=phone.value("nonce"), **typed(owner=str(world["mother"].pk))
    )

    assert "每日签到监督作业" in phone.text
    assert "家庭（mother），到" in phone.text
    made = items(world)[0]
    assert (made.case_id, made.owner_person_id) == (case, world["mother"].pk)
    assert (made.recurrence, made.target) == ("FREQ=DAILY", "每天完成")
    assert "每日签到监督作业" in by_password(world, "mother").open("/plan").content.decode()


def test_a_second_tap_makes_no_second_item(world: World, case: UUID) -> None:
    phone = at_plan(world, case)
    nonce = phone.value("nonce")
    phone.send(f"/cases/{case}/plan", nonce=nonce, **typed())
    phone.send(f"/cases/{case}/plan", nonce=nonce, **typed())

    assert len(items(world)) == 1


def test_a_point_of_the_consensus_may_be_named(world: World, case: UUID) -> None:
    said = {"section": "CONSENSUS", "text": "家长每天看作业。"}
    paper = written(world, case=str(case))
    paper.say(**said)
    paper.do("check")
    paper.do("offer")
    phone = at_plan(world, case)
    assert "家长每天看作业。" in phone.text
    with tenancy.scope(world.id):
        point = Statement.objects.get(record=UUID(paper.id), section="CONSENSUS")

    phone.send(f"/cases/{case}/plan", **typed(from_consensus=str(point.pk)))

    assert items(world)[0].from_consensus_id == point.pk
    assert "来自双方共识" in phone.text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": ""}, "请填写这一项"),
        ({"due_at": "2020-01-01T10:00"}, "期限早于开始日期"),
        ({"owner_party": "SCHOOL", "owner": "mother"}, "负责人不属于所选的一方"),
        ({"owner": "stranger"}, "请从给出的选项中选择"),
        ({"recurrence": "FREQ=HOURLY"}, "请从给出的选项中选择"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    world: World, case: UUID, changed: dict[str, Any], told: str
) -> None:
    if changed.get("owner") in world.people:
        changed = {**changed, "owner": str(world[changed["owner"]].pk)}
    phone = at_plan(world, case)

    answer = phone.send(f"/cases/{case}/plan", **typed(**changed))

    assert answer.status_code == 400
    assert told in phone.text
    assert items(world) == []


def test_an_item_is_adjusted_as_the_page_showed_it(world: World, case: UUID) -> None:
    item = plan_stories.item(world, case)
    phone = at_plan(world, case)
    assert f'href="/plan/{item.pk}/amend"' in phone.html
    phone.open(f"/plan/{item.pk}/amend")
    assert "每日签到监督作业" in phone.html
    seen, due = phone.value("seen"), phone.value("due_at")
    same = {"due_at": due, "recurrence": "FREQ=DAILY", "measure": "", "baseline": ""}

    phone.send(f"/plan/{item.pk}/amend", seen=seen, title="晚上一起看作业", target="", **same)

    after = items(world)[0]
    assert (after.title, after.due_at) == ("晚上一起看作业", item.due_at)
    assert "晚上一起看作业" in phone.text
    late = phone.send(f"/plan/{item.pk}/amend", seen=seen, title="又改", target="", **same)
    assert late.status_code == 409
    assert items(world)[0].title == "晚上一起看作业"
    assert 'value="又改"' in phone.html
    assert "做什么，现在是： 晚上一起看作业" in phone.text
    assert "目标（可不填），现在是" not in phone.text
    again = phone.value("seen")
    phone.send(f"/plan/{item.pk}/amend", seen=again, title="又改", target="", **same)
    assert items(world)[0].title == "又改"


def test_an_item_is_handed_over_and_its_present_owner_may_stay(world: World, case: UUID) -> None:
    officer, leader = str(world["duty_officer"].pk), str(world["grade_leader"].pk)
    item = plan_stories.item(world, case, owner_party="SCHOOL", owner_id=officer)
    with tenancy.scope(world.id):
        Membership.objects.filter(person=UUID(officer)).update(ends_at=clock.now())
    phone, page = at_plan(world, case), f"/plan/{item.pk}/amend"
    phone.open(page)
    assert f'value="{officer}" selected' in phone.html
    assert str(world["mother"].pk) not in phone.html
    same = {"title": "值班", "due_at": phone.value("due_at"), "recurrence": "FREQ=DAILY"}

    phone.send(page, seen=phone.value("seen"), **same)
    assert str(items(world)[0].owner_person_id) == officer  # an older page has no such field
    phone.open(page)
    phone.send(page, seen=phone.value("seen"), owner=officer, **same)
    assert str(items(world)[0].owner_person_id) == officer
    phone.open(page)
    phone.send(page, seen=phone.value("seen"), owner=leader, **same)
    assert (phone.page.status_code, "请写明为什么" in phone.text) == (400, True)
    phone.send(page, seen=phone.value("seen"), owner=leader, why="值班表调整", **same)
    assert str(items(world)[0].owner_person_id) == leader
    with tenancy.scope(world.id):
        told = Notification.objects.filter(template="plan.handed_over")
        assert [row.recipient_id for row in told] == [world["grade_leader"].pk]


def test_nobody_else_is_offered_what_the_student_does(world: World, case: UUID) -> None:
    item = plan_stories.item(world, case, owner_party="STUDENT")
    phone = at_plan(world, case)
    phone.open(f"/plan/{item.pk}/amend")

    assert 'name="title"' in phone.html
    assert 'name="owner"' not in phone.html


def test_words_for_an_item_that_was_done_meanwhile_come_back(world: World, case: UUID) -> None:
    item = plan_stories.item(world, case, recurrence="")
    phone = at_plan(world, case)
    phone.open(f"/plan/{item.pk}/amend")
    same = {"seen": phone.value("seen"), "due_at": phone.value("due_at"), "recurrence": ""}
    finished(world, item)

    answer = phone.send(f"/plan/{item.pk}/amend", title="晚上一起看作业", target="", **same)

    assert answer.status_code == 409
    assert 'value="晚上一起看作业"' in phone.html
    assert "不能再改" in phone.text
    assert "新的一项" in phone.text
    assert f'href="/cases/{case}/plan"' in phone.html
    assert items(world)[0].title == "每日签到监督作业"
    assert phone.open(f"/plan/{item.pk}/amend").status_code == 409
    assert "晚上一起看作业" not in phone.html


def test_a_new_deadline_is_told_to_the_family(world: World, case: UUID) -> None:
    item = plan_stories.item(world, case)
    phone = at_plan(world, case)
    phone.open(f"/plan/{item.pk}/amend")
    due = f"{timezone.localtime(item.due_at) + timedelta(days=1):%Y-%m-%dT%H:%M}"

    phone.send(
        f"/plan/{item.pk}/amend", seen=phone.value("seen"), title="每日签到监督作业", due_at=due,
        recurrence="FREQ=DAILY", measure="", baseline="", target="", why="考核推迟一周",
    )  # fmt: skip

    assert "改过期限或负责人：考核推迟一周" in phone.text
    with tenancy.scope(world.id):
        told = Notification.objects.filter(template="plan.moved", recipient=world["mother"])
        assert told.exists()
    mother = by_password(world, "mother")
    mother.open("/plan")
    assert "改过期限或负责人：考核推迟一周" in mother.text


def test_an_item_is_dropped_with_the_reason_that_the_family_reads(world: World, case: UUID) -> None:
    item = plan_stories.item(world, case)
    phone = at_plan(world, case)
    assert f'action="/plan/{item.pk}/drop"' in phone.html

    phone.send(f"/plan/{item.pk}/drop", why="改为在校完成作业")

    assert "不再进行的原因：改为在校完成作业" in phone.text
    assert f'action="/plan/{item.pk}/drop"' not in phone.html
    with tenancy.scope(world.id):
        dropped = ActionItem.objects.get()
        assert (dropped.state, dropped.dropped_why) == ("DROPPED", "改为在校完成作业")
        assert dropped.next_look_at is None
    again = phone.send(f"/plan/{item.pk}/drop", why="又一次")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("why", "told"),
    [(" ", "请写明为什么不再进行"), ("他是差生", "“差生”"), ("字" * 1001, "超过 1000 字")],
)
def test_a_reason_that_cannot_stand_is_said_at_its_item(
    world: World, case: UUID, why: str, told: str
) -> None:
    item = plan_stories.item(world, case)
    phone = at_plan(world, case)

    answer = phone.send(f"/plan/{item.pk}/drop", why=why)

    assert answer.status_code == 400
    beside = phone.html.split(f'action="/plan/{item.pk}/drop"')[1].split("</form>")[0]
    assert told in beside
    assert why.strip() in beside
    with tenancy.scope(world.id):
        assert ActionItem.objects.get().state != "DROPPED"


def test_a_guardian_who_must_not_be_met_is_not_offered_an_item(world: World, case: UUID) -> None:
    assert str(world["father"].pk) in at_plan(world, case).html
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"],
            kind="NO_CONTACT", starts_at=LONG_AGO,
        )  # fmt: skip

    assert str(world["father"].pk) not in at_plan(world, case).html


@pytest.mark.parametrize("who", ["stranger", "classmate", "mentor", "mother", "student", "auditor"])
def test_only_who_works_on_the_case_has_the_page(world: World, case: UUID, who: str) -> None:
    item = plan_stories.item(world, case)
    phone = by_password(world, who)
    for path in (f"/cases/{case}/plan", f"/plan/{item.pk}/amend"):
        assert phone.open(path).status_code in (403, 404), path
        assert "每日签到监督作业" not in phone.text
        phone.open("/")
        assert phone.send(path, **typed(title="别的")).status_code in (403, 404), path
    phone.open("/")
    assert phone.send(f"/plan/{item.pk}/drop", why="不想做了").status_code in (403, 404)
    assert phone.open(f"/cases/{uuid4()}/plan").status_code == 404
    assert [one.title for one in items(world)] == ["每日签到监督作业"]
    with tenancy.scope(world.id):
        assert ActionItem.objects.get().state != "DROPPED"


def test_the_task_leads_to_the_plan_and_is_completed_behind_it(world: World) -> None:
    walk = met(world)
    task, phone = walk.task("meeting_plan"), by_password(world, "teacher")
    phone.open(f"/tasks/{task.pk}")
    assert "还没有登记行动项" in phone.text
    phone.open(f"/cases/{walk.case_id}/plan")
    phone.send(f"/cases/{walk.case_id}/plan", **typed())
    phone.open(f"/tasks/{task.pk}")
    assert "已登记 1 项" in phone.text

    phone.send(f"/tasks/{task.pk}", sure="1", **{"answer-outcome": "planned"})

    assert "已提交" in phone.text
    with tenancy.scope(world.id):
        assert HumanTask.objects.get(pk=task.pk).state == "COMPLETED"


def met(world: World) -> MeetingWalk:
    """The meeting is over, and its record is signed by both sides."""
    walk = on_offer(world, ago=timedelta(days=14))
    walk.choose()
    walk.go_to(walk.slots()[0].ends_at + 5 * MINUTE)
    walk.do("meeting_hold")
    record = walk.record()
    walk.do("meeting_minutes")
    walk.sign(record)
    return walk


def test_a_talk_names_its_item_and_leads_to_the_plan(world: World, case: UUID) -> None:
    teacher = at_plan(world, case)
    teacher.send(f"/cases/{case}/plan", nonce=teacher.value("nonce"), **typed())
    later = timezone.localtime(clock.now() + timedelta(days=4)).replace(hour=9)
    plan_days.miss_due(via="test", at=later)
    with tenancy.scope(world.id):
        talk = HumanTask.objects.get(name="plan_talk")

    teacher.open(f"/tasks/{talk.pk}")

    assert "要谈的事项： 每日签到监督作业" in teacher.text
    assert f'href="/cases/{case}/plan"' in teacher.html
