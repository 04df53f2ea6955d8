"""A sign of danger in an answer to a notice is a question that somebody must answer in time."""

from typing import Any, Final

import pytest

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.models import GuardianLink, Membership
from parties.roles import Role
from records.models import NoticeReceipt
from records.notice_papers import OnPaper
from tests.factories import LONG_AGO, MINUTE, World, people_of
from tests.processes.notice_walk import Sent, second_family, sent
from tests.records.filed import read
from workflow import (
    human_tasks,
    notice_answering,
    rerouting,
    sweeps,
    upgrade_ladder,
    upgrade_requests,
)
from workflow.errors import NotFound
from workflow.models import Case, CrisisReport, Escalation, HumanTask, Notification, RoutingDecision
from workflow.reports import Receipt
from workflow.upgrading import UpgradeInput

pytestmark = pytest.mark.django_db

DANGER: Final = "孩子昨晚说不想活了"
MORE: Final = "他刚才又说想跳楼"
CALM: Final = "收到，谢谢老师。"
OFFICE: Final = {"duty_officer", "head_of_office"}


@pytest.fixture
def walk(world: World) -> Sent:
    return sent(world)


def questions(world: World, *states: str) -> list[HumanTask]:
    with tenancy.scope(world.id):
        found = HumanTask.objects.filter(name="upgrade_decide").select_related("case")
        return list(found.filter(state__in=states or ("OPEN", "CLAIMED")).order_by("created_at"))


def crises(world: World) -> list[Case]:
    with tenancy.scope(world.id):
        return list(Case.objects.filter(channel="CRISIS", student=world.student))


def decide(walk: Sent, outcome: str, by: str = "duty_officer", why: str = "已与班主任核实") -> None:
    human_tasks.complete(
        school_id=walk.world.id, task_id=questions(walk.world)[0].pk, by=walk.world[by], at=walk.at,
        answer={"outcome": outcome, "reason": why},
    )  # fmt: skip


def tap(walk: Sent, by: str = "teacher", of: str = "mother") -> Receipt:
    return notice_answering.report_danger(
        school_id=walk.world.id, receipt_id=walk.receipt(of).pk, by=walk.world[by], at=walk.at
    )


def told(world: World, template: str, **wanted: Any) -> set[str]:
    with tenancy.scope(world.id):
        found = Notification.objects.filter(template=template, **wanted)
        return people_of(world, set(found.values_list("recipient_id", flat=True)))


# --- the question ---------------------------------------------------------------------------------


def test_it_is_work_of_the_office_on_a_matter_of_that_child_alone(walk: Sent) -> None:
    world = walk.world
    second_family(world)

    receipt = walk.act("reply", "mother", text=DANGER)

    (task,) = questions(world)
    assert people_of(world, set(task.candidates)) == OFFICE
    assert (task.about, task.due_at) == (receipt.pk, walk.at + 30 * MINUTE)
    case = task.case
    assert (case.student_id, case.kind, case.channel) == (
        world.student.pk, "notice_danger", "NOTICE",
    )  # fmt: skip
    assert (case.shown_channel, case.state) == ("", "OPENED")
    assert crises(world) == []  # a person decides


def test_everybody_concerned_hears_once(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)

    assert told(walk.world, "notice.look_now", lane="crisis") == OFFICE | {"teacher"}
    assert told(walk.world, "follow_up.danger") == set()
    with tenancy.scope(walk.world.id):
        cases = Notification.objects.filter(template="notice.look_now").values_list("case")
        assert set(cases) == {(questions_case(walk),)}


def questions_case(walk: Sent) -> Any:
    return HumanTask.objects.get(name="upgrade_decide").case_id


@pytest.mark.parametrize("words", [CALM, "再这样我就打12345投诉"])
def test_other_words_ask_nobody(walk: Sent, words: str) -> None:
    walk.act("reply", "mother", text=words)

    assert questions(walk.world) == []


def test_while_a_question_is_open_more_words_add_none(walk: Sent) -> None:
    for words in (DANGER, MORE):
        walk.act("reply", "mother", text=words)
        walk.at += MINUTE

    assert len(questions(walk.world)) == 1
    decide(walk, "watch")
    walk.act("reply", "mother", text=MORE)
    assert len(questions(walk.world)) == 1
    assert len(questions(walk.world, "COMPLETED")) == 1


