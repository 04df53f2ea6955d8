"""bpmn/crisis.bpmn through the real engine, branch by branch, with a hand-driven clock."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parties import tenancy
from parties.models import CalendarDay, Placement, Restriction
from parties.roles import Role
from tests.factories import CN, MINUTE, NOW, World
from tests.processes.walker import Walk, begin, triaged
from workflow import cases, human_tasks, zero_reports
from workflow.errors import InvalidInput, NotAllowed, SamePerson, WrongState
from workflow.models import (
    Case,
    CaseParty,
    Escalation,
    HumanTask,
    Incident,
    Notification,
    ZeroReport,
)
from workflow.reports import Suspect

pytestmark = pytest.mark.django_db

FATHER = (Suspect(relation="FATHER"),)
AT_ONCE = {
    "call_guardian", "report_decide", "oral_report", "first_report", "written_report", "protect",
    "meeting_urgent",
}  # fmt: skip


def test_after_the_report_somebody_has_to_acknowledge(world: World) -> None:
    assert begin(world).open() == {"acknowledge"}


def test_acknowledging_opens_the_triage_and_stops_the_ladder(world: World) -> None:
    walk = begin(world)

    walk.acknowledge("counsellor")

    assert walk.open() == {"triage"}
    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED
    assert walk.case.owner_id == world["counsellor"].pk


def test_the_acknowledger_of_a_process_that_could_not_start_is_heard_later(world: World) -> None:
    walk = begin(world)
    with tenancy.scope(world.id):
        HumanTask.objects.filter(case=walk.case_id, name="acknowledge").delete()
    walk.acknowledge()

    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED


# --- C4 triage ------------------------------------------------------------------------------------


def test_two_people_triage(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    assert walk.open() == {"triage_confirm"}

    walk.do("triage_confirm")

    assert walk.open() == AT_ONCE
    assert (walk.case.state, walk.case.colour) == (Case.State.IN_PROGRESS, "RED")
    assert len(walk.events("triage.settled")[0].refs) == 2


def test_one_person_cannot_be_both_names(world: World) -> None:
    with tenancy.scope(world.id):
        world.people["both"] = world["duty_officer"]
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(case=walk.case_id, name="triage_confirm")
        task.candidates = [*task.candidates, world["duty_officer"].pk]
        task.save(update_fields=["candidates"])

    with pytest.raises(SamePerson):
        walk.do("triage_confirm", by="duty_officer")


def test_disagreement_returns_to_the_first_person(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")

    walk.do("triage_confirm", agree="no")

    assert walk.open() == {"triage"}


def test_one_no_to_telling_is_a_no(world: World) -> None:
    walk = begin(world, suspects=FATHER)
    walk.acknowledge()
    walk.do("triage", safe_to_tell="yes")
    walk.do("triage_confirm", safe_to_tell="no")

    assert walk.case.safe_to_tell == Case.SafeToTell.NO


def test_a_missed_triage_clock_raises_the_ladder_above_the_holder(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()

    walk.wait(minutes=30)

    assert {"clock": "crisis.triage", "task": "triage"}.items() <= walk.payloads("clock.missed")[
        0
    ].items()
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.ladder().reason == "crisis.triage"
    assert walk.open() == {"triage"}


def test_a_triage_one_second_late_is_a_missed_clock_even_without_a_sweep(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.at = NOW + 30 * MINUTE + timedelta(seconds=1)

    walk.do("triage")

    assert walk.payloads("clock.missed")[0]["clock"] == "crisis.triage"
    assert walk.open() == {"triage_confirm"}


def test_a_suspect_named_at_triage_loses_their_tasks(world: World) -> None:
    walk = begin(world, by="mentor")
    walk.acknowledge()

    walk.triage(suspect_kind="staff", suspect_people=[str(world["teacher"].pk)])

    assert "teacher" not in walk.candidates("call_guardian")
    assert "duty_officer" in walk.candidates("call_guardian")


# --- C6 guardians ---------------------------------------------------------------------------------


def test_both_guardians_are_called_one_after_the_other(world: World) -> None:
    walk = triaged(world)
    about = [walk.task("call_guardian").about]
    walk.do("call_guardian")
    about.append(walk.task("call_guardian").about)
    walk.do("call_guardian")

    assert set(about) == {world["father"].pk, world["mother"].pk}
    assert "call_guardian" not in walk.open()
    assert "call_community" not in walk.open()


def test_a_guardian_gets_a_message_without_a_word_of_what_happened(world: World) -> None:
    triaged(world)

    with tenancy.scope(world.id):
        sent = Notification.objects.filter(to_role="G").values_list("template", flat=True)
        assert set(sent) == {"crisis.guardian_call"}


def test_three_tries_end_one_guardians_turn(world: World) -> None:
    walk = triaged(world)
    first = walk.task("call_guardian").about
    for _ in range(3):
        assert walk.task("call_guardian").about == first
        walk.do("call_guardian", outcome="no_answer")

    assert walk.task("call_guardian").about != first


def test_unreachable_family_leads_to_community_and_police(world: World) -> None:
    walk = triaged(world)
    for _ in range(6):
        walk.do("call_guardian", outcome="no_answer")
    walk.do("call_community", outcome="no_answer")
    walk.do("call_police")

    assert not walk.open() & {"call_guardian", "call_carer", "call_community", "call_police"}
    assert walk.kinds().count("contact.attempted") == 8


def test_a_carer_is_asked_before_strangers(world: World) -> None:
    with tenancy.scope(world.id):
        world.guardian("grandmother", "GRANDPARENT", delegate_carer=True, contact_priority=99)
    walk = triaged(world)
    for _ in range(6):
        walk.do("call_guardian", outcome="refused")

    assert walk.task("call_carer").about == world["grandmother"].pk
    walk.do("call_carer")
    assert "call_community" not in walk.open()


def test_when_telling_is_unsafe_the_suspect_is_never_called(world: World) -> None:
    walk = triaged(world, suspects=FATHER, safe_to_tell="no", suspect_kind="guardian")

    assert walk.task("call_guardian").about == world["mother"].pk
    walk.do("call_guardian")
    walk.do("call_community")

    assert "call_guardian" not in walk.open()
    with tenancy.scope(world.id):
        assert not Notification.objects.filter(recipient=world["father"]).exists()
        barred = Restriction.objects.filter(case_id=walk.case_id)
        assert [row.person_id for row in barred] == [world["father"].pk]


def test_a_guardian_who_answered_may_see_their_part(world: World) -> None:
    walk = triaged(world, suspects=FATHER, safe_to_tell="no", suspect_kind="guardian")
    walk.do("call_guardian")

    with tenancy.scope(world.id):
        told = CaseParty.objects.filter(case=walk.case_id, part="TOLD")
        assert [row.person_id for row in told] == [world["mother"].pk]


def test_bullying_tells_the_other_sides_guardians_too(world: World) -> None:
    with tenancy.scope(world.id):
        classmate = world.pupil("bully", world.school_class)
        parent = world.add("other_parent", phone="+8619944000001")
        parent.guardian_links.create(school=world.school, student=classmate, relation="MOTHER")
    named = (Suspect(relation="STUDENT", person_id=world["bully"].pk),)
    walk = triaged(world, suspects=named, type="bullying", suspect_kind="student")
    walk.do("call_guardian")
    walk.do("call_guardian")

    assert walk.task("call_other_side").about == world["other_parent"].pk


def test_a_contact_clock_that_ran_out_is_an_event(world: World) -> None:
    walk = triaged(world)

    walk.wait(hours=1)

    assert "crisis.contact" in {each["clock"] for each in walk.payloads("clock.missed")}


# --- C7 mandatory report --------------------------------------------------------------------------


def test_a_mandatory_report_needs_two_names(world: World) -> None:
    walk = triaged(world)
    walk.do("report_decide")
    assert "report_confirm" in walk.open()

    walk.do("report_confirm")

    decided = walk.events("mandatory_report.decided")
    assert len(decided) == 1
    assert {f"person:{world['duty_officer'].pk}", f"person:{world['vice_principal'].pk}"} == set(
        decided[0].refs
    )


def test_a_refused_report_decision_goes_back(world: World) -> None:
    walk = triaged(world)
    walk.do("report_decide", outcome="not_required", reason="不属于法定情形")
    walk.do("report_confirm", agree="no")

    assert "report_decide" in walk.open()


@pytest.mark.parametrize(("kind", "serious"), [("sexual", "no"), ("bullying", "yes")])
def test_grave_cases_have_no_exit_without_the_principal(
    world: World, kind: str, serious: str
) -> None:
    walk = triaged(world, type=kind, serious=serious)
    walk.do("report_decide", outcome="not_required", reason="家属已报告")
    walk.do("report_confirm")
    assert "report_waive" in walk.open()
    assert not walk.events("mandatory_report.decided")

    walk.do("report_waive")

    assert walk.payloads("mandatory_report.decided")[0]["outcome"] == "not_required"


def test_a_principal_who_refuses_sends_it_back(world: World) -> None:
    walk = triaged(world, type="sexual")
    walk.do("report_decide", outcome="not_required", reason="家属已报告")
    walk.do("report_confirm")
    walk.do("report_waive", agree="no")

    assert "report_decide" in walk.open()


def test_lesser_cases_need_no_principal(world: World) -> None:
    walk = triaged(world, type="illness")
    walk.do("report_decide", outcome="not_required", reason="突发疾病，家属在场")
    walk.do("report_confirm")

    assert "report_waive" not in walk.open()


def test_a_pending_decision_raises_the_ladder_every_quarter_of_an_hour(world: World) -> None:
    walk = triaged(world)
    missed = []
    for _ in range(3):
        walk.wait(minutes=15)
        clocks = [each["clock"] for each in walk.payloads("clock.missed")]
        missed.append(clocks.count("crisis.report_pending"))

    assert missed == [1, 2, 3]
    walk.do("report_decide")
    walk.do("report_confirm")
    walk.wait(minutes=60)
    clocks = [each["clock"] for each in walk.payloads("clock.missed")]
    assert clocks.count("crisis.report_pending") == 3


# --- C5 reports up, C8 protection -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "clock", "after"),
    [
        ("oral_report", "crisis.oral_report", timedelta(minutes=30)),
        ("first_report", "crisis.first_report", timedelta(hours=2)),
        ("written_report", "crisis.written_report", timedelta(hours=8)),
    ],
)
def test_each_report_up_has_its_clock(
    world: World, task: str, clock: str, after: timedelta
) -> None:
    walk = triaged(world)
    assert walk.task(task).due_at == NOW + after

    walk.at = NOW + after - timedelta(seconds=1)
    walk.wait()
    assert clock not in {each["clock"] for each in walk.payloads("clock.missed")}
    walk.wait(seconds=1)

    assert clock in {each["clock"] for each in walk.payloads("clock.missed")}
    assert task in walk.open()


def test_an_accident_at_the_company_stops_the_work(world: World) -> None:
    walk = triaged(world, type="work_accident", at_company="yes")

    assert "secure_site" in walk.open()
    assert walk.candidates("secure_site") == {"mentor"}
    with tenancy.scope(world.id):
        assert Placement.objects.get().state == Placement.State.SUSPENDED
    walk.do("secure_site")
    assert "secure_site" not in walk.open()


# --- C9 to C11, C13 -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "task"),
    [("red", "meeting_urgent"), ("orange", "meeting_urgent"), ("yellow", "meeting"),
     ("blue", "meeting")],
)  # fmt: skip
def test_the_colour_decides_how_soon_the_meeting_is(world: World, colour: str, task: str) -> None:
    assert task in triaged(world, colour=colour).open()


def test_a_meeting_in_working_days_counts_a_working_saturday(world: World) -> None:
    with tenancy.scope(world.id):
        CalendarDay.objects.create(school=world.school, date=date(2026, 10, 10),
                                   is_working=True)  # fmt: skip
    walk = triaged(world, colour="yellow")

    due = walk.task("meeting").due_at
    assert due is not None
    assert due.astimezone(CN).date() == date(2026, 10, 13)


def to_safety(walk: Walk) -> None:
    """Everything that is urgent is done; the danger lasts."""
    for name in ("call_guardian", "call_guardian"):
        walk.do(name)
    walk.do_all("report_decide", "report_confirm", "oral_report", "first_report")
    walk.do_all("written_report", "protect")
    walk.do("meeting_urgent")
    walk.do("safety_plan")


def test_the_meeting_leads_to_a_safety_plan_and_then_to_the_end_of_danger(world: World) -> None:
    walk = triaged(world)
    to_safety(walk)

    assert walk.open() == {"danger_over"}
    walk.do("danger_over")

    assert walk.case.state == Case.State.FOLLOW_UP
    assert walk.open() == {"inform_after", "final_report"}


def test_whoever_was_away_comes_back_with_a_plan_of_two(world: World) -> None:
    walk = triaged(world, type="work_accident", at_company="yes")
    to_safety(walk)
    walk.do("secure_site")
    walk.do("danger_over", away="yes")
    walk.do("return_plan")
    walk.do("return_confirm", agree="no")
    assert "return_plan" in walk.open()
    walk.do("return_plan")
    walk.do("return_confirm")

    with tenancy.scope(world.id):
        assert Placement.objects.get().state == Placement.State.ACTIVE


# --- C10 zero reports -----------------------------------------------------------------------------


def test_every_day_has_its_report_holidays_included(world: World) -> None:
    walk = triaged(world)
    for _ in range(9):  # through the weekend and beyond
        walk.wait(days=1)
        walk.do("zero_report")

    with tenancy.scope(world.id):
        reports = list(ZeroReport.objects.filter(case=walk.case_id).order_by("day"))
    days = [report.day for report in reports]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len({report.day for report in reports}) == len(reports)


def test_one_missed_report_is_a_fact_two_raise_the_ladder(world: World) -> None:
    walk = triaged(world)
    to_safety(walk)

    walk.at = datetime(2026, 10, 10, 17, 0, tzinfo=CN)
    walk.wait()
    after_one = (len(walk.events("zero_report.missed")), walk.ladder().state)
    walk.wait(days=1)

    assert after_one == (1, Escalation.State.ACKNOWLEDGED)
    assert len(walk.events("zero_report.missed")) == 2
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.ladder().reason == "crisis.zero_report"


def test_an_outage_of_three_days_leaves_three_missed_days(world: World) -> None:
    walk = triaged(world)

    walk.wait(days=3)

    with tenancy.scope(world.id):
        states = ZeroReport.objects.filter(case=walk.case_id).values_list("state", flat=True)
        assert sorted(states) == ["DUE", "MISSED", "MISSED", "MISSED"]


def test_daily_reports_end_with_the_danger(world: World) -> None:
    walk = triaged(world)
    to_safety(walk)
    assert "zero_report" in walk.all_open()

    walk.do("danger_over")

    assert "zero_report" not in walk.all_open()


# --- C12 bullying ---------------------------------------------------------------------------------


def test_bullying_is_found_by_the_committee_within_its_clock(world: World) -> None:
    walk = triaged(world, type="bullying")
    assert "bullying_finding" in walk.open()

    walk.do("bullying_finding")

    assert walk.payloads("bullying.found")[0]["result"] == "bullying"


def test_a_late_finding_is_an_event(world: World) -> None:
    walk = triaged(world, type="bullying")

    walk.wait(days=11)

    assert "crisis.bullying_finding" in {each["clock"] for each in walk.payloads("clock.missed")}


# --- C14 follow-ups, C15 closing ------------------------------------------------------------------


def to_follow_up(world: World, **answer: Any) -> Walk:
    walk = triaged(world, **answer)
    to_safety(walk) if answer.get("colour", "red") == "red" else to_safety_yellow(walk)
    walk.do("danger_over")
    walk.do_all("inform_after", "final_report")
    return walk


def to_safety_yellow(walk: Walk) -> None:
    for name in ("call_guardian", "call_guardian"):
        walk.do(name)
    walk.do_all("report_decide", "report_confirm", "oral_report", "first_report")
    walk.do_all("written_report", "protect", "meeting", "safety_plan")


def follow_all(walk: Walk) -> int:
    """Hold every follow-up when its time comes; how many there were."""
    held = 0
    for _ in range(300):
        if "close_propose" in walk.open():
            return held
        walk.wait(days=1)
        if "follow_up" in walk.open():
            walk.do("follow_up")
            held += 1
    return held


@pytest.mark.parametrize(("colour", "held"), [("red", 7), ("yellow", 6)])
def test_follow_ups_are_weekly_then_monthly(world: World, colour: str, held: int) -> None:
    assert follow_all(to_follow_up(world, colour=colour)) == held


def test_two_people_close_with_every_condition_met(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)

    walk.do("close_propose")
    walk.do("close_confirm")

    assert walk.case.state == Case.State.CLOSED
    assert walk.instance.status == "COMPLETED"
    assert walk.all_open() <= {"wake_call"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"student_view": ""}, "student_view_missing"),
        ({"guardian_view": ""}, "guardian_view_missing"),
        ({"lesson": " "}, "lesson_missing"),
    ],
)
def test_an_unmet_condition_sends_the_proposal_back_with_its_name(
    world: World, change: dict[str, str], code: str
) -> None:
    walk = to_follow_up(world)
    follow_all(walk)

    walk.do("close_propose", **change)

    assert walk.open() == {"close_propose"}
    assert code in walk.payloads("closing.refused")[-1]["unmet"]


def test_the_second_name_can_refuse(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    walk.do("close_propose")
    walk.do("close_confirm", agree="no")

    assert walk.open() == {"close_propose"}


def test_the_proposer_cannot_confirm(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    walk.do("close_propose")

    assert "duty_officer" not in walk.candidates("close_confirm")


@pytest.mark.parametrize(
    ("outcome", "state"), [("transferred", "TRANSFERRED"), ("merged", "CANCELLED")]
)
def test_a_case_can_be_handed_on(world: World, outcome: str, state: str) -> None:
    walk = to_follow_up(world)
    follow_all(walk)

    walk.do("close_propose", outcome=outcome)
    walk.do("close_confirm")

    assert walk.case.state == state


# --- danger again ---------------------------------------------------------------------------------


def at_start(walk: Walk) -> None:
    """Reported only."""


def at_triage(walk: Walk) -> None:
    walk.acknowledge()


def in_measures(walk: Walk) -> None:
    walk.acknowledge()
    walk.triage()


def in_follow_up(walk: Walk) -> None:
    in_measures(walk)
    to_safety(walk)
    walk.do("danger_over")


@pytest.mark.parametrize("reach", [at_triage, in_measures, in_follow_up])
def test_danger_again_goes_back_to_the_triage_from_every_state(world: World, reach: Any) -> None:
    walk = begin(world)
    reach(walk)
    walk.at += timedelta(hours=5)

    walk.again()

    assert walk.open() == {"triage"}
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.case.alarm_at == walk.at
    assert walk.task("triage").due_at == walk.at + 30 * MINUTE


def test_danger_before_anybody_acknowledged_keeps_the_ladder_climbing(world: World) -> None:
    walk = begin(world)

    walk.again()

    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.open() == {"acknowledge"}


def test_it_works_any_number_of_times(world: World) -> None:
    walk = triaged(world)
    for _ in range(4):
        walk.at += timedelta(hours=1)
        walk.again()
        walk.acknowledge()
        walk.triage()

    assert walk.open() == AT_ONCE


def test_a_closed_case_starts_over(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    walk.do("close_propose")
    walk.do("close_confirm")

    walk.again()

    assert walk.case.state == Case.State.REOPENED
    assert walk.open() == {"acknowledge"}
    assert walk.ladder().state == Escalation.State.WAITING


def test_a_danger_seen_at_a_follow_up_sounds_the_alarm(world: World) -> None:
    walk = to_follow_up(world)
    walk.wait(days=7)

    walk.do("follow_up", danger="again")

    assert walk.open() == {"triage"}
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.ladder().reason == "danger_again"


# --- people ---------------------------------------------------------------------------------------


def test_an_answer_that_the_form_refuses_changes_nothing(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()

    with pytest.raises(InvalidInput) as refused:
        walk.do("triage", colour="purple")

    assert refused.value.field == "colour"
    assert walk.open() == {"triage"}


def test_a_task_is_done_once(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    task = walk.task("triage")
    walk.do("triage")

    with pytest.raises(WrongState):
        human_tasks.complete(
            school_id=world.id, task_id=task.pk, by=world["duty_officer"], at=walk.at, answer={}
        )


def test_what_somebody_else_holds_is_theirs(world: World) -> None:
    walk = triaged(world)
    task = walk.task("call_guardian")
    human_tasks.claim(school_id=world.id, task_id=task.pk, by=world["teacher"], at=walk.at)

    with pytest.raises(WrongState):
        walk.do("call_guardian", by="duty_officer")


def test_a_task_can_be_handed_to_somebody_who_may_do_it(world: World) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    human_tasks.claim(school_id=world.id, task_id=task.pk, by=world["duty_officer"], at=walk.at)
    human_tasks.delegate(
        school_id=world.id,
        task_id=task.pk,
        by=world["duty_officer"],
        to=world["counsellor"].pk,
        at=walk.at,
    )

    walk.do("protect", by="counsellor")
    assert "protect" not in walk.open()


@pytest.mark.parametrize("to", ["mother", "auditor", "stranger"])
def test_a_task_cannot_be_handed_to_just_anybody(world: World, to: str) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    human_tasks.claim(school_id=world.id, task_id=task.pk, by=world["duty_officer"], at=walk.at)

    with pytest.raises((InvalidInput, NotAllowed)):
        human_tasks.delegate(
            school_id=world.id, task_id=task.pk, by=world["duty_officer"], to=world[to].pk,
            at=walk.at,
        )  # fmt: skip


def test_a_step_can_be_returned_to_who_did_it_before(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    task = walk.task("triage_confirm")

    human_tasks.return_(
        school_id=world.id, task_id=task.pk, by=world["counsellor"], to="triage",
        reason="还缺伤情说明", at=walk.at,
    )  # fmt: skip

    assert walk.open() == {"triage"}
    assert "task.returned" in walk.kinds()


def test_returning_to_a_step_that_was_not_done_is_refused(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    task = walk.task("triage_confirm")

    with pytest.raises(InvalidInput) as refused:
        human_tasks.return_(
            school_id=world.id, task_id=task.pk, by=world["counsellor"], to="close_propose",
            reason="不对", at=walk.at,
        )  # fmt: skip
    assert refused.value.field == "to"


def test_a_reminder_goes_to_the_candidates_once_in_a_while(world: World) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    remind = {"school_id": world.id, "task_id": task.pk, "by": world["vice_principal"]}
    human_tasks.remind(**remind, at=walk.at)

    with pytest.raises(WrongState):
        human_tasks.remind(**remind, at=walk.at + MINUTE)
    with tenancy.scope(world.id):
        reminders = Notification.objects.filter(template="task.reminder", case=walk.case_id)
        assert reminders.count() == len(task.candidates)


def test_the_same_request_gets_the_same_receipt(world: World) -> None:
    first = begin(world, key="phone")
    second = begin(world, key="phone")

    assert first.case_id == second.case_id


def test_a_new_report_is_never_folded_into_an_old_case(world: World) -> None:
    assert begin(world, key="one").case_id != begin(world, key="two").case_id


def test_a_crisis_about_somebody_unknown_wakes_the_team(world: World) -> None:
    receipt = cases.report_crisis(
        school_id=world.id,
        reporter=world["mentor"],
        role=Role.CM,
        at=NOW,
        report=cases.ReportInput(who="车间里一个学生", observed="手被夹伤", safe_now="UNKNOWN"),
        request_key="unknown",
    )
    walk = Walk(world, receipt.case_id)

    assert walk.open() == {"acknowledge"}
    with tenancy.scope(world.id):
        woken = Notification.objects.filter(case=receipt.case_id, template="crisis.alert")
        roles = set(woken.values_list("to_role", flat=True))
    assert roles == {"ME", "PSY", "GL"}


# --- what breaks ----------------------------------------------------------------------------------


@pytest.fixture
def broken_diagram(settings: Any, tmp_path: Path) -> Path:
    """bpmn/ with a crisis.bpmn that nothing can read."""
    folder = tmp_path / "bpmn"
    shutil.copytree(settings.BPMN_DIR, folder)
    (folder / "crisis.bpmn").write_text("<broken", encoding="utf-8")
    settings.BPMN_DIR = folder
    return folder


def test_a_broken_diagram_does_not_silence_a_crisis(world: World, broken_diagram: Path) -> None:
    walk = begin(world)

    for _ in range(6):
        walk.wait(minutes=10)

    assert walk.ladder().rung >= 5
    assert walk.instance.status == "PENDING"
    with tenancy.scope(world.id):
        assert Incident.objects.filter(case=walk.case_id, code="process.start_failed").count() == 1


def test_once_mended_the_process_starts_and_hears_who_took_over(
    world: World, broken_diagram: Path, settings: Any
) -> None:
    walk = begin(world)
    walk.acknowledge("counsellor")

    settings.BPMN_DIR = Path(settings.BASE_DIR) / "bpmn"
    walk.wait(hours=1)

    assert walk.open() == {"triage"}
    with tenancy.scope(world.id):
        states = Incident.objects.filter(case=walk.case_id).values_list("state", flat=True)
        assert set(states) == {"RESOLVED"}


def test_a_fault_in_a_handler_keeps_the_answer_and_a_retry_applies_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    with monkeypatch.context() as broken:
        broken.setattr(zero_reports, "begin", lambda **_: 1 / 0)
        walk.do("triage_confirm")
    assert walk.instance.status == "FROZEN"
    assert walk.open() == set()

    walk.wait(minutes=2)

    assert walk.instance.status == "RUNNING"
    assert walk.open() == AT_ONCE


def test_danger_again_on_a_frozen_process_still_climbs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    with monkeypatch.context() as broken:
        broken.setattr(zero_reports, "begin", lambda **_: 1 / 0)
        walk.do("triage_confirm")
        walk.at += MINUTE
        walk.again()

    assert walk.ladder().state == Escalation.State.WAITING
