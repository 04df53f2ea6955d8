"""From crisis to meeting: two people of two offices, and nobody at home learns more by it."""

from datetime import timedelta

import pytest

from parties import tenancy
from parties.roles import Role
from tests.factories import MINUTE, World, people_of
from tests.processes.intake_walk import in_meeting, raised
from tests.processes.walker import FATHER
from tests.workflow.moves import (
    confirm,
    in_crisis,
    lower,
    propose,
    sees,
    settle,
    together,
    upgrade,
    waiting,
)
from workflow import stabilising
from workflow.errors import NotAllowed, SamePerson, WrongState
from workflow.models import (
    Case,
    CaseFace,
    CaseParty,
    DowngradeProposal,
    Notification,
    ZeroReport,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]


# --- down from a crisis: two people ---------------------------------------------------------------


def test_the_first_name_changes_nothing(world: World) -> None:
    walk = in_crisis(world)
    before = walk.all_open()

    propose(walk)

    assert walk.all_open() == before
    assert walk.case.channel == "CRISIS"


def test_what_is_owed_upward_is_answered_first(world: World) -> None:
    walk = in_meeting(world)
    upgrade(walk)
    walk.at += 4 * MINUTE
    walk.acknowledge()
    walk.triage(safe_to_tell="yes")
    walk.do_all("report_decide", "report_confirm", "first_report")

    with pytest.raises(WrongState, match="口头") as refused:
        propose(walk)
    assert "当地不要求" in str(refused.value)
    walk.do_all("oral_report", "written_report")
    confirm(walk, propose(walk))

    assert walk.case.channel == "MEETING"


def test_the_second_name_makes_it_a_meeting_and_ends_reports_and_tasks(world: World) -> None:
    walk = in_crisis(world)

    confirm(walk, propose(walk))

    assert walk.all_open() == {"meet"}
    assert walk.processes()["crisis"] == "CANCELLED"
    assert walk.case.channel == "MEETING"
    with tenancy.scope(world.id):
        assert not ZeroReport.objects.filter(case=walk.case_id, state="DUE").exists()
    decision = walk.decisions()[-1]
    assert (decision.decided_by, decision.second_by) == (
        world["counsellor"],
        world["duty_officer"],
    )


@pytest.mark.parametrize("first", ["head_of_office", "counsellor"])
def test_it_takes_one_of_each_office(world: World, first: str) -> None:
    walk = in_crisis(world)
    proposal = propose(walk, by=first)
    other = {"head_of_office": "counsellor", "counsellor": "head_of_office"}[first]
    with tenancy.scope(world.id):
        wanted = {"head_of_office": Role.PSY, "counsellor": Role.ME}[first]
        assert stabilising.awaited(proposal, at=walk.at) == {wanted}

    with pytest.raises(SamePerson):
        confirm(walk, proposal, by=first)
    with pytest.raises(NotAllowed):
        confirm(walk, proposal, by="principal")
    if first == "head_of_office":
        with pytest.raises(NotAllowed):
            confirm(walk, proposal, by="duty_officer")
    confirm(walk, proposal, by=other)


def test_not_while_somebody_must_still_acknowledge(world: World) -> None:
    walk = in_crisis(world)
    proposal = propose(walk)
    walk.wait(hours=3)  # clocks are missed: the ladder is up again

    assert waiting(walk) == 1
    with pytest.raises(WrongState):
        confirm(walk, proposal)
    with pytest.raises(WrongState):
        propose(walk)


def test_not_before_two_people_have_triaged(world: World) -> None:
    walk = in_meeting(world)
    upgrade(walk)
    walk.acknowledge()

    with pytest.raises(WrongState):
        propose(walk)


def test_not_before_the_mandatory_report_is_decided(world: World) -> None:
    walk = in_meeting(world)
    upgrade(walk)
    walk.acknowledge()
    walk.triage()

    with pytest.raises(WrongState):
        propose(walk)


def test_danger_again_makes_the_first_name_worthless(world: World) -> None:
    walk = in_crisis(world)
    proposal = propose(walk)
    walk.at += MINUTE
    walk.again()
    settle(walk, safe="yes")

    with pytest.raises(WrongState):
        confirm(walk, proposal)
    confirm(walk, propose(walk))


