"""What came from outside of the school stands in the file under the party that said it."""

from typing import Any

import pytest

from parties.errors import NotFound
from parties.roles import Role
from tests.factories import HOUR, World
from tests.processes.intake_walk import Intake, in_meeting, raised
from tests.processes.notice_walk import Sent, second_family, sent
from tests.records.filed import read
from workflow import rerouting
from workflow.upgrading import UpgradeInput

pytestmark = pytest.mark.django_db

EVERYBODY = [
    "teacher", "grade_leader", "duty_officer", "principal", "counsellor", "auditor", "stranger",
    "mother", "father", "student", "classmate", "mentor",
]  # fmt: skip


def told(world: World, **wanted: Any) -> dict[str, list[tuple[str, str, str]]]:
    """Party, title and summary of the entries of a part of the file, by reader; none left out."""
    found = {}
    for name in EVERYBODY:
        try:
            entries, _ = read(world, name, **wanted)
        except NotFound:  # they may not open the file at all
            continue
        lines = [(one.party, one.line.title, one.line.summary) for one in entries]
        if lines:
            found[name] = lines
    return found


def test_an_answer_to_a_notice_is_an_entry_of_the_family(world: World) -> None:
    second_family(world)
    walk: Sent = sent(world)
    walk.act("reply", "mother", text="周五要加班，能改到周六吗？")
    walk.act("reply", "mother", text="周六上午也可以。")

    answered = [("FAMILY", "家长回复", "家长会通知")]
    assert told(world, party="FAMILY") == {"teacher": answered, "mother": answered}
    assert told(world, kind="notice_reply") == told(world, party="FAMILY")


def matter(world: World) -> Intake:
    return in_meeting(world, by="mother", role=Role.G)


@pytest.mark.usefixtures("channels")
def test_what_a_mother_raises_is_hers_and_known_to_who_works_on_it(world: World) -> None:
    matter(world)

    said = [("FAMILY", "提出的事项", "学业预警")]
    found = told(world, kind="matter")
    assert {"mother", "teacher"} <= set(found)
    assert set(found) <= {"mother", "teacher", "grade_leader", "duty_officer", "principal"}
    assert set(map(tuple, found.values())) == {tuple(said)}


@pytest.mark.usefixtures("channels")
def test_in_a_crisis_the_file_says_to_nobody_else_which_party_spoke_first(world: World) -> None:
    walk = matter(world)
    rerouting.upgrade(
        school_id=world.id, case_id=walk.case_id, by=world["teacher"], at=walk.at + HOUR,
        upgrade=UpgradeInput(to="CRISIS", reason="手臂有新伤，说不敢回家", suspects=()),
    )  # fmt: skip

    assert set(told(world, kind="matter")) == {"mother"}
    assert set(told(world, party="FAMILY")) == {"mother"}


@pytest.mark.usefixtures("channels")
def test_what_staff_raise_is_told_by_its_case_alone(world: World) -> None:
    raised(world)

    assert told(world, kind="matter") == {}
