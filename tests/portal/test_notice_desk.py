"""A notice from its author's desk: a template, what would stop it, who would get it, and on."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from parties import clock, tenancy
from records.models import Notice
from tests.factories import CN, World
from tests.portal.visitors import Phone, by_password
from tests.processes.notice_walk import second_family, sent
from workflow.models import HumanTask


def typed(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "title": "家长会通知",
        "body": "各位家长：下周五下午两点召开家长会，请准时参加。",
        "scope": "CLASS",
        "school_class": str(world.student.school_class_id),
        "grade": "",
        "strength": "CONFIRM",
        **changed,
    }


def state(world: World) -> str:
    with tenancy.scope(world.id):
        return str(Notice.objects.get().state)


def drafted(world: World, **changed: Any) -> tuple[Phone, str]:
    """The teacher has saved it; where it lies."""
    phone = by_password(world, "teacher")
    phone.open("/notices/new?template=blank")
    phone.send("/notices/new", nonce=phone.value("nonce"), **typed(world, **changed))
    with tenancy.scope(world.id):
        return phone, f"/notices/{Notice.objects.get().pk}"


def test_a_template_fills_the_form_and_a_draft_is_looked_at_first(world: World) -> None:
    phone = by_password(world, "teacher")
    assert 'href="/notices/new"' in phone.html
    phone.open("/notices/new")
    assert "缴费说明" in phone.text
    phone.open("/notices/new?template=parents_meeting")
    assert "召开家长会，内容包括" in phone.html
    assert f'value="{world.student.school_class_id}" selected' in phone.html
    nonce = phone.value("nonce")

    for _ in range(2):
        phone.send("/notices/new", nonce=nonce, **typed(world, title="〔班级〕家长会通知"))

    assert state(world) == "DRAFT"
    assert "改好这些才能提交" in phone.text
    assert "这一处还没有填写" in phone.text
    phone.open("/")
    assert "还没有发出的通知" in phone.text


def test_who_would_get_it_is_counted_and_named_to_their_own_teacher_alone(world: World) -> None:
    second_family(world)
    phone, address = drafted(world, scope="SCHOOL", school_class="")
    assert "谁会收到" in phone.text
    assert "classmate" in phone.text
    assert "共 3 份" in phone.text
    counsellor = by_password(world, "counsellor")
    counsellor.open("/notices/new?template=blank")
    counsellor.send(
        "/notices/new", nonce=counsellor.value("nonce"),
        **typed(world, scope="SCHOOL", school_class=""),
    )  # fmt: skip

    assert "共 3 份" in counsellor.text
    assert "mother" not in counsellor.text
    assert "classmate" not in counsellor.text
    assert counsellor.open(f"{address}/desk").status_code == 404


def test_a_text_about_one_child_is_stopped_mended_and_submitted(world: World) -> None:
    phone, address = drafted(world, body="student 的助学金已发放。")
    assert "群发通知里出现了学生或家长的姓名" in phone.text
    answer = phone.send(f"{address}/submit")
    assert answer.status_code == 400
    assert "还没有提交" in phone.text
    assert state(world) == "REFUSED"
    phone.open(f"{address}/edit")
    phone.send(f"{address}/edit", version=phone.value("version"), **typed(world))
    assert "改好这些才能提交" not in phone.text

    phone.send(f"{address}/submit")

    assert state(world) in {"APPROVED", "SENT"}  # at night it waits for the morning
    assert "改好这些才能提交" not in phone.text
    assert phone.open(f"{address}/edit").status_code == 409


def test_a_draft_is_changed_as_the_page_showed_it_and_taken_back(world: World) -> None:
    phone, address = drafted(world)
    phone.open(f"{address}/edit")
    version = phone.value("version")
    phone.send(f"{address}/edit", version=version, **typed(world, title="新标题"))
    assert "新标题" in phone.text
    late = phone.send(f"{address}/edit", version=version, **typed(world, title="又改"))
    assert late.status_code == 409
    assert "您依据的是第 1 版，现在是第 2 版" in phone.text
    assert 'value="又改"' in phone.html
    assert "标题，现在是： 新标题" in phone.text
    assert "正文（〔〕里的内容请填写完整），现在是" not in phone.text
    phone.send(f"{address}/edit", version=phone.value("version"), **typed(world, title="又改"))
    assert "又改" in phone.text
    phone.open(f"{address}/desk")
    phone.send(f"{address}/withdraw")

    assert state(world) == "WITHDRAWN"
    assert "已撤回" in phone.text


def test_no_class_is_said_beside_its_field(world: World) -> None:
    phone = by_password(world, "teacher")
    phone.open("/notices/new?template=blank")

    answer = phone.send("/notices/new", **typed(world, school_class=""))

    assert answer.status_code == 400
    assert "请选择一个班级" in phone.text
    assert 'href="#field-school_class"' in phone.html


def test_what_went_out_leads_to_who_still_needs_contact(world: World) -> None:
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    walk = sent(world, at=yesterday)
    phone = by_password(world, "teacher")

    phone.open(f"/notices/{walk.notice_id}/desk")

    assert "仍需联系 1 户" in phone.text
    assert f'href="/notices/{walk.notice_id}/contacts"' in phone.html
    assert "撤回这份通知" not in phone.text


def test_who_approves_reads_it_from_the_task_and_changes_nothing(world: World) -> None:
    phone, address = drafted(world, scope="SCHOOL", school_class="")
    phone.send(f"{address}/submit")
    assert state(world) == "PENDING_APPROVAL"
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(name="approve_school")
    office = by_password(world, "head_of_office")

    office.open(f"/tasks/{task.pk}")
    assert f'href="{address}/desk"' in office.html
    office.open(f"{address}/desk")

    assert "请准时参加" in office.text
    assert "谁会收到" in office.text
    assert f"{address}/submit" not in office.html
    assert office.open(f"{address}/edit").status_code == 403


@pytest.mark.parametrize("who", ["mother", "student", "mentor", "stranger", "auditor"])
def test_who_does_not_write_to_families_has_no_such_page(world: World, who: str) -> None:
    _, address = drafted(world)
    phone = by_password(world, who)
    writes = who == "stranger"  # a teacher of another class writes their own, and reads no other
    assert ("写通知" in phone.text) == writes
    assert phone.open("/notices/new").status_code == (200 if writes else 403)
    for path in ("desk", "edit"):
        hidden = phone.open(f"{address}/{path}")
        absent = phone.open(f"/notices/{uuid4()}/{path}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.content == absent.content
    for path in ("submit", "withdraw", "edit"):
        phone.open("/")
        assert phone.send(f"{address}/{path}", **typed(world)).status_code == 404
    assert state(world) == "DRAFT"


# --- submitted while somebody writes --------------------------------------------------------------


def submitted_meanwhile(world: World) -> tuple[Phone, str]:
    """The page is open on one phone, and another one submits the notice."""
    phone, address = drafted(world)
    phone.open(f"{address}/edit")
    other = by_password(world, "teacher")
    other.open(f"{address}/desk")
    other.send(f"{address}/submit")
    return phone, address


def test_what_was_typed_stays_when_the_notice_was_submitted_meanwhile(world: World) -> None:
    phone, address = submitted_meanwhile(world)

    late = phone.send(
        f"{address}/edit", version=phone.value("version"), **typed(world, title="改到周四的家长会")
    )

    assert late.status_code == 409
    assert "，不能再修改" in phone.text  # 已提交, and by day 已发出
    assert "改到周四的家长会" in phone.html  # typed
    assert "标题，现在是： 家长会通知" in phone.text  # what stands there
    assert f'href="{address}/desk"' in phone.html
    assert "保存，先看一眼" not in phone.text  # nothing can be saved any more
    with tenancy.scope(world.id):
        assert Notice.objects.get().title == "家长会通知"


def test_the_page_of_a_submitted_notice_is_not_opened_for_writing(world: World) -> None:
    phone, address = submitted_meanwhile(world)

    assert phone.open(f"{address}/edit").status_code == 409


def test_a_stranger_who_sends_the_page_learns_nothing(world: World) -> None:
    _, address = submitted_meanwhile(world)
    stranger = by_password(world, "stranger")
    stranger.open("/")

    answer = stranger.send(f"{address}/edit", version="1", **typed(world))

    assert answer.status_code == 404
