"""Reporting, taking over, danger again, trying again: what a case survives and who may do what."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.models import Membership, Person, Placement
from parties.roles import Role
from tests.factories import MINUTE, NOW, World
from tests.processes.walker import Walk, begin, follow_all, to_follow_up, triaged
from workflow import cases, escalation, human_tasks, processes
from workflow.engine import runtime
from workflow.errors import InvalidInput, NotAllowed, NotFound, WrongState
from workflow.models import (
    Case,
    CrisisReport,
    Escalation,
    HumanTask,
    Incident,
    ProcessInstance,
)
from workflow.reports import Receipt, ReportInput

pytestmark = pytest.mark.django_db

WORDS = ReportInput(who="", observed="手臂有新伤", safe_now="NO")


def report(
    world: World, *, by: str = "teacher", key: str = "k", about: UUID | None = None, **change: Any
) -> Receipt:
    words = replace(WORDS, student_id=about or world.student.pk, **change)
    reporter: Person | None = world[by] if by else None
    return cases.report_crisis(
        school_id=world.id, reporter=reporter, role=Role.HT, at=NOW, report=words, request_key=key
    )


def stored(world: World, receipt: Receipt) -> CrisisReport:
    with tenancy.scope(world.id):
        return CrisisReport.objects.select_related("case").get(case=receipt.case_id)


def words(world: World, receipt: Receipt) -> dict[str, str]:
    """What the report says, opened inside the school's scope: elsewhere there is no key."""
    with tenancy.scope(world.id):
        row = CrisisReport.objects.get(case=receipt.case_id)
        names = ("who", "observed", "place", "with_whom", "injuries")
        return {name: getattr(row, name) for name in names}


# --- the report -------------------------------------------------------------------------------


def test_every_word_of_the_report_is_kept(world: World) -> None:
    receipt = report(
        world, place="宿舍", with_whom="舍友", injuries="左臂", keep_secret=False, who="我同学"
    )

    assert words(world, receipt) == {
        "who": "我同学", "observed": "手臂有新伤", "place": "宿舍", "with_whom": "舍友",
        "injuries": "左臂",
    }  # fmt: skip
    row = stored(world, receipt)
    assert row.keep_secret is False
    assert (row.receipt_no, row.reported_at) == (receipt.receipt_no, NOW)
    assert (row.reporter_id, row.reporter_role) == (world["teacher"].pk, "HT")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"observed": ""}, "observed"),
        ({"observed": " \n"}, "observed"),
        ({"safe_now": ""}, "safe_now"),
        ({"safe_now": "yes"}, "safe_now"),
        ({"student_id": None}, "who"),
        ({"student_id": None, "who": "  "}, "who"),
    ],
)
def test_a_missing_answer_is_named_and_nothing_is_stored(
    world: World, change: dict[str, Any], field: str
) -> None:
    words = replace(WORDS, student_id=world.student.pk)

    with pytest.raises(InvalidInput) as refused:
        cases.report_crisis(
            school_id=world.id, reporter=world["teacher"], role=Role.HT, at=NOW,
            report=replace(words, **change), request_key="k",
        )  # fmt: skip

    assert (refused.value.field, bool(refused.value.mend)) == (field, True)
    with tenancy.scope(world.id):
        assert not Case.objects.exists()


@pytest.mark.parametrize("safe", ["YES", "NO", "UNKNOWN"])
def test_every_answer_about_safety_is_a_crisis_all_the_same(world: World, safe: str) -> None:
    receipt = report(world, safe_now=safe)

    assert Walk(world, receipt.case_id).ladder().state == Escalation.State.WAITING


def test_an_id_that_no_student_has_is_kept_in_the_words(world: World) -> None:
    unknown = uuid4()

    receipt = report(world, about=unknown, who="实训车间的男生")

    assert stored(world, receipt).case.student_id is None
    assert words(world, receipt)["who"] == f"实训车间的男生（学生编号：{unknown}）"