def test_each_guardian_speaks_for_themselves(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    walk.act("reply", "father", text=MORE)

    assert len({task.case_id for task in questions(walk.world)}) == 2


def test_what_a_teacher_writes_down_for_a_family_asks_as_well(walk: Sent) -> None:
    given = OnPaper(
        student_id=walk.world.student.pk, guardian_id=walk.world["mother"].pk, how="PHONE",
        witness_id=walk.world["counsellor"].pk, reply=DANGER,
    )  # fmt: skip
    notice_answering.by_staff(
        school_id=walk.world.id, notice_id=walk.notice_id, by=walk.world["teacher"], at=walk.at,
        given=given,
    )  # fmt: skip

    assert len(questions(walk.world)) == 1


def test_a_fault_in_asking_loses_no_words_and_no_message(
    walk: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(upgrade_requests, "CLOCK", "no.such.clock")
        walk.act("reply", "mother", text=DANGER)

    assert told(walk.world, "notice.look_now", lane="crisis") == OFFICE | {"teacher"}
    with tenancy.scope(walk.world.id):
        assert NoticeReceipt.objects.get(guardian=walk.world["mother"]).reply == DANGER
        assert not Case.objects.filter(kind="notice_danger").exists()


# --- what a person decides ------------------------------------------------------------------------


def test_crisis_is_the_same_matter_with_the_words_of_the_family(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    asked = questions(walk.world)[0].case_id

    decide(walk, "crisis", why="母亲的话说得很具体")

    (case,) = crises(walk.world)
    assert case.pk == asked
    with tenancy.scope(walk.world.id):
        report = CrisisReport.objects.get(case=case)
        assert (report.observed, report.safe_now) == (f"“{DANGER}”", "UNKNOWN")
        assert report.reporter_id == walk.world["duty_officer"].pk
        assert RoutingDecision.objects.get(case=case).reason == "母亲的话说得很具体"
        assert Escalation.objects.get(case=case).state == "WAITING"
        assert not case.parties.filter(part="SUSPECT").exists()


def test_watch_closes_the_matter_and_keeps_the_reason(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)

    decide(walk, "watch", why="已家访，孩子安全")

    (task,) = questions(walk.world, "COMPLETED")
    assert (task.case.state, task.case.closed_at) == ("CLOSED", walk.at)
    with tenancy.scope(walk.world.id):
        kept = HumanTask.objects.get(pk=task.pk).answer or {}
        assert kept["reason"] == "已家访，孩子安全"
        kinds = Event.objects.filter(subject_id=task.case_id).values_list("kind", flat=True)
        assert {"upgrade.asked", "upgrade.decided", "case.closed"} <= set(kinds)


@pytest.mark.parametrize("who", ["teacher", "vice_principal", "duty_officer"])
def test_a_tap_where_the_words_stand_decides_the_question(walk: Sent, who: str) -> None:
    walk.act("reply", "mother", text=DANGER)
    asked = questions(walk.world)[0].case_id

    first, again, other = tap(walk, who), tap(walk, who), tap(walk, "head_of_office")

    assert questions(walk.world) == []
    assert [case.pk for case in crises(walk.world)] == [asked]
    assert {one.receipt_no for one in (again, other)} == {first.receipt_no}
    assert (first.repeated, again.repeated, other.repeated) == (False, True, True)
    with tenancy.scope(walk.world.id):
        assert CrisisReport.objects.get(case=asked).observed == f"“{DANGER}”"


def test_a_tap_after_the_answer_is_the_same_crisis(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    decide(walk, "crisis")

    assert tap(walk).repeated
    assert len(crises(walk.world)) == 1


def test_after_watch_a_tap_reports_anew(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    asked = questions(walk.world)[0].case_id
    decide(walk, "watch")

    tap(walk)

    (case,) = crises(walk.world)
    assert case.pk != asked


# --- nobody decides -------------------------------------------------------------------------------


def climb(walk: Sent, minutes: int) -> int:
    walk.at += minutes * MINUTE
    return upgrade_ladder.look_due(via="test", at=walk.at)


def test_silence_widens_the_circle_and_never_ends(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    (start, steps) = (walk.at, [])

    assert climb(walk, 29) == 0
    for minutes in (1, 30, 30, 30):
        assert climb(walk, minutes) == 1
        assert upgrade_ladder.look_due(via="test", at=walk.at) == 0
        steps.append(people_of(walk.world, set(questions(walk.world)[0].candidates)) - OFFICE)

    assert steps == [
        {"vice_principal"}, *[{"vice_principal", "principal"}] * 3,
    ]  # fmt: skip
    assert told(walk.world, "matter.undecided", created_at=start + 30 * MINUTE) == OFFICE | {
        "grade_leader", "vice_principal",
    }  # fmt: skip
    with tenancy.scope(walk.world.id):
        late = Event.objects.filter(kind="clock.missed", subject_id=questions_case(walk))
        assert late.count() == 4


def test_it_rings_at_night(walk: Sent) -> None:
    walk.at = walk.at.replace(hour=22)
    walk.act("reply", "mother", text=DANGER)
    climb(walk, 30)

    rings = told(walk.world, "matter.undecided", channel="sms", lane="crisis")
    assert {"vice_principal", "duty_officer"} <= rings


def test_the_vice_principal_decides_what_somebody_else_had_claimed(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    (task,) = questions(walk.world)
    human_tasks.claim(
        school_id=walk.world.id, task_id=task.pk, by=walk.world["duty_officer"], at=walk.at
    )
    climb(walk, 30)

    decide(walk, "crisis", by="vice_principal")

    assert len(crises(walk.world)) == 1
    assert climb(walk, 60) == 0


def test_a_reminder_by_hand_does_not_hold_the_ladder_up(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)
    walk.at += 31 * MINUTE
    human_tasks.remind(
        school_id=walk.world.id, task_id=questions(walk.world)[0].pk,
        by=walk.world["duty_officer"], at=walk.at,
    )  # fmt: skip

    assert climb(walk, 0) == 1


def test_the_routine_sweep_drives_it(walk: Sent) -> None:
    assert sweeps.run("routine", via="test")["failed"] == 0
    assert "asked" in sweeps.run("routine", via="test")


# --- who must not know ----------------------------------------------------------------------------


def sees(walk: Sent, who: str) -> tuple[bool, bool]:
    """Whether this person finds the matter, and the question."""
    with tenancy.scope(walk.world.id):
        viewer = Viewer.load(walk.world[who], at=walk.at)
        case = viewer.rows(Case).filter(kind="notice_danger")
        return case.exists(), viewer.rows(HumanTask).filter(name="upgrade_decide").exists()


@pytest.mark.parametrize("who", ["mother", "father", "student", "mentor", "stranger", "classmate"])
def test_family_company_and_strangers_find_nothing_of_it(walk: Sent, who: str) -> None:
    before = filed(walk, who)
    walk.act("reply", "mother", text=DANGER)
    climb(walk, 30)

    assert sees(walk, who) == (False, False)
    if who != "mother":  # she finds her own answer
        assert filed(walk, who) == before
    with tenancy.scope(walk.world.id):
        mine = Notification.objects.filter(recipient=walk.world[who])
        assert not mine.filter(case__kind="notice_danger").exists()


def filed(walk: Sent, who: str) -> list[str]:
    try:
        return [entry.kind for entry in read(walk.world, who)[0]]
    except NotFound:
        return []


def test_the_one_who_wrote_finds_her_answer_and_no_case(walk: Sent) -> None:
    walk.act("reply", "mother", text=DANGER)

    assert set(filed(walk, "mother")) == {"notice", "notice_reply"}
    assert "case" in filed(walk, "teacher")


def test_a_colleague_of_the_family_neither_hears_nor_decides(walk: Sent) -> None:
    world = walk.world
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["duty_officer"],
            relation="OTHER",
        )  # fmt: skip
        Membership.objects.create(
            school=world.school, person=world["father"], role=Role.VP, starts_at=LONG_AGO
        )
    walk.act("reply", "mother", text=DANGER)
    climb(walk, 30)

    (task,) = questions(world)
    assert people_of(world, set(task.candidates)) == {"head_of_office", "vice_principal"}
    assert not {"duty_officer", "father"} & told(world, "matter.undecided")
    for who in ("duty_officer", "father"):
        assert sees(walk, who) == (False, False)


def test_a_suspect_loses_sight_of_all_of_it(walk: Sent) -> None:
    """Named in the crisis, the teacher has neither the matter nor its messages any more."""
    walk.act("reply", "mother", text=DANGER)
    decide(walk, "crisis")
    (case,) = crises(walk.world)
    with tenancy.scope(walk.world.id):
        Notification.objects.update(state="SENT", sent_at=walk.at)
        case.parties.create(
            school=walk.world.school, person=walk.world["teacher"], part="SUSPECT", since=walk.at
        )
        viewer = Viewer.load(walk.world["teacher"], at=walk.at)
        assert not viewer.rows(Notification).filter(case=case).exists()

    assert sees(walk, "teacher") == (False, False)
    assert not tap(walk).repeated  # as if nobody had ever asked


# --- another channel is no answer -----------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["crisis", "watch"])
def test_a_meeting_by_hand_leaves_the_question_open(walk: Sent, outcome: str) -> None:
    walk.act("reply", "mother", text=DANGER)
    rerouting.upgrade(
        school_id=walk.world.id, case_id=questions(walk.world)[0].case_id,
        by=walk.world["teacher"], at=walk.at,
        upgrade=UpgradeInput(to="MEETING", reason="想当面谈谈"),
    )  # fmt: skip
    assert climb(walk, 30) == 1

    decide(walk, outcome)

    (task,) = questions(walk.world, "COMPLETED")
    assert (task.case.channel == "CRISIS") == (outcome == "crisis")
    assert task.case.closed_at is None
