"""Reading a case, its timeline, and the two acts of its team."""

from collections.abc import Callable

import pytest

from ledger.models import Event
from parties import tenancy
from tests.api.callers import Caller, code
from tests.api.stories import reported, triaged
from tests.factories import World
from tests.processes.walker import Walk
from workflow.models import Escalation

As = Callable[[str], Caller]

FAMILY = {"id", "channel", "student", "state", "opened_at", "closed_at", "may"}
AUDIT = {"id", "channel", "state", "opened_at", "closed_at", "may"}


def test_the_team_reads_everything_that_was_said(as_: As, crisis: Walk) -> None:
    body = as_("counsellor").get(f"/cases/{crisis.case_id}").json()

    assert body["student"]["name"] == "student"
    assert body["waiting"] is True
    assert body["may"] == ["acknowledge", "downgrade", "endanger"]
    assert body["reports"][0]["observed"] == "手臂有新伤，说不敢回家"


def test_the_family_reads_the_outline_once_it_is_safe(world: World, as_: As) -> None:
    walk = triaged(world)

    body = as_("mother").get(f"/cases/{walk.case_id}").json()

    assert set(body) == FAMILY
    assert body["may"] == []


def test_nobody_at_home_reads_anything_before_that_is_decided(as_: As, crisis: Walk) -> None:
    for name in ("mother", "father"):
        assert as_(name).get(f"/cases/{crisis.case_id}").status_code == 404


def test_the_auditor_reads_the_outline_without_the_student(as_: As, crisis: Walk) -> None:
    assert set(as_("auditor").get(f"/cases/{crisis.case_id}").json()) == AUDIT


def test_reading_a_case_is_recorded_and_not_in_its_timeline(
    world: World, as_: As, crisis: Walk
) -> None:
    counsellor = as_("counsellor")

    counsellor.get(f"/cases/{crisis.case_id}")
    lines = counsellor.get(f"/cases/{crisis.case_id}/timeline").json()["results"]

    with tenancy.scope(world.id):
        read = Event.objects.filter(kind="case.read", subject_id=crisis.case_id)
        assert {event.actor for event in read} == {world["counsellor"].pk}
        assert read.count() == 2
    assert "case.read" not in {line["kind"] for line in lines}


def test_the_timeline_tells_the_story_in_order(as_: As, crisis: Walk) -> None:
    crisis.acknowledge()

    answer = as_("principal").get(f"/cases/{crisis.case_id}/timeline?limit=100").json()

    kinds = [line["kind"] for line in answer["results"]]
    assert kinds[0] == "case.opened"
    assert "escalation.acknowledged" in kinds
    assert [line["at"] for line in answer["results"]] == sorted(
        line["at"] for line in answer["results"]
    )


def test_the_timeline_comes_in_pages_without_gaps(as_: As, crisis: Walk) -> None:
    reader = as_("principal")
    whole = reader.get(f"/cases/{crisis.case_id}/timeline?limit=100").json()["results"]
    found, cursor = [], ""
    while True:
        page = reader.get(f"/cases/{crisis.case_id}/timeline?limit=1{cursor}").json()
        found += page["results"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert found == whole
    assert len(whole) > 2


@pytest.mark.parametrize(
    "name", ["duty_officer", "counsellor", "grade_leader", "vice_principal", "principal"]
)
def test_whoever_may_answer_stops_the_climb(world: World, as_: As, crisis: Walk, name: str) -> None:
    answer = as_(name).post(f"/cases/{crisis.case_id}/acknowledge")

    assert answer.status_code == 200
    assert answer.json()["state"] == "ACKNOWLEDGED"
    with tenancy.scope(world.id):
        assert Escalation.objects.filter(acknowledged_by=world[name]).count() == 1


def test_the_reporting_teacher_sees_the_case_and_may_not_answer_it(as_: As, crisis: Walk) -> None:
    answer = as_("teacher").post(f"/cases/{crisis.case_id}/acknowledge")

    assert (answer.status_code, code(answer)) == (403, "access.not_allowed")


def test_answering_again_succeeds_and_answering_second_is_a_conflict(as_: As, crisis: Walk) -> None:
    officer, counsellor = as_("duty_officer"), as_("counsellor")
    address = f"/cases/{crisis.case_id}/acknowledge"

    first, again, second = officer.post(address), officer.post(address), counsellor.post(address)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert (second.status_code, code(second)) == (409, "state.wrong")


def test_danger_again_wakes_the_ladder_from_any_state(world: World, as_: As) -> None:
    walk = triaged(world)

    answer = as_("counsellor").post(f"/cases/{walk.case_id}/danger-again")

    assert answer.status_code == 200
    assert answer.json()["state"] == "REOPENED"
    with tenancy.scope(world.id):
        assert Escalation.objects.filter(state="WAITING").count() == 1


def test_a_mother_cannot_sound_the_alarm_of_a_case_but_may_report_again(
    world: World, as_: As
) -> None:
    walk = triaged(world)
    mother = as_("mother")

    answer = mother.post(f"/cases/{walk.case_id}/danger-again")

    assert (answer.status_code, code(answer)) == (403, "access.not_allowed")


def test_the_list_shows_each_reader_their_own_fields(world: World, as_: As) -> None:
    walk = triaged(world)

    [team] = as_("counsellor").get("/cases").json()["results"]
    [family] = as_("mother").get("/cases").json()["results"]

    assert team["id"] == family["id"] == str(walk.case_id)
    assert set(family) == FAMILY - {"may"}
    assert {"colour", "owner", "safe_to_tell"} <= set(team)


def test_the_list_costs_the_same_for_one_case_and_for_many(
    world: World, as_: As, django_assert_num_queries: Callable
) -> None:
    counsellor = as_("counsellor")
    reported(world, key="0")
    with django_assert_num_queries(8):
        assert len(counsellor.get("/cases").json()["results"]) == 1
    for number in range(1, 8):
        reported(world, key=str(number))

    with django_assert_num_queries(8):
        assert len(counsellor.get("/cases").json()["results"]) == 8
