"""What came from outside of the school stands in the file under the party that said it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import tenancy
from parties.errors import NotFound
from parties.models import Restriction
from parties.roles import Role
from records.meetings.outcomes import Try
from tests.factories import HOUR, MINUTE, NOW, World
from tests.processes.intake_walk import CALM, Intake, in_meeting, raised
from tests.processes.meeting_walk import offered
from tests.processes.notice_walk import Sent, second_family, sent
from tests.records.filed import read
from workflow import meetings, rerouting
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
        lines = [(one.party, one.line.title, one.line.whole) for one in entries]
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

    found = told(world, kind="matter")
    assert {"mother", "teacher"} <= set(found)
    assert set(found) <= {"mother", "teacher", "grade_leader", "duty_officer", "principal"}
    # Her own words have no other page for her; who works on it reads them with the case.
    assert found.pop("mother") == [("FAMILY", "提出的事项", f"学业预警\n{CALM}")]
    assert {*map(tuple, found.values())} == {(("FAMILY", "提出的事项", "学业预警"),)}


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


# --- what a family says to the times of a meeting -------------------------------------------------

TEAM = ["teacher", "grade_leader", "duty_officer", "principal"]
ANSWER = ("FAMILY", "答复会谈邀请")


def test_an_answer_to_a_meeting_is_the_guardians_own_and_the_teams(world: World) -> None:
    walk = offered(world)
    walk.choose(by="mother")
    chosen_at = walk.at
    walk.at += MINUTE
    walk.change(by="father", words="周三要带孩子去看病")

    chose, change = (*ANSWER, "选定时间"), (*ANSWER, "请求改期")
    assert told(world, kind="meeting_reply") == {
        **{name: [change, chose] for name in TEAM}, "mother": [chose], "father": [change],
    }  # fmt: skip
    for name in EVERYBODY[:4]:
        entries, _ = read(world, name, kind="meeting_reply")
        assert "看病" not in repr([one.line for one in entries])
    ((mine,), _) = read(world, "mother", kind="meeting_reply")
    assert (mine.by, mine.case_id, mine.at) == (world["mother"], walk.case_id, chosen_at)
    assert dict(mine.line.extra) == {"meeting": str(walk.meeting.pk), "answer": "CHOSE"}


def test_a_no_said_twice_or_told_by_phone_is_one_entry(world: World) -> None:
    walk = offered(world)
    for _ in range(2):
        walk.decline("mother")
    meetings.record_attempt(
        school_id=world.id, case_id=walk.case_id, by=world["teacher"], at=walk.at,
        tried=Try(person=world["father"].pk, channel="PHONE", outcome="REFUSED", tried_at=walk.at),
    )  # fmt: skip

    told_by = {
        entry.by and entry.by.name: entry.line.state
        for entry in read(world, "teacher", kind="meeting_reply")[0]
    }
    assert told_by == {"mother": "", "father": "由学校代为登记"}
    assert len(read(world, "teacher", kind="meeting_reply")[0]) == 2


def test_what_the_school_moves_is_no_answer_of_the_family(world: World) -> None:
    walk = offered(world)
    walk.choose()
    meetings.move_date(
        school_id=world.id, case_id=walk.case_id, by=world["teacher"], at=walk.at, words="老师出差"
    )

    assert told(world, kind="meeting_reply")["teacher"] == [(*ANSWER, "选定时间")]


@pytest.mark.parametrize("kind", ["NO_MEETING", "NO_CONTACT"])
def test_an_order_takes_the_meeting_and_the_answer_out_of_sight(world: World, kind: str) -> None:
    walk = offered(world)
    walk.choose(by="mother")
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["mother"], kind=kind,
            starts_at=NOW - HOUR,
        )  # fmt: skip

    assert set(told(world, kind="meeting_reply")) == set(TEAM)


def test_one_answer_costs_as_much_as_many(world: World) -> None:
    walk = offered(world)
    walk.choose()
    few = queries(world)
    walk.change()

    assert queries(world) == few


def queries(world: World) -> int:
    read(world, "teacher", kind="meeting_reply")  # the statement is built once for who is alike
    with CaptureQueriesContext(connection) as asked:
        assert read(world, "teacher", kind="meeting_reply")[0]
    return len(asked)
