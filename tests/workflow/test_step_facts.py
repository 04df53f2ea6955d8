"""What a step knows of its case: asked once, forgotten around a handler, and never out of date."""

from datetime import date

import pytest

from parties import round_trips, tenancy
from parties.models import CalendarDay
from tests.factories import MINUTE, NOW, World
from tests.processes.walker import begin, triaged
from workflow import assignment, circles
from workflow.assignment import Wanted
from workflow.models import Case, ClockSetting
from workflow.step_facts import StepFacts

pytestmark = pytest.mark.django_db

PROTECT = Wanted(name="protect", roles=["HT", "PSY"])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statements that the facts asked the database."""
    seen: list[str] = []
    real = round_trips.execute

    def execute(statement: str, given: object = ()) -> object:
        seen.append(statement)
        return real(statement, given)  # type: ignore[arg-type]

    monkeypatch.setattr(round_trips, "execute", execute)
    return seen


def facts(world: World, case: Case) -> StepFacts:
    return StepFacts(school_id=world.id, case_id=case.pk, at=NOW)


def test_nothing_is_asked_before_it_is_needed_and_then_once(world: World, asked: list[str]) -> None:
    case = begin(world).case
    with tenancy.scope(world.id):
        asked.clear()
        known = facts(world, case)
        assert asked == []

        known.circle([PROTECT])
        assert known.due("crisis.triage") == NOW + 30 * MINUTE
        assert known.due("crisis.oral_report") > NOW
        known.circle([PROTECT])
        assert len(asked) == 1


def test_a_role_that_was_not_expected_is_asked_for(world: World) -> None:
    case = begin(world).case
    with tenancy.scope(world.id):
        known = facts(world, case)
        known.circle([Wanted(name="protect", roles=["HT"])])
        circle = known.circle([PROTECT])

    assert circle.able(["PSY"], besides=frozenset()) == [world["counsellor"].pk]


def test_what_a_handler_changed_is_read_again(world: World) -> None:
    case = begin(world).case
    with tenancy.scope(world.id):
        known = facts(world, case)
        before = known.due("crisis.triage")
        Case.objects.filter(pk=case.pk).update(alarm_at=NOW + MINUTE)
        assert known.due("crisis.triage") == before

        known.forget()
        assert known.due("crisis.triage") == before + MINUTE


def test_the_schools_own_deadline_and_calendar_count(world: World) -> None:
    case = begin(world).case
    with tenancy.scope(world.id):
        usual = facts(world, case).due("crisis.meeting")
        CalendarDay.objects.create(school=world.school, date=date(2026, 10, 12), is_working=False)
        ClockSetting.objects.create(
            school=world.school, name="crisis.oral_report", value={"minutes": 20}
        )
        known = facts(world, case)

        assert known.due("crisis.oral_report") == NOW + 20 * MINUTE
        assert known.due("crisis.meeting") > usual


def test_the_circle_says_who_is_shut_out_and_who_looked_first(world: World) -> None:
    walk = triaged(world)
    with tenancy.scope(world.id):
        circle = circles.load(
            walk.case_id, roles={"ME", "PSY"}, tasks={"triage", "triage_confirm"}, at=walk.at
        )

    assert {world["father"].pk, world["student"].pk} <= circle.excluded
    assert circle.seen_by(["triage"]) == {world["duty_officer"].pk}
    assert circle.seen_by(["triage_confirm", "nothing"]) == {world["counsellor"].pk}


def test_assigning_asks_one_question(world: World, asked: list[str]) -> None:
    case = begin(world).case
    with tenancy.scope(world.id):
        asked.clear()
        found = assignment.assign(PROTECT, case=case, at=NOW)

    assert set(found.candidates) == {world["teacher"].pk, world["counsellor"].pk}
    assert len(asked) == 1