def test_the_same_key_gets_the_same_slip_and_acts_once(world: World) -> None:
    first = report(world)
    again = report(world, observed="另一句话")

    assert again == replace(first, repeated=True)
    with tenancy.scope(world.id):
        assert (Case.objects.count(), Escalation.objects.count()) == (1, 1)


def test_who_reported_is_in_no_event(world: World) -> None:
    receipt = report(world, by="mentor")
    walk = Walk(world, receipt.case_id)
    walk.acknowledge()
    walk.triage()

    who = str(world["mentor"].pk)
    with tenancy.scope(world.id):
        everything = [
            (event.actor, " ".join(event.refs), bytes(event.body)) for event in Event.objects.all()
        ]
    assert len(everything) > 15
    assert all(str(actor) != who for actor, _, _ in everything)
    assert all(who not in refs and who.encode() not in body for _, refs, body in everything)


def test_a_report_without_a_person_is_a_report(world: World) -> None:
    assert stored(world, report(world, by="")).reporter_id is None


@pytest.mark.parametrize("state", ["ACTIVE", "SUSPENDED", "ENDED"])
def test_a_case_knows_the_placement_while_it_runs(world: World, state: str) -> None:
    with tenancy.scope(world.id):
        placement = Placement.objects.get(pk=world.placement.pk)
        if state == "SUSPENDED":
            placement.suspend()
        elif state == "ENDED":
            placement.end()
        placement.save()

    case = stored(world, report(world)).case

    assert case.placement_id == (world.placement.pk if state == "ACTIVE" else None)


def test_of_two_placements_the_newer_counts(world: World) -> None:
    with tenancy.scope(world.id):
        newer = Placement.objects.create(
            school=world.school, agreement_no="XY-2", student=world.student,
            company=world.company, mentor=world["mentor"], post="装配",
            starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 1), state="ACTIVE",
        )  # fmt: skip

    assert stored(world, report(world)).case.placement_id == newer.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("workers", [2, 8])
def test_the_same_request_arriving_at_once_is_one_case_and_one_slip(
    world: World, workers: int
) -> None:
    def work(_: int) -> Receipt:
        try:
            return report(world)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        slips = list(pool.map(work, range(workers)))

    assert len({slip.receipt_no for slip in slips}) == 1
    assert sorted(slip.repeated for slip in slips) == [False] + [True] * (workers - 1)
    with tenancy.scope(world.id):
        assert (Case.objects.count(), ProcessInstance.objects.count()) == (1, 1)
        assert Escalation.objects.count() == 1


# --- danger again -----------------------------------------------------------------------------


def test_danger_again_puts_the_case_back_to_triage(world: World) -> None:
    walk = triaged(world)
    walk.at += MINUTE
    walk.again()

    assert walk.open() == {"triage"}
    assert (walk.case.state, walk.case.alarm_at) == (Case.State.REOPENED, walk.at)
    assert walk.ladder().state == Escalation.State.WAITING
    assert [event.actor for event in walk.events("case.danger_again")] == [world["counsellor"].pk]


def test_danger_again_hides_the_case_from_the_family_until_it_is_judged_anew(
    world: World,
) -> None:
    walk = triaged(world)

    def mother_sees() -> bool:
        with tenancy.scope(world.id):
            viewer = Viewer.load(world["mother"], at=walk.at)
            return viewer.rows(Case).filter(pk=walk.case_id).exists()

    assert mother_sees()
    walk.again()
    assert not mother_sees()
    walk.triage()
    assert mother_sees()


