"""My tasks: list, form, and the five verbs."""

from collections.abc import Callable
from typing import Any

from ledger.models import Event
from parties import tenancy
from tests.api.callers import Caller, code
from tests.api.stories import reported, triaged
from tests.factories import World
from tests.processes.walker import ANSWERS, Walk
from workflow.models import HumanTask

As = Callable[[str], Caller]


def acknowledged(crisis: Walk) -> Walk:
    crisis.acknowledge()
    return crisis


def named(caller: Caller, name: str) -> dict[str, Any]:
    tasks = caller.get("/tasks?limit=100").json()["results"]
    return next(task for task in tasks if task["name"] == name and task["state"] != "COMPLETED")


def test_the_triage_waits_for_the_moral_education_office(as_: As, crisis: Walk) -> None:
    acknowledged(crisis)

    task = named(as_("duty_officer"), "triage")

    assert task["title"] == "研判"
    assert task["student"]["name"] == "student"
    assert task["case"] == str(crisis.case_id)


def test_a_task_brings_its_form_without_the_notes_of_its_authors(as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    officer = as_("duty_officer")

    form = officer.get(f"/tasks/{named(officer, 'triage')['id']}").json()["form"]

    assert form["properties"]["colour"]["enum"] == ["red", "orange", "yellow", "blue"]
    assert "x-class" not in str(form)
    assert "x-decides" not in str(form)


def test_completing_a_task_moves_the_process_on(world: World, as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    officer, counsellor = as_("duty_officer"), as_("counsellor")
    task = named(officer, "triage")["id"]

    answer = officer.post(f"/tasks/{task}/complete", {"answer": ANSWERS["triage"]})

    assert (answer.status_code, answer.json()["state"]) == (200, "COMPLETED")
    assert named(counsellor, "triage_confirm")["state"] == "OPEN"


def test_giving_the_acknowledgement_as_a_task_stops_the_ladder_too(
    world: World, as_: As, crisis: Walk
) -> None:
    officer = as_("duty_officer")
    task = named(officer, "acknowledge")["id"]

    answer = officer.post(f"/tasks/{task}/complete", {"answer": {}})

    assert (answer.status_code, answer.json()["state"]) == (200, "COMPLETED")
    assert crisis.ladder().acknowledged_by_id == world["duty_officer"].pk


def test_who_reported_cannot_stop_the_ladder_through_the_task_either(world: World, as_: As) -> None:
    walk = reported(world, by="counsellor")

    answer = as_("counsellor").post(f"/tasks/{walk.task('acknowledge').pk}/complete")

    assert (answer.status_code, code(answer)) == (403, "access.not_allowed")
    assert walk.ladder().state == "WAITING"


def test_the_answer_is_read_by_the_team(world: World, as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    crisis.do("triage")
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(name="triage").pk

    body = as_("principal").get(f"/tasks/{task}").json()

    assert body["answer"]["reason"] == "两处新伤"
    assert body["completed_by"]["name"] == "duty_officer"
    assert body["may"] == []


def test_a_wrong_answer_is_named_with_its_mend_and_changes_nothing(as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    officer = as_("duty_officer")
    task = named(officer, "triage")["id"]

    answer = officer.post(
        f"/tasks/{task}/complete", {"answer": {**ANSWERS["triage"], "colour": "purple"}}
    )

    assert (answer.status_code, code(answer)) == (422, "input.invalid")
    [mistake] = answer.json()["errors"]
    assert mistake["field"] == "colour"
    assert "选项" in mistake["mend"]
    assert named(officer, "triage")["state"] == "OPEN"


def test_one_claims_and_another_is_told_it_is_taken(as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    officer, head = as_("duty_officer"), as_("head_of_office")
    task = named(officer, "triage")["id"]

    first, again = officer.post(f"/tasks/{task}/claim"), officer.post(f"/tasks/{task}/claim")
    other = head.post(f"/tasks/{task}/claim")

    assert (first.status_code, first.json()["assignee"]["name"]) == (200, "duty_officer")
    assert again.status_code == 200
    assert (other.status_code, code(other)) == (409, "state.wrong")


def test_two_people_must_decide(world: World, as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    crisis.do("triage", by="head_of_office")
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(name="triage_confirm")
        task.candidates = [*task.candidates, world["head_of_office"].pk]
        task.save()

    answer = as_("head_of_office").post(
        f"/tasks/{task.pk}/complete", {"answer": ANSWERS["triage_confirm"]}
    )

    assert (answer.status_code, code(answer)) == (403, "task.same_person")


def test_a_task_is_handed_to_a_colleague(world: World, as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    officer = as_("duty_officer")
    task = named(officer, "triage")["id"]
    officer.post(f"/tasks/{task}/claim")

    answer = officer.post(f"/tasks/{task}/delegate", {"to": str(world["head_of_office"].pk)})

    assert answer.status_code == 200, answer.json()
    assert answer.json()["assignee"]["name"] == "head_of_office"


def test_a_task_is_not_handed_to_the_suspected_or_unknown(
    world: World, as_: As, crisis: Walk
) -> None:
    acknowledged(crisis)
    officer = as_("duty_officer")
    task = named(officer, "triage")["id"]
    officer.post(f"/tasks/{task}/claim")

    answer = officer.post(f"/tasks/{task}/delegate", {"to": str(world["stranger"].pk)})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "to")


def test_a_task_is_sent_back_with_a_reason(as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    crisis.do("triage")
    counsellor = as_("counsellor")
    task = named(counsellor, "triage_confirm")["id"]

    answer = counsellor.post(f"/tasks/{task}/return", {"to": "triage", "reason": "颜色需要再议"})

    assert (answer.status_code, answer.json()["state"]) == (200, "CANCELLED")
    assert named(as_("duty_officer"), "triage")["state"] == "OPEN"


def test_a_leader_reminds_once_in_a_while(as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    principal = as_("principal")
    task = named(principal, "triage")["id"]

    first, second = (principal.post(f"/tasks/{task}/remind") for _ in range(2))

    assert (first.status_code, first.json()["reminders"]) == (200, 1)
    assert (second.status_code, code(second)) == (409, "state.wrong")


def test_a_leader_sees_the_counsellors_task_and_may_not_do_it(as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    crisis.do("triage")
    principal = as_("principal")
    task = named(principal, "triage_confirm")["id"]

    answer = principal.post(f"/tasks/{task}/claim")

    assert (answer.status_code, code(answer)) == (403, "access.not_allowed")


def test_whom_to_call_is_shown_to_the_caller_alone_and_recorded(world: World, as_: As) -> None:
    walk = triaged(world)
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(name="call_guardian")
        task.about = world["mother"].pk
        task.save()

    caller = as_("teacher").get(f"/tasks/{task.pk}").json()
    watcher = as_("vice_principal").get(f"/tasks/{task.pk}").json()

    assert caller["about"]["name"] == "mother"
    assert caller["about"]["phone"].startswith("+86")
    assert "about" not in watcher
    with tenancy.scope(world.id):
        read = Event.objects.filter(kind="contact.read", subject_id=walk.case_id)
        assert [event.actor for event in read] == [world["teacher"].pk]


def test_the_mentor_sees_the_task_and_the_student_but_not_the_case(world: World, as_: As) -> None:
    triaged(world, at_company="yes")

    task = named(as_("mentor"), "secure_site")

    assert task["student"]["name"] == "student"
    assert "case" not in task


def test_the_list_can_be_narrowed_to_a_state(as_: As, crisis: Walk) -> None:
    acknowledged(crisis)
    principal = as_("principal")

    states = {task["state"] for task in principal.get("/tasks?state=OPEN").json()["results"]}
    wrong = principal.get("/tasks?state=open")

    assert states == {"OPEN"}
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "state")


def test_the_list_costs_the_same_for_few_tasks_and_for_many(
    world: World, as_: As, crisis: Walk, django_assert_max_num_queries: Callable
) -> None:
    principal = as_("principal")
    few = len(principal.get("/tasks?limit=100").json()["results"])
    acknowledged(crisis)
    crisis.triage()

    with django_assert_max_num_queries(18):
        many = len(principal.get("/tasks?limit=100").json()["results"])

    assert many > few + 3
