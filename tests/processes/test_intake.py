"""A matter on its way into a channel: real services, real tables, real transactions."""

import pytest
from django.db import DatabaseError, connection

from parties import tenancy
from parties.access import Viewer
from parties.roles import Role
from tests.factories import NOW, World, people_of
from tests.processes.intake_walk import AMBER, RED, Intake, in_meeting, raised
from workflow.errors import InvalidInput, SamePerson
from workflow.models import Case, CrisisReport, Escalation, Notification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]


def ladders(walk: Intake) -> int:
    with tenancy.scope(walk.world.id):
        return Escalation.objects.filter(case=walk.case_id, state="WAITING").count()


def told(walk: Intake, template: str) -> set[str]:
    with tenancy.scope(walk.world.id):
        rows = Notification.objects.filter(case=walk.case_id, template=template)
        return people_of(walk.world, set(rows.values_list("recipient", flat=True)))


# --- hints and the table propose ------------------------------------------------------------------


def test_two_failed_tests_are_proposed_as_a_meeting_with_the_row_that_says_so(
    world: World,
) -> None:
    matter = raised(world).matter

    assert (matter.level, matter.hints) == ("none", [])
    assert (matter.proposed, matter.rule) == ("MEETING", "failed_twice")
    assert matter.rule_label == "学业预警：两次技能测试未通过"


def test_red_words_propose_a_crisis_and_wake_three_offices_at_once(world: World) -> None:
    walk = raised(world, words=RED)

    assert (walk.matter.proposed, walk.matter.rule) == ("CRISIS", "red_words")
    assert "red:self_harm" in walk.matter.hints
    assert walk.open() == {"choose_channel_now"}
    who = {"teacher", "grade_leader", "duty_officer", "head_of_office"}
    assert walk.candidates("choose_channel_now") == who
    assert told(walk, "matter.urgent") == who
    assert ladders(walk) == 0  # words alone decide nothing


def test_words_that_hint_at_less_are_to_be_verified_first(world: World) -> None:
    matter = raised(world, words=AMBER, trigger="praise", individual=False).matter

    assert (matter.proposed, matter.rule) == ("MEETING", "verify_first")


def test_no_word_closes_nothing(world: World) -> None:
    walk = raised(world, words="没什么", trigger="praise", individual=False)

    assert walk.matter.level == "none"
    assert walk.open() == {"choose_channel"}
    walk.wait(days=30)
    assert walk.open() == {"choose_channel"}
    assert walk.case.state == Case.State.OPENED


def test_a_complaint_reaches_the_office_whoever_decides(world: World) -> None:
    walk = raised(world, words="家长说要投诉到12345")

    assert {"duty_officer", "head_of_office"} <= told(walk, "case.news")


@pytest.mark.parametrize("words", ["要投诉到12345", "他说请好律师了", "要找媒体曝光", "怕被开除"])
def test_words_of_a_complaint_are_talked_about_and_not_answered_by_a_notice(
    world: World, words: str
) -> None:
    walk = raised(world, words=words, trigger="praise", individual=False)

    assert (walk.matter.level, walk.matter.proposed) == ("complaint", "MEETING")
    assert walk.matter.rule == "complaint_words"
    assert walk.open() == {"choose_channel"}


def test_danger_outweighs_a_complaint(world: World) -> None:
    walk = raised(world, words="他说不想活了，要找律师", trigger="praise", individual=False)

    assert (walk.matter.level, walk.matter.proposed) == ("red", "CRISIS")
    assert {"duty_officer", "head_of_office"} <= told(walk, "case.news")


# --- a person decides -----------------------------------------------------------------------------


def test_the_teacher_decides_and_the_meeting_begins_on_the_same_case(world: World) -> None:
    walk = in_meeting(world)

    assert walk.open() == {"meet"}
    assert walk.processes() == {"intake": "COMPLETED", "meeting": "RUNNING"}
    assert (walk.case.channel, walk.case.shown_channel) == ("MEETING", "MEETING")
    [decision] = walk.decisions()
    assert (decision.kind, decision.proposed, decision.channel) == ("FIRST", "MEETING", "MEETING")
    assert (decision.decided_by, decision.second_by) == (world["teacher"], None)
    assert (decision.rule, decision.trigger) == ("failed_twice", "academic")
    assert decision.answers["repeated"] == "yes"


def test_the_family_sees_nothing_before_somebody_has_decided(world: World) -> None:
    walk = raised(world, by="mother", role=Role.G, trigger="visit")
    with tenancy.scope(world.id):
        mother = Viewer.load(world["mother"], at=NOW)
        assert not mother.rows(Case).exists()

    walk.choose("meeting")

    with tenancy.scope(world.id):
        assert mother.rows(Case).count() == 1