def test_danger_again_reopens_a_closed_case_with_a_process_of_its_own(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    walk.do_all("close_propose", "close_confirm")
    first = walk.instance.pk

    walk.again()

    assert (walk.case.state, walk.case.closed_at) == (Case.State.REOPENED, None)
    assert walk.instance.pk != first
    assert walk.open() == {"acknowledge"}


def test_danger_again_twice_is_one_round(world: World) -> None:
    walk = triaged(world)
    for _ in range(2):
        walk.at += MINUTE
        walk.again()

    assert walk.open() == {"triage"}
    with tenancy.scope(world.id):
        waiting = Escalation.objects.filter(case=walk.case_id, state="WAITING")
        assert waiting.count() == 1


@pytest.mark.parametrize("who", ["mother", "father", "mentor", "stranger", "student"])
def test_outsiders_find_no_case_to_sound_the_alarm_for(world: World, who: str) -> None:
    walk = begin(world)

    with pytest.raises(NotFound):
        walk.again(by=who)


@pytest.mark.parametrize("who", ["mother", "auditor"])
def test_who_reads_the_outline_cannot_sound_it(world: World, who: str) -> None:
    walk = triaged(world)

    with pytest.raises(NotAllowed):
        walk.again(by=who)


# --- trying again -----------------------------------------------------------------------------


@pytest.fixture
def failed(world: World, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A process that could not start."""
    with monkeypatch.context() as patch:
        patch.setattr(runtime, "start", lambda *_: 1 / 0)
        return begin(world)


def incident(walk: Walk) -> Incident:
    with tenancy.scope(walk.world.id):
        return Incident.objects.get(case=walk.case_id)


def try_again(walk: Walk, who: str) -> Incident:
    return processes.retry_incident(
        school_id=walk.world.id, incident_id=incident(walk).pk, by=walk.world[who], at=walk.at
    )


def test_a_process_that_cannot_start_silences_nobody_and_is_kept(failed: Walk) -> None:
    assert failed.ladder().state == Escalation.State.WAITING
    assert failed.instance.status == "PENDING"
    assert (incident(failed).code, incident(failed).tries) == ("process.start_failed", 1)


def test_a_failed_start_rests_until_its_moment(failed: Walk) -> None:
    assert processes.start_pending(via="test", at=NOW + timedelta(seconds=59)) == 0
    assert processes.start_pending(via="test", at=NOW + MINUTE) == 1
    assert failed.open() == {"acknowledge"}


@pytest.mark.parametrize("who", ["duty_officer", "vice_principal", "principal"])
def test_a_leader_may_have_it_tried_again_at_once(failed: Walk, who: str) -> None:
    assert try_again(failed, who).state == Incident.State.RESOLVED
    assert failed.open() == {"acknowledge"}


@pytest.mark.parametrize("who", ["teacher", "counsellor", "grade_leader", "mother", "stranger"])
def test_for_everybody_else_there_is_no_incident(failed: Walk, who: str) -> None:
    with pytest.raises(NotFound):
        try_again(failed, who)

    assert incident(failed).state == Incident.State.OPEN


def test_what_is_resolved_is_not_tried_again(failed: Walk) -> None:
    try_again(failed, "principal")

    with pytest.raises(WrongState):
        try_again(failed, "principal")


def test_trying_in_vain_leaves_it_open_and_counts(
    failed: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "start", lambda *_: 1 / 0)

    assert try_again(failed, "principal").state == Incident.State.OPEN
    assert incident(failed).tries == 2


# --- taking over ------------------------------------------------------------------------------


def test_taking_over_completes_the_diagrams_task_in_the_same_name(world: World) -> None:
    walk = begin(world)

    walk.acknowledge("counsellor")

    with tenancy.scope(world.id):
        done = HumanTask.objects.get(case=walk.case_id, name="acknowledge")
        assert (done.state, done.completed_by_id) == ("COMPLETED", world["counsellor"].pk)
    assert walk.open() == {"triage"}


def test_a_diagram_that_fails_then_leaves_the_ladder_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = begin(world)
    monkeypatch.setattr(human_tasks, "complete_now", lambda **_: 1 / 0)

    walk.acknowledge()

    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED
    assert escalation.climb_due(via="test", at=NOW + 90 * MINUTE) == 0
    assert walk.open() == {"acknowledge"}


def test_with_the_whole_team_gone_a_report_is_still_taken(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.update(ends_at=NOW)

    receipt = report(world, by="mother")

    assert receipt.receipt_no
    assert Walk(world, receipt.case_id).ladder().state == Escalation.State.WAITING
