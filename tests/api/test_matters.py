"""Raising a matter, moving it between channels, and who reads how it came there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from parties import tenancy
from tests.api.callers import Caller, code
from tests.factories import World
from tests.processes.walker import Walk
from workflow.closing import UPWARD
from workflow.models import Case, HumanTask, Matter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]

As = Callable[[str], Caller]


def said(world: World, **change: Any) -> dict[str, Any]:
    told = {
        "student": str(world.student.pk),
        "trigger": "academic",
        "words": "第二次技能测试未通过",
        "danger": "no",
        "repeated": True,
    }
    return {**told, **change}


def raised(world: World, caller: Caller, **change: Any) -> UUID:
    answer = caller.post("/matters", said(world, **change))
    assert answer.status_code == 201, answer.content
    with tenancy.scope(world.id):
        return Matter.objects.get(receipt_no=answer.json()["receipt_no"]).case_id


def decided(world: World, caller: Caller, case: UUID, channel: str) -> None:
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(case=case, name__startswith="choose_channel", state="OPEN")
    body = {"answer": {"channel": channel, "reason": "与家长通过电话"}}
    answer = caller.post(f"/tasks/{task.pk}/complete", body)
    assert answer.status_code == 200, answer.content


def test_a_teacher_raises_a_matter_and_sees_its_case(world: World, as_: As) -> None:
    answer = as_("teacher").post("/matters", said(world))

    assert answer.status_code == 201
    assert answer.json()["receipt_no"].startswith("SX")
    assert as_("teacher").get(f"/cases/{answer.json()['case']}").status_code == 200


def test_the_teacher_is_kept_from_what_a_mother_asks_without_them(world: World, as_: As) -> None:
    case = raised(world, as_("mother"), trigger="visit", recused=True)

    assert as_("teacher").get(f"/cases/{case}").status_code == 404
    known = as_("duty_officer").get(f"/cases/{case}/routing").json()
    assert known["matter"]["recused"] is True
    refused = as_("teacher").post("/matters", said(world, recused=True))
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["recused"]


@pytest.mark.parametrize("who", ["mother", "student", "mentor"])
def test_family_and_mentor_get_a_slip_and_no_case(world: World, as_: As, who: str) -> None:
    answer = as_(who).post("/matters", said(world, trigger="visit"))

    assert answer.status_code == 201
    assert set(answer.json()) == {"receipt_no", "raised_at"}
    assert as_(who).get("/cases").json()["results"] == []


@pytest.mark.parametrize("who", ["classmate", "stranger"])
def test_nobody_raises_a_matter_about_somebody_elses_student(
    world: World, as_: As, who: str
) -> None:
    real = as_(who).post("/matters", said(world))
    absent = as_(who).post("/matters", said(world, student=str(uuid4())))

    assert real.status_code in {403, 404}
    assert (real.status_code, real.content) == (absent.status_code, absent.content) or (
        real.status_code == 403  # staff may know who learns here
    )
    with tenancy.scope(world.id):
        assert not Matter.objects.exists()


def test_the_same_request_twice_is_one_matter(world: World, as_: As) -> None:
    teacher, key = as_("teacher"), {"Idempotency_Key": "once"}
    first = teacher.post("/matters", said(world), **key)
    second = teacher.post("/matters", said(world), **key)

    assert first.json() == second.json()
    with tenancy.scope(world.id):
        assert Matter.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("words", " "), ("trigger", "gossip"), ("danger", "maybe"), ("student", 7), ("colour", "red")],
)
def test_a_matter_that_is_not_understood_names_the_field(
    world: World, as_: As, field: str, value: Any
) -> None:
    answer = as_("teacher").post("/matters", said(world, **{field: value}))

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    assert field in answer.content.decode()


def test_the_team_reads_who_proposed_and_who_decided(world: World, as_: As) -> None:
    case = raised(world, as_("mother"), trigger="visit")
    decided(world, as_("teacher"), case, "meeting")

    body = as_("grade_leader").get(f"/cases/{case}/routing").json()

    assert body["matter"]["raised_by"]["name"] == "mother"
    assert body["matter"]["words"] == "第二次技能测试未通过"
    [decision] = body["decisions"]
    assert (decision["rule"], decision["proposed"], decision["channel"]) == (
        "guardian_request",
        "MEETING",
        "MEETING",
    )
    assert decision["decided_by"]["name"] == "teacher"


def test_the_family_reads_nothing_of_it(world: World, as_: As) -> None:
    case = raised(world, as_("teacher"))
    decided(world, as_("teacher"), case, "meeting")

    assert as_("mother").get(f"/cases/{case}").status_code == 200
    assert as_("mother").get(f"/cases/{case}/routing").json() == {"decisions": []}


def test_who_spoke_first_is_no_news_to_the_team_of_a_crisis(world: World, as_: As) -> None:
    case = raised(world, as_("mother"))
    decided(world, as_("teacher"), case, "crisis")

    team = as_("counsellor").get(f"/cases/{case}/routing").json()
    leader = as_("principal").get(f"/cases/{case}/routing").json()

    assert "raised_by" not in team["matter"]
    assert leader["matter"]["raised_by"]["name"] == "mother"


def test_an_upgrade_and_two_names_down_again(world: World, as_: As) -> None:
    case = raised(world, as_("teacher"))
    decided(world, as_("teacher"), case, "meeting")
    up = {"to": "CRISIS", "reason": "手臂有新伤", "suspects": [{"relation": "FATHER"}]}

    answer = as_("teacher").post(f"/cases/{case}/upgrade", up)
    assert answer.json() == {"case": str(case), "channel": "CRISIS"}
    lower = {"to": "MEETING", "reason": "平稳"}
    assert as_("counsellor").post(f"/cases/{case}/downgrade", lower).status_code == 409
    with tenancy.scope(world.id):
        at = Case.objects.get(pk=case).alarm_at
    walk = Walk(world, case, at)
    walk.acknowledge()
    walk.triage()
    walk.do_all("report_decide", "report_confirm", *UPWARD)

    proposed = as_("counsellor").post(f"/cases/{case}/downgrade", lower).json()
    second = {"proposal": proposed["proposal"]}
    assert as_("counsellor").post(f"/cases/{case}/downgrade/confirm", second).status_code == 403
    shown = as_("duty_officer").get(f"/cases/{case}/routing").json()
    assert shown["proposal"]["by"]["name"] == "counsellor"
    done = as_("duty_officer").post(f"/cases/{case}/downgrade/confirm", second)

    assert done.json() == {"case": str(case), "channel": "MEETING"}
    assert walk.open() == {"meet"}


@pytest.mark.parametrize("who", ["father", "student"])
def test_family_that_sees_a_meeting_does_not_move_it(world: World, as_: As, who: str) -> None:
    case = raised(world, as_("teacher"))
    decided(world, as_("teacher"), case, "meeting")

    for path, body in (
        ("upgrade", {"to": "CRISIS", "reason": "新伤"}),
        ("downgrade", {"to": "NOTICE", "reason": "仅信息"}),
    ):
        answer = as_(who).post(f"/cases/{case}/{path}", body)
        assert (answer.status_code, code(answer)) == (403, "access.not_allowed")


def test_the_second_of_two_reads_what_the_first_decided(world: World, as_: As) -> None:
    case = raised(world, as_("teacher"), words="他在作文里写不想活了")
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(case=case, name="choose_channel_now").pk
    answer = {"channel": "meeting", "reason": "已当面谈过，是抄写的歌词"}
    done = as_("teacher").post(f"/tasks/{task}/complete", {"answer": answer})
    assert done.status_code == 200, done.content

    shown = as_("duty_officer").get(f"/cases/{case}/routing").json()["first"]

    assert (shown["channel"], shown["reason"]) == ("MEETING", "已当面谈过，是抄写的歌词")
    assert shown["by"]["name"] == "teacher"
    assert "first" not in as_("mother").get(f"/cases/{case}/routing").json()
