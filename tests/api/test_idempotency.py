"""The same request twice acts once, also when two arrive together or a process dies between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import F

from parties import tenancy
from records.models import ActionItem, CommunicationRecord, Notice
from tests.api.callers import Caller, code, member
from tests.api.plan_stories import body as plan_body
from tests.api.plan_stories import running
from tests.factories import World
from tests.processes.walker import ANSWERS, Walk
from workflow import human_tasks
from workflow.models import HumanTask, IdempotencyKey

As = Callable[[str], Caller]
KEY = {"Idempotency_Key": "one-tap"}


@pytest.fixture
def triage(world: World, crisis: Walk) -> str:
    """The address of the triage, waiting for its answer."""
    crisis.acknowledge()
    return f"/tasks/{crisis.task('triage').pk}"


def test_a_repeat_gets_the_stored_answer_and_says_so(as_: As, triage: str) -> None:
    officer = as_("duty_officer")
    body = {"answer": ANSWERS["triage"]}

    first = officer.post(f"{triage}/complete", body, **KEY)
    again = officer.post(f"{triage}/complete", body, **KEY)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_without_a_key_the_same_words_succeed_again_and_others_are_told_it_moved_on(
    as_: As, crisis: Walk, triage: str
) -> None:
    officer = as_("duty_officer")
    body = {"answer": ANSWERS["triage"]}

    first, again = (officer.post(f"{triage}/complete", body) for _ in range(2))
    other = officer.post(f"{triage}/complete", {"answer": {**ANSWERS["triage"], "colour": "blue"}})

    assert (first.status_code, again.status_code) == (200, 200)
    assert code(other) == "state.wrong"
    assert crisis.kinds().count("task.completed") == 2  # the acknowledgement, and this one


def test_other_content_or_another_address_under_the_same_key_is_refused(
    as_: As, triage: str
) -> None:
    officer = as_("duty_officer")
    officer.post(f"{triage}/claim", **KEY)

    for path, body in (("/remind", {}), ("/complete", {"answer": ANSWERS["triage"]})):
        answer = officer.post(f"{triage}{path}", body, **KEY)
        assert (answer.status_code, code(answer)) == (409, "idempotency.mismatch")


def test_the_order_of_members_does_not_make_it_other_content(as_: As, triage: str) -> None:
    officer = as_("duty_officer")
    there = dict(ANSWERS["triage"])
    back = dict(reversed(list(there.items())))

    officer.post(f"{triage}/complete", {"answer": there}, **KEY)

    assert officer.post(f"{triage}/complete", {"answer": back}, **KEY).status_code == 200


def test_a_refused_act_leaves_the_key_free_for_the_corrected_one(as_: As, triage: str) -> None:
    officer = as_("duty_officer")

    wrong = officer.post(f"{triage}/complete", {"answer": {}}, **KEY)
    right = officer.post(f"{triage}/complete", {"answer": ANSWERS["triage"]}, **KEY)

    assert (wrong.status_code, right.status_code) == (422, 200)


def test_the_same_key_of_somebody_else_is_another_key(as_: As, triage: str) -> None:
    officer, head = as_("duty_officer"), as_("head_of_office")
    officer.post(f"{triage}/claim", **KEY)

    answer = head.post(f"{triage}/claim", **KEY)

    assert code(answer) == "state.wrong"


def test_a_request_in_progress_is_not_run_a_second_time(world: World, as_: As, triage: str) -> None:
    officer = as_("duty_officer")
    officer.post(f"{triage}/claim", **KEY)
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(status=None)

    answer = officer.post(f"{triage}/claim", **KEY)

    assert (answer.status_code, code(answer)) == (409, "idempotency.in_flight")
    assert answer.headers["Retry-After"] == "1"


def test_a_claim_whose_process_died_is_taken_over_after_its_lease(
    world: World, as_: As, triage: str
) -> None:
    officer = as_("duty_officer")
    officer.post(f"{triage}/claim", **KEY)
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(
            status=None, created_at=F("created_at") - timedelta(seconds=31)
        )

    assert officer.post(f"{triage}/claim", **KEY).status_code == 200


def test_a_fault_leaves_no_claim_behind(
    world: World, as_: As, triage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = as_("duty_officer")
    officer.client.raise_request_exception = False

    def broken(**_: object) -> None:
        raise RuntimeError("torn")

    with monkeypatch.context() as torn:
        torn.setattr(human_tasks, "claim", broken)
        assert officer.post(f"{triage}/claim", **KEY).status_code == 500

    assert officer.post(f"{triage}/claim", **KEY).status_code == 200


def test_a_database_that_went_away_leaves_the_claim_for_it_may_have_done_the_act(
    as_: As, triage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = as_("duty_officer")
    officer.client.raise_request_exception = False

    def broken(**_: object) -> None:
        raise OperationalError("gone in the middle of a commit")

    with monkeypatch.context() as torn:
        torn.setattr(human_tasks, "claim", broken)
        assert officer.post(f"{triage}/claim", **KEY).status_code >= 500

    assert code(officer.post(f"{triage}/claim", **KEY)) == "idempotency.in_flight"


def test_what_was_made_before_its_answer_was_lost_is_not_made_again(world: World, as_: As) -> None:
    teacher = as_("teacher")
    first = teacher.post("/notices", notice_of(world), **KEY).json()["id"]
    forget_answer(world, timedelta(seconds=31))

    assert teacher.post("/notices", notice_of(world), **KEY).json()["id"] == first
    with tenancy.scope(world.id):
        assert Notice.objects.count() == 1


@pytest.mark.parametrize(("of", "model"), [("records", CommunicationRecord), ("plan", ActionItem)])
def test_no_second_draft_and_no_second_item_is_written(
    world: World, as_: As, of: str, model: Any
) -> None:
    teacher, body = as_("teacher"), draft_of() if of == "records" else plan_body(running(world))
    address = f"/students/{world.student.pk}/{of}"
    first = teacher.post(address, body, **KEY)
    forget_answer(world, timedelta(seconds=31))

    again = teacher.post(address, body, **KEY)

    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    with tenancy.scope(world.id):
        assert model.objects.count() == 1


def test_another_draft_under_the_same_key_is_refused(world: World, as_: As) -> None:
    teacher, address = as_("teacher"), f"/students/{world.student.pk}/records"
    teacher.post(address, draft_of(), **KEY)

    answer = teacher.post(address, draft_of(place="三楼谈话室"), **KEY)

    assert (answer.status_code, code(answer)) == (409, "idempotency.mismatch")
    with tenancy.scope(world.id):
        assert CommunicationRecord.objects.count() == 1


def test_a_key_of_another_day_makes_another_thing(world: World, as_: As) -> None:
    teacher = as_("teacher")
    first = teacher.post("/notices", notice_of(world), **KEY).json()["id"]
    forget_answer(world, timedelta(hours=25))

    assert teacher.post("/notices", notice_of(world), **KEY).json()["id"] != first


def draft_of(**more: str) -> dict[str, str]:
    at = "2026-10-09T16:00:00+08:00"
    return {"trigger": "PRAISE", "started_at": at, "place_kind": "OFFICE", **more}


def notice_of(world: World) -> dict[str, str]:
    return {
        "title": "家长会通知",
        "body": "各位家长：下周五下午两点召开家长会，请准时参加。",
        "scope": "CLASS",
        "school_class": str(world.school_class.pk),
        "strength": "CONFIRM",
    }


def forget_answer(world: World, ago: timedelta) -> None:
    """The process died after the act and before the answer was kept, `ago`."""
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(status=None, created_at=F("created_at") - ago)


def test_a_key_is_free_again_after_a_day(world: World, as_: As, triage: str) -> None:
    officer = as_("duty_officer")
    officer.post(f"{triage}/claim", **KEY)
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(created_at=F("created_at") - timedelta(hours=25))

    answer = officer.post(f"{triage}/remind", **KEY)

    assert code(answer) != "idempotency.mismatch"


def test_answers_older_than_a_day_are_not_kept(world: World, as_: As, triage: str) -> None:
    officer = as_("duty_officer")
    officer.post(f"{triage}/claim", **KEY)
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(created_at=F("created_at") - timedelta(hours=25))

    officer.post(f"{triage}/claim", Idempotency_Key="another")

    with tenancy.scope(world.id):
        assert [row.key for row in IdempotencyKey.objects.all()] == ["another"]


def test_a_stored_answer_is_not_read_by_who_lost_sight_of_the_task(
    world: World, as_: As, triage: str
) -> None:
    officer = as_("duty_officer")
    officer.post(f"{triage}/claim", **KEY)
    with tenancy.scope(world.id):
        HumanTask.objects.filter(name="triage").update(assignee=None, state="OPEN", candidates=[])
        world["duty_officer"].memberships.update(ends_at=F("starts_at") + timedelta(days=1))

    assert officer.post(f"{triage}/claim", **KEY).status_code == 404


def test_stored_answers_are_encrypted(world: World, as_: As, triage: str) -> None:
    as_("duty_officer").post(f"{triage}/claim", **KEY)

    with tenancy.scope(world.id), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM workflow_idempotencykey")
        assert b"triage" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "键"])
def test_a_key_that_cannot_be_kept_is_named(as_: As, triage: str, key: str) -> None:
    answer = as_("duty_officer").post(
        f"{triage}/claim", Idempotency_Key=key.encode().decode("latin-1")
    )

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


@pytest.mark.django_db(transaction=True)
def test_eight_equal_requests_at_once_act_once(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    address = f"/tasks/{crisis.task('triage').pk}/complete"
    caller = member(world, "duty_officer")
    cookies = {name: morsel.value for name, morsel in caller.client.cookies.items()}

    def send(_: int) -> tuple[int, str]:
        one = Caller()
        one.csrf = caller.csrf
        one.client.cookies.load(cookies)
        try:
            answer = one.post(address, {"answer": ANSWERS["triage"]}, **KEY)
            return answer.status_code, code(answer)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(send, range(8)))

    assert {status for status, _ in answers} <= {200, 409}
    assert {problem for status, problem in answers if status == 409} <= {"idempotency.in_flight"}
    assert [kind for kind in crisis.kinds() if kind == "task.completed"].count(
        "task.completed"
    ) == 2  # the acknowledgement, and this one