def test_another_way_than_proposed_needs_a_reason(world: World) -> None:
    walk = raised(world)

    with pytest.raises(InvalidInput) as refused:
        walk.choose("notice", reason="")

    assert refused.value.field == "reason"
    assert walk.open() == {"choose_channel"}
    walk.choose("notice", reason="只是通知考试安排")
    assert walk.case.channel == "NOTICE"
    assert walk.reasons() == [("只是通知考试安排", "")]


def test_a_decision_is_for_good_whoever_writes(world: World) -> None:
    [decision] = in_meeting(world).decisions()
    change = "UPDATE workflow_routingdecision SET channel = 'NOTICE' WHERE id = %s"

    with pytest.raises(DatabaseError), tenancy.scope(world.id), connection.cursor() as cursor:
        cursor.execute(change, [decision.pk])


# --- a crisis is sounded by the answer itself -----------------------------------------------------


def test_a_crisis_chosen_wakes_the_ladder_with_the_words_as_the_report(world: World) -> None:
    walk = raised(world, words=RED, by="mother", role=Role.G)

    walk.choose("crisis", by="grade_leader", safe_now="NO")

    assert ladders(walk) == 1
    assert walk.processes() == {"intake": "COMPLETED", "crisis": "RUNNING"}
    assert walk.open() == {"acknowledge"}
    with tenancy.scope(world.id):
        report = CrisisReport.objects.select_related("reporter").get(case=walk.case_id)
        assert (report.observed, report.safe_now) == (RED, "NO")
    assert (report.reporter, report.reporter_role) == (world["mother"], "G")
    [decision] = walk.decisions()
    assert (decision.chosen, decision.channel) == ("CRISIS", "CRISIS")
    assert decision.decided_by == world["grade_leader"]


def test_a_crisis_that_nobody_proposed_starts_just_as_fast(world: World) -> None:
    walk = raised(world)

    walk.choose("crisis", reason="见到新伤")

    assert ladders(walk) == 1
    assert walk.case.shown_channel == ""


def test_a_broken_crisis_diagram_silences_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = raised(world, words=RED)
    monkeypatch.setattr("workflow.steps.runtime.advance", lambda *_, **__: 1 / 0)

    walk.choose("crisis")

    assert ladders(walk) == 1
    assert walk.processes()["intake"] == "FROZEN"


# --- below what the words point to, two people ----------------------------------------------------


def test_below_red_words_a_second_person_looks(world: World) -> None:
    walk = raised(world, words=RED)

    walk.choose("meeting")

    assert walk.open() == {"confirm_channel"}
    assert walk.case.state == Case.State.OPENED
    walk.confirm("yes")
    assert walk.open() == {"meet"}
    [decision] = walk.decisions()
    assert (decision.decided_by, decision.second_by) == (world["teacher"], world["duty_officer"])
    assert walk.reasons() == [("与家长通过电话", "已当面核实")]


def test_one_person_is_not_two(world: World) -> None:
    walk = raised(world, words=RED)
    walk.choose("meeting", by="duty_officer")

    assert "duty_officer" not in walk.candidates("confirm_channel")
    task = walk.task("confirm_channel")
    with tenancy.scope(world.id):
        task.candidates = [*task.candidates, world["duty_officer"].pk]
        task.save(update_fields=["candidates"])
    with pytest.raises(SamePerson):
        walk.confirm("yes")


def test_two_who_do_not_agree_have_a_crisis(world: World) -> None:
    walk = raised(world, words=RED)
    walk.choose("meeting")

    walk.confirm("no")

    assert ladders(walk) == 1
    assert walk.processes() == {"intake": "COMPLETED", "crisis": "RUNNING"}
    [decision] = walk.decisions()
    assert (decision.chosen, decision.channel) == ("MEETING", "CRISIS")
    assert decision.second_by == world["duty_officer"]


# --- nobody decides -------------------------------------------------------------------------------


def test_undecided_red_words_are_told_again_every_half_hour_and_higher(world: World) -> None:
    walk = raised(world, words=RED)

    walk.wait(minutes=31)
    assert told(walk, "matter.undecided") == {"grade_leader", "duty_officer", "head_of_office"}
    walk.wait(minutes=31)
    assert {"vice_principal", "principal"} <= told(walk, "matter.undecided")
    walk.wait(minutes=31)

    assert (
        walk.payloads("clock.missed")
        == [{"clock": "intake.choose_now", "task": "choose_channel_now", "via": "test"}] * 3
    )


def test_a_decision_ends_the_reminders(world: World) -> None:
    walk = raised(world, words=RED)
    walk.wait(minutes=31)
    walk.choose("crisis")

    walk.wait(hours=2)

    missed = [each for each in walk.payloads("clock.missed") if "intake" in each["clock"]]
    assert missed == [{"clock": "intake.choose_now", "task": "choose_channel_now", "via": "test"}]


def test_the_form_offers_nothing_but_the_three_channels(world: World) -> None:
    walk = raised(world)

    with pytest.raises(InvalidInput):
        walk.choose("none")