@pytest.mark.parametrize(
    ("first", "asked"),
    [("counsellor", ["duty_officer", "head_of_office"]), ("duty_officer", ["counsellor"])],
)
def test_everybody_of_the_other_office_hears_of_the_first_name(
    world: World, first: str, asked: list[str]
) -> None:
    walk = in_crisis(world)

    propose(walk, by=first)
    propose(walk, by=first)  # a second tap asks nobody again

    with tenancy.scope(world.id):
        told = Notification.objects.filter(key__startswith="downgrade.proposed:")
        people = list(told.values_list("recipient_id", flat=True))
    assert sorted(name for pk in people for name in people_of(world, {pk})) == asked


def test_a_newer_first_name_takes_the_place_of_an_older(world: World) -> None:
    walk = in_crisis(world)
    older = propose(walk)
    newer = propose(walk, by="duty_officer")

    with pytest.raises(WrongState):
        confirm(walk, older)
    confirm(walk, newer, by="counsellor")


def test_the_same_first_name_with_the_same_words_is_one(world: World) -> None:
    walk = in_crisis(world)

    first, second = propose(walk), propose(walk)

    assert first.pk == second.pk
    assert "downgrade.lapsed" not in walk.kinds()
    confirm(walk, first)


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_first_name(world: World) -> None:
    walk = in_crisis(world)

    codes = together(lambda: propose(walk), lambda: propose(walk))

    assert codes == ["", ""]
    with tenancy.scope(world.id):
        assert DowngradeProposal.objects.get(case=walk.case_id).state == "PROPOSED"


def test_the_same_case_may_become_a_crisis_once_more(world: World) -> None:
    walk = in_crisis(world)
    confirm(walk, propose(walk))
    walk.at += timedelta(days=2)

    upgrade(walk)

    assert waiting(walk) == 1
    assert walk.open() == {"acknowledge"}


# --- what the family sees of a meeting that was a crisis ------------------------------------------


def test_where_telling_was_safe_the_family_sees_the_meeting(world: World) -> None:
    walk = raised(world)
    walk.choose("crisis", reason="见到新伤")
    settle(walk, safe="yes")
    assert not sees(walk, "student")

    confirm(walk, propose(walk))

    assert sees(walk, "mother")
    assert sees(walk, "student")


def test_where_telling_was_not_safe_nobody_at_home_learns_of_the_meeting(world: World) -> None:
    walk = raised(world)
    walk.choose("crisis", reason="见到新伤")
    settle(walk, safe="no")

    confirm(walk, propose(walk))
    assert not any(sees(walk, who) for who in ("father", "mother", "student"))
    lower(walk)
    assert not any(sees(walk, who) for who in ("father", "mother", "student"))


def test_a_suspect_who_never_saw_it_is_left_out_of_the_meeting(world: World) -> None:
    walk = raised(world)
    walk.choose("notice", reason="仅信息")
    with tenancy.scope(world.id):
        Case.objects.filter(pk=walk.case_id).update(shown_channel="")
    upgrade(walk, suspects=FATHER)
    settle(walk, safe="yes")

    confirm(walk, propose(walk))

    assert sees(walk, "mother")
    assert not sees(walk, "father")
    with tenancy.scope(world.id):
        parts = CaseParty.objects.filter(case=walk.case_id, person=world["father"])
        assert "EXCLUDED" in set(parts.values_list("part", flat=True))


def test_a_suspect_who_saw_the_old_meeting_keeps_that_face_alone(world: World) -> None:
    walk = in_crisis(world, suspects=FATHER)

    confirm(walk, propose(walk))

    with tenancy.scope(world.id):
        faces = CaseFace.objects.filter(case=walk.case_id)
        assert list(faces.values_list("person", "channel", "state")) == [
            (world["father"].pk, "MEETING", "TRIAGED")
        ]
    assert sees(walk, "father")
    assert walk.case.shown_state == ""


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_and_danger_again_leave_no_meeting_with_a_ladder(world: World) -> None:
    walk = in_crisis(world)
    proposal = propose(walk)

    together(lambda: confirm(walk, proposal), walk.again)

    case = walk.case
    assert (case.channel == "CRISIS") == (waiting(walk) == 1)
