"""What a reader of a case learns of its history, line by line, and what they never learn."""

from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from parties import tenancy
from parties.access import Viewer
from parties.models import GuardianLink
from tests.factories import NOW, World
from tests.processes.walker import Walk, begin, triaged
from workflow import timeline
from workflow.models import Case
from workflow.timeline import Entry

pytestmark = pytest.mark.django_db


def read(world: World, case: UUID, who: str, **page: int) -> list[Entry]:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)
        return list(timeline.entries(viewer, viewer.get(Case, case), **page))


def test_the_team_reads_everything_in_the_order_it_happened(world: World) -> None:
    walk = triaged(world)

    lines = read(world, walk.case_id, "counsellor", limit=1000)

    assert [line.number for line in lines] == [event.pk for event in walk.events()]
    assert [line.kind for line in lines] == walk.kinds()
    assert lines[0].kind == "case.opened"


def test_pages_join_without_a_gap_or_a_double(world: World) -> None:
    walk = triaged(world)
    pages: list[Entry] = []
    while page := read(
        world, walk.case_id, "counsellor", after=pages[-1].number if pages else 0, limit=4
    ):
        assert len(page) <= 4
        pages += page

    assert [line.kind for line in pages] == walk.kinds()


def test_a_line_says_who_did_it_and_with_which_codes(world: World) -> None:
    walk = triaged(world)

    lines = read(world, walk.case_id, "counsellor", limit=1000)

    done = next(line for line in lines if line.kind == "task.completed")
    assert (done.actor, done.actor_name) == (world["duty_officer"].pk, "duty_officer")
    assert (done.payload["task"], done.task) == ("acknowledge", "接报")
    settled = next(line for line in lines if line.kind == "triage.settled")
    assert settled.payload["colour"] == "red"


def test_the_report_itself_has_no_actor(world: World) -> None:
    walk = begin(world, by="teacher")

    first = read(world, walk.case_id, "principal")[0]

    assert (first.kind, first.actor, first.actor_name) == ("case.opened", None, "")


def test_the_auditor_reads_every_line_and_no_person(world: World) -> None:
    walk = triaged(world)

    lines = read(world, walk.case_id, "auditor", limit=1000)

    assert [line.kind for line in lines] == walk.kinds()
    assert {(line.actor, line.actor_name) for line in lines} == {(None, "")}
    assert any(line.payload for line in lines)


def with_milestones(world: World) -> Walk:
    """The mother was reached and a safety plan stands."""
    walk = triaged(world)
    walk.do_all("call_guardian", "call_guardian", "meeting_urgent", "safety_plan")
    return walk


def test_a_family_reads_milestones_without_a_name_or_a_code(world: World) -> None:
    walk = with_milestones(world)

    lines = read(world, walk.case_id, "mother", limit=1000)

    assert [line.kind for line in lines] == [
        "guardian.reached", "guardian.reached", "safety_plan.made",
    ]  # fmt: skip
    assert {(line.actor, line.actor_name) for line in lines} == {(None, "")}
    assert [line.payload for line in lines] == [{}, {}, {}]


def test_an_auditor_whose_own_child_it_is_reads_as_family(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["auditor"],
            relation="OTHER", contact_priority=99,
        )  # fmt: skip
    walk = triaged(world)

    lines = read(world, walk.case_id, "auditor", limit=1000)

    assert {line.kind for line in lines} <= timeline.FOR_FAMILY
    assert all(not line.payload for line in lines)


def test_another_case_of_the_student_stays_out(world: World) -> None:
    first, second = begin(world, key="one"), begin(world, key="two")

    numbers = {line.number for line in read(world, first.case_id, "counsellor", limit=1000)}

    assert numbers.isdisjoint(event.pk for event in second.events())


@pytest.mark.parametrize("who", ["counsellor", "auditor", "mother"])
def test_a_long_history_costs_as_many_queries_as_a_short_one(
    world: World, who: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    walk = with_milestones(world)

    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW)
        case = viewer.get(Case, walk.case_id)
        for limit in (20, 1000):
            with django_assert_num_queries({"counsellor": 3, "auditor": 2, "mother": 1}[who]):
                assert timeline.entries(viewer, case, limit=limit)
