"""升级 and 降级 on the real database: one case, many processes, each move in one transaction."""

import pytest

from parties import tenancy
from parties.roles import Role
from tests.factories import MINUTE, NOW, World
from tests.processes.intake_walk import in_meeting, raised
from tests.workflow.moves import in_crisis, lower, sees, together, upgrade, waiting
from workflow import openings, processes
from workflow.errors import InvalidInput, NotAllowed, NotFound
from workflow.models import Case, HumanTask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]


# --- up -------------------------------------------------------------------------------------------


def test_an_upgrade_ends_the_meeting_and_wakes_the_ladder_in_one_move(world: World) -> None:
    walk = in_meeting(world)

    decision = upgrade(walk)

    assert walk.processes() == {"intake": "COMPLETED", "meeting": "CANCELLED", "crisis": "RUNNING"}
    assert walk.open() == {"acknowledge"}
    assert waiting(walk) == 1
    assert (decision.kind, decision.from_channel, decision.channel) == (
        "UPGRADE",
        "MEETING",
        "CRISIS",
    )
    with tenancy.scope(world.id):
        gone = HumanTask.objects.get(case=walk.case_id, name="meet")
    assert (gone.state, gone.cancel_reason) == ("CANCELLED", "upgraded")
    assert "case.upgraded" in walk.kinds()


def test_a_notice_may_become_a_meeting(world: World) -> None:
    walk = raised(world)
    walk.choose("notice")
    walk.at += MINUTE

    upgrade(walk, by="grade_leader", to="MEETING", reason="家长要求面谈")

    assert walk.open() == {"meet"}
    assert [decision.kind for decision in walk.decisions()] == ["FIRST", "UPGRADE"]


@pytest.mark.parametrize("who", ["father", "student"])
def test_family_does_not_upgrade_but_reports(world: World, who: str) -> None:
    walk = in_meeting(world)

    with pytest.raises(NotAllowed):
        upgrade(walk, by=who)


def test_a_stranger_finds_nothing_to_upgrade(world: World) -> None:
    with pytest.raises(NotFound):
        upgrade(in_meeting(world), by="stranger")


@pytest.mark.parametrize(
    ("said", "field"),
    [({"reason": " "}, "reason"), ({"to": "MEETING"}, "to"), ({"to": "X"}, "to"),
     ({"safe_now": "MAYBE"}, "safe_now")],
)  # fmt: skip
def test_an_upgrade_says_where_to_and_why(world: World, said: dict[str, str], field: str) -> None:
    walk = in_meeting(world)

    with pytest.raises(InvalidInput) as refused:
        upgrade(walk, **said)

    assert refused.value.field == field
    assert walk.open() == {"meet"}


def test_a_place_at_the_meeting_is_no_place_in_the_crisis(world: World) -> None:
    walk = in_meeting(world)
    case = walk.case
    with tenancy.scope(world.id):
        openings.join(case, [world["mentor"].pk, world["counsellor"].pk], at=NOW)
    assert sees(walk, "mentor")

    upgrade(walk)

    assert not sees(walk, "mentor")
    assert sees(walk, "counsellor")


# --- down from a meeting --------------------------------------------------------------------------


def test_pure_information_goes_down_to_a_notice(world: World) -> None:
    walk = in_meeting(world)

    walk.at += MINUTE
    lower(walk)

    assert walk.open() == {"announce"}
    assert walk.case.channel == "NOTICE"
    assert [decision.kind for decision in walk.decisions()] == ["FIRST", "DOWNGRADE"]


def test_nobody_takes_a_meeting_down_alone_who_does_not_look_after_the_student(
    world: World,
) -> None:
    walk = in_meeting(world)

    with pytest.raises(NotAllowed):
        lower(walk, by="principal")


def test_a_crisis_is_not_taken_down_by_one(world: World) -> None:
    walk = in_crisis(world)

    with pytest.raises(InvalidInput):
        lower(walk, by="duty_officer", to="MEETING")


# --- at the same moment ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_upgrades_at_once_one_counts(world: World) -> None:
    walk = in_meeting(world)

    codes = together(lambda: upgrade(walk), lambda: upgrade(walk, by="grade_leader"))

    # Whoever came too late to see the meeting at all is told that this is no higher channel.
    assert sorted(codes)[0] == ""
    assert sorted(codes)[1] in {"state.wrong", "input.invalid"}
    assert waiting(walk) == 1
    assert len(walk.decisions()) == 2
    assert list(walk.processes()).count("crisis") == 1
    # A start that met the other's lock is left to the sweep of the same second.
    processes.start_pending(via="test", lane="crisis")
    assert walk.open() == {"acknowledge"}


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_and_a_task_that_is_being_completed_do_not_cross(world: World) -> None:
    walk = in_meeting(world)

    codes = together(
        lambda: upgrade(walk, by="grade_leader"),
        lambda: walk.answer("meet", "teacher", {"agree": "yes"}),
    )

    assert codes[0] == ""
    assert codes[1] in {"", "state.wrong"}
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(case=walk.case_id, name="meet")
    assert task.state == ("COMPLETED" if codes[1] == "" else "CANCELLED")
    assert waiting(walk) == 1


def test_roles_of_an_upgrade_are_the_nearest(world: World) -> None:
    walk = in_meeting(world)
    upgrade(walk, by="grade_leader")

    with tenancy.scope(world.id):
        assert Case.objects.get(pk=walk.case_id).reports.get().reporter_role == Role.GL
