"""Messages in the app, the banner, and the directory."""

from collections.abc import Callable

import pytest

from parties import clock, tenancy
from tests.api.callers import Caller, member
from tests.api.stories import reported
from tests.factories import HOUR, World
from tests.processes.walker import Walk
from workflow import escalation, notifications
from workflow.reports import Suspect

As = Callable[[str], Caller]

# A message is due from the moment of its own commit.
pytestmark = pytest.mark.django_db(transaction=True)


def delivered() -> None:
    notifications.deliver_due(lane="crisis", via="test")


def test_a_message_says_that_there_is_something_and_never_what(as_: As, crisis: Walk) -> None:
    delivered()

    messages = as_("counsellor").get("/inbox").json()["results"]

    message = next(found for found in messages if found["template"] == "crisis.alert")
    assert message["text"] == "请立即回电，或立即登录接报。"
    assert message["case"] == str(crisis.case_id)
    assert message["read_at"] is None


def test_a_message_is_read_once(as_: As, crisis: Walk) -> None:
    delivered()
    counsellor = as_("counsellor")
    [message, *_] = counsellor.get("/inbox").json()["results"]

    first, second = (counsellor.post(f"/inbox/{message['id']}/read") for _ in range(2))

    assert first.json()["read_at"] is not None
    assert first.json() == second.json()


def test_nobody_reads_a_colleagues_message(as_: As, crisis: Walk) -> None:
    delivered()
    [message, *_] = as_("counsellor").get("/inbox").json()["results"]

    assert as_("principal").post(f"/inbox/{message['id']}/read").status_code == 404


def test_the_inbox_speaks_english_on_request(world: World, crisis: Walk) -> None:
    delivered()
    caller = member(world, "counsellor", language="en")

    texts = {message["text"] for message in caller.get("/inbox").json()["results"]}
    assert "Please call back or sign in right now." in texts


def test_the_inbox_costs_the_same_for_one_message_and_for_many(
    world: World, as_: As, django_assert_num_queries: Callable
) -> None:
    counsellor = as_("counsellor")
    reported(world, key="0")
    delivered()
    with django_assert_num_queries(7):
        few = len(counsellor.get("/inbox").json()["results"])
    for number in range(1, 6):
        reported(world, key=str(number))
    delivered()

    with django_assert_num_queries(7):
        many = len(counsellor.get("/inbox").json()["results"])

    assert many > few


def climb() -> None:
    """To the top: an hour, and the first repeat."""
    escalation.climb_due(via="test", at=clock.now() + 2 * HOUR)


def test_no_banner_while_somebody_may_still_answer(as_: As, crisis: Walk) -> None:
    assert as_("principal").get("/alerts").json() == {"alerts": []}


def test_after_an_hour_the_staff_of_the_grade_see_a_banner_without_content(
    world: World, as_: As, crisis: Walk
) -> None:
    climb()

    [alert] = as_("grade_leader").get("/alerts").json()["alerts"]

    assert set(alert) == {"code", "text", "numbers"}
    assert str(crisis.case_id) not in str(alert)
    assert "student" not in str(alert)


def test_other_grades_families_and_companies_see_no_banner(
    world: World, as_: As, crisis: Walk
) -> None:
    climb()

    for name in ("stranger", "mother", "student", "mentor", "company"):
        assert as_(name).get("/alerts").json() == {"alerts": []}, name


def test_two_crises_look_like_one_on_the_banner(world: World, as_: As, crisis: Walk) -> None:
    reported(world, key="second")
    climb()

    assert len(as_("principal").get("/alerts").json()["alerts"]) == 1


def test_a_teacher_whom_the_report_names_sees_no_banner(world: World, as_: As) -> None:
    reported(
        world,
        by="counsellor",
        suspects=(Suspect(relation="STAFF", person_id=world["teacher"].pk),),
    )
    climb()

    assert as_("teacher").get("/alerts").json() == {"alerts": []}
    assert as_("grade_leader").get("/alerts").json()["alerts"] != []


def test_the_banner_goes_when_somebody_answers(as_: As, crisis: Walk) -> None:
    climb()
    principal = as_("principal")
    principal.post(f"/cases/{crisis.case_id}/acknowledge")

    assert principal.get("/alerts").json() == {"alerts": []}


def test_staff_find_any_student_by_name_or_class(world: World, as_: As) -> None:
    stranger = as_("stranger")

    assert [s["name"] for s in stranger.get("/students").json()["results"]] == [
        "classmate",
        "student",
    ]
    [found] = stranger.get("/students?q=stud").json()["results"]
    assert set(found) == {"id", "name", "school_class"}
    assert stranger.get("/students?q=2401").json()["results"] != []


def test_nobody_searches_by_what_they_may_not_read(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        number = world.student.student_no

    assert as_("stranger").get(f"/students?q={number}").json()["results"] == []
    assert as_("stranger").get("/students?student_no=1").status_code == 400


def test_others_find_their_own_students_only(world: World, as_: As) -> None:
    for name in ("mother", "mentor", "student", "company"):
        rows = as_(name).get("/students").json()["results"]
        assert [row["name"] for row in rows] == ["student"], name
    assert as_("mother").get("/students?q=classmate").json()["results"] == []


def test_the_directory_costs_the_same_for_few_and_many(
    world: World, as_: As, django_assert_num_queries: Callable
) -> None:
    stranger = as_("stranger")
    with django_assert_num_queries(6):
        stranger.get("/students?limit=1")
    with tenancy.scope(world.id):
        for number in range(10):
            world.pupil(f"p{number}", world.school_class)

    with django_assert_num_queries(6):
        assert len(stranger.get("/students").json()["results"]) == 12
