"""Doing a task on a phone: the form comes from its JSON Schema."""

from typing import Any

import pytest

from parties import keyring, tenancy
from parties.models import Person
from tests.api.meeting_stories import begun, on_offer
from tests.api.stories import triaged
from tests.factories import World
from tests.portal.visitors import by_link, by_password
from tests.processes.walker import ANSWERS, Walk
from workflow.models import HumanTask


def typed(name: str, **changed: Any) -> dict[str, Any]:
    """The usual answers as a phone sends them."""
    return {f"answer-{key}": value for key, value in {**ANSWERS[name], **changed}.items()}


def stored(world: World, task: HumanTask) -> HumanTask:
    with tenancy.scope(world.id):
        found = HumanTask.objects.get(pk=task.pk)
        assert found.answer is None or isinstance(found.answer, dict)
        return found


def test_the_questions_of_the_triage_are_asked_in_chinese(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    phone = by_password(world, "duty_officer")

    phone.open(f"/tasks/{crisis.task('triage').pk}")

    assert "红：24小时内可能实施" in phone.text
    assert phone.html.count('type="radio"') >= 20
    assert "<textarea" in phone.html
    assert "father（父亲）" in phone.text


def test_answers_are_looked_at_once_more_before_they_are_sent(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    task = crisis.task("triage")
    phone = by_password(world, "duty_officer")
    phone.open(f"/tasks/{task.pk}")

    phone.send(f"/tasks/{task.pk}", **typed("triage"))

    assert "请核对" in phone.text
    assert "红：24小时内可能实施" in phone.text
    assert stored(world, task).state == "OPEN"
    phone.send(f"/tasks/{task.pk}", sure="1", **typed("triage"))
    assert "已提交" in phone.text
    assert stored(world, task).answer == ANSWERS["triage"]


def test_going_back_keeps_what_was_chosen(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    task = crisis.task("triage")
    phone = by_password(world, "duty_officer")
    phone.open(f"/tasks/{task.pk}")
    phone.send(f"/tasks/{task.pk}", **typed("triage"))

    phone.send(f"/tasks/{task.pk}", back="1", **typed("triage", reason="楼道里说的原话"))

    assert "楼道里说的原话" in phone.html
    assert 'value="red"' in phone.html
    assert stored(world, task).state == "OPEN"


def test_a_missing_answer_is_said_beside_its_question(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    task = crisis.task("triage")
    phone = by_password(world, "duty_officer")
    phone.open(f"/tasks/{task.pk}")

    answer = phone.send(f"/tasks/{task.pk}", **typed("triage", reason=""))

    assert answer.status_code == 400
    assert 'href="#field-answer-reason"' in phone.html


def test_what_only_the_form_knows_is_said_beside_its_question_too(world: World) -> None:
    walk = triaged(world)
    task = walk.task("report_decide")
    phone = by_password(world, "duty_officer")
    phone.open(f"/tasks/{task.pk}")

    phone.send(f"/tasks/{task.pk}", sure="1", **{"answer-outcome": "not_required"})

    assert "还有内容需要修改" in phone.text
    assert 'href="#field-answer-reason"' in phone.html
    assert stored(world, task).state == "OPEN"


def test_times_are_the_schools_times(world: World) -> None:
    walk = triaged(world)
    task = walk.task("report_decide")
    phone = by_password(world, "duty_officer")
    phone.open(f"/tasks/{task.pk}")

    phone.send(
        f"/tasks/{task.pk}",
        sure="1",
        **typed("report_decide", reported_at="2026-10-09T22:55"),
    )

    assert (stored(world, task).answer or {})["reported_at"] == "2026-10-09T22:55:00+08:00"


def test_a_mentor_does_the_companys_part_from_a_link(world: World) -> None:
    walk = triaged(world, at_company="yes")
    task = walk.task("secure_site")
    phone = by_link(world, "mentor")
    assert "企业现场处置" in phone.text
    phone.open(f"/tasks/{task.pk}")
    assert "student（数控2401）" in phone.text
    assert "查看事项" not in phone.text
    assert "退回" not in phone.text
    assert "研判" not in phone.text

    phone.send(f"/tasks/{task.pk}", sure="1", **typed("secure_site"))

    assert stored(world, task).completed_by_id == world["mentor"].pk


def test_claim_remind_hand_over_and_send_back_are_one_tap_each(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    task = crisis.task("triage")
    phone, leader = by_password(world, "duty_officer"), by_password(world, "principal")
    phone.open(f"/tasks/{task.pk}")
    leader.open(f"/tasks/{task.pk}")

    leader.send(f"/tasks/{task.pk}/remind")
    phone.send(f"/tasks/{task.pk}/claim")
    assert "办理中（duty_officer）" in phone.text
    phone.send(f"/tasks/{task.pk}/delegate", to=str(world["head_of_office"].pk))

    assert stored(world, task).assignee_id == world["head_of_office"].pk
    assert stored(world, task).reminders == 1
    crisis.do("triage", by="head_of_office")
    confirm = crisis.task("triage_confirm")
    phone = by_password(world, "counsellor")
    phone.open(f"/tasks/{confirm.pk}")
    phone.send(f"/tasks/{confirm.pk}/return", to="triage", reason="颜色再议")
    assert stored(world, confirm).state == "CANCELLED"


def test_a_colleague_who_was_faster_is_said_kindly(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    task = crisis.task("triage")
    phone = by_password(world, "duty_officer")
    phone.open(f"/tasks/{task.pk}")
    crisis.do("triage", by="head_of_office")

    answer = phone.send(f"/tasks/{task.pk}", sure="1", **typed("triage"))

    assert answer.status_code == 409
    assert "情况已经变化" in phone.text


@pytest.mark.django_db(transaction=True)  # a key is not kept while what made it is open
def test_the_number_to_call_stands_there_also_in_a_process_that_has_just_begun(
    world: World,
) -> None:
    walk = on_offer(world)
    walk.wait(days=6)
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(case=walk.case_id, name="meeting_call")
        assert task.about is not None
        called = Person.objects.get(pk=task.about)
        number = called.phone
    phone = by_password(world, "teacher")
    keyring.forget()

    phone.open(f"/tasks/{task.pk}")

    assert phone.page.status_code == 200, phone.text
    assert f"{called.name} {number}" in phone.text


def test_what_was_answered_is_not_said_to_be_left_out_if_one_likes(world: World) -> None:
    walk = begun(world)
    walk.do("meeting_prepare")
    walk.do("meeting_dossier")
    phone, task = by_password(world, "teacher"), f"/tasks/{walk.task('meeting_offer_slots').pk}"
    phone.open(task)
    assert "第一个时间（可不填）" in phone.text

    phone.send(task, **{"answer-slot_1_at": "2020-01-01T10:00"})
    assert "请核对" in phone.text
    assert "可不填" not in phone.text
