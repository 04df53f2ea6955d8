"""Claim, complete, delegate, return, remind: who may, who may not, and what a second try does.

When a reminder leaves is in test_reminders.py.
"""

from collections.abc import Callable
from typing import Any

import pytest

from parties import tenancy
from tests.factories import MINUTE, NOW, World, people_of
from tests.processes.walker import ANSWERS, Walk, begin, triaged
from workflow import human_tasks, reports
from workflow.errors import (
    ConflictOfInterest,
    InvalidInput,
    NotAllowed,
    NotFound,
    SamePerson,
    WrongState,
)
from workflow.models import Case, HumanTask, Notification

pytestmark = pytest.mark.django_db

Verb = Callable[..., Any]


def claim(walk: Walk, task: HumanTask, who: str, **more: Any) -> HumanTask:
    by = walk.world[who]
    return human_tasks.claim(school_id=walk.world.id, task_id=task.pk, by=by, at=walk.at)


def complete(walk: Walk, task: HumanTask, who: str, **more: Any) -> HumanTask:
    return human_tasks.complete(
        school_id=walk.world.id, task_id=task.pk, by=walk.world[who], at=walk.at,
        answer=ANSWERS[task.name],
    )  # fmt: skip


def delegate(
    walk: Walk, task: HumanTask, who: str, *, to: str = "head_of_office", **more: Any
) -> HumanTask:
    return human_tasks.delegate(
        school_id=walk.world.id, task_id=task.pk, by=walk.world[who], to=walk.world[to].pk,
        at=walk.at,
    )  # fmt: skip


def send_back(
    walk: Walk, task: HumanTask, who: str, *, to: str = "triage", reason: str = "还缺伤情"
) -> object:
    return human_tasks.return_(
        school_id=walk.world.id, task_id=task.pk, by=walk.world[who], to=to, reason=reason,
        at=walk.at,
    )  # fmt: skip


def remind(walk: Walk, task: HumanTask, who: str, **more: Any) -> HumanTask:
    by = walk.world[who]
    return human_tasks.remind(school_id=walk.world.id, task_id=task.pk, by=by, at=walk.at)


def fresh(walk: Walk, task: HumanTask) -> HumanTask:
    with tenancy.scope(walk.world.id):
        return HumanTask.objects.get(pk=task.pk)


def readers(walk: Walk, template: str, task: HumanTask) -> list[str]:
    """Whom a message about this task was promised to, one name per message."""
    with tenancy.scope(walk.world.id):
        rows = Notification.objects.filter(template=template, key__contains=str(task.pk))
        people = list(rows.order_by("created_at").values_list("recipient_id", flat=True))
    return [name for pk in people for name in people_of(walk.world, {pk})]


def named(walk: Walk, who: str) -> None:
    with tenancy.scope(walk.world.id):
        case = Case.objects.get(pk=walk.case_id)
        reports.name(case, {(walk.world[who].pk, "SUSPECT"): None}, at=NOW)


@pytest.fixture
def walk(world: World) -> Walk:
    """Triage waits for its second name; the counsellor alone is asked."""
    walk = begin(world, by="mother")
    walk.acknowledge()
    walk.at += MINUTE
    walk.do("triage")
    walk.at += MINUTE
    return walk


VERBS = [claim, complete, send_back]


@pytest.mark.parametrize("verb", VERBS)
def test_a_candidate_may(walk: Walk, verb: Verb) -> None:
    task = walk.task("triage_confirm")

    verb(walk, task, "counsellor")

    ends = {claim: "CLAIMED", complete: "COMPLETED", send_back: "CANCELLED"}
    assert fresh(walk, task).state == ends[verb]


@pytest.mark.parametrize("verb", [*VERBS, delegate, remind])
@pytest.mark.parametrize("who", ["stranger", "mother", "father", "mentor", "student", "auditor"])
def test_for_outsiders_the_task_does_not_exist(walk: Walk, verb: Verb, who: str) -> None:
    task = walk.task("triage_confirm")

    with pytest.raises(NotFound):
        verb(walk, task, who)

    assert fresh(walk, task).state == "OPEN"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["vice_principal", "principal"])
def test_a_leader_sees_but_is_not_asked(walk: Walk, verb: Verb, who: str) -> None:
    with pytest.raises(NotAllowed):
        verb(walk, walk.task("triage_confirm"), who)


@pytest.mark.parametrize("verb", [*VERBS, delegate, remind])
def test_for_whom_the_case_names_the_task_does_not_exist(walk: Walk, verb: Verb) -> None:
    named(walk, "counsellor")

    with pytest.raises(NotFound):
        verb(walk, walk.task("triage_confirm"), "counsellor")


@pytest.mark.parametrize("verb", [*VERBS, delegate, remind])
def test_what_is_over_has_moved_on(walk: Walk, verb: Verb) -> None:
    task = walk.task("triage_confirm")
    complete(walk, task, "counsellor")

    with pytest.raises(WrongState):
        verb(walk, task, "counsellor" if verb is not delegate else "vice_principal")


def test_claiming_ones_own_again_changes_nothing(walk: Walk) -> None:
    task = walk.task("triage_confirm")
    for _ in range(2):
        claim(walk, task, "counsellor")

    assert walk.kinds().count("task.claimed") == 1


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_colleague_holds_is_left_to_them(world: World, verb: Verb) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    claim(walk, task, "head_of_office")

    with pytest.raises(WrongState):
        verb(walk, task, "duty_officer")

    assert fresh(walk, task).assignee_id == world["head_of_office"].pk


def test_the_first_of_two_names_does_not_give_the_second(walk: Walk) -> None:
    task = walk.task("triage_confirm")
    with tenancy.scope(walk.world.id):
        found = HumanTask.objects.get(pk=task.pk)
        found.candidates = [*found.candidates, walk.world["duty_officer"].pk]
        found.save()

    for verb in (claim, complete):
        with pytest.raises(SamePerson):
            verb(walk, task, "duty_officer")


def test_whom_it_concerns_as_a_parent_is_refused(walk: Walk) -> None:
    task = walk.task("triage_confirm")
    with tenancy.scope(walk.world.id):
        link = walk.world.student.guardian_links.get(guardian=walk.world["father"])
        link.guardian = walk.world["counsellor"]
        link.save()

    with pytest.raises((ConflictOfInterest, NotFound)):
        complete(walk, task, "counsellor")


# --- delegate ---------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["duty_officer", "head_of_office", "vice_principal"])
def test_who_holds_it_the_head_and_the_vice_principal_may_hand_it_on(world: World, by: str) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    claim(walk, task, "duty_officer")

    delegate(walk, task, by, to="counsellor")

    assert fresh(walk, task).assignee_id == world["counsellor"].pk
    assert readers(walk, "task.new", task).count("counsellor") == 1 + (
        "counsellor" in people_of(world, set(task.candidates))
    )


def test_a_mere_candidate_does_not_hand_it_on(world: World) -> None:
    walk = triaged(world)

    with pytest.raises(NotAllowed):
        delegate(walk, walk.task("protect"), "duty_officer")


def test_whom_the_case_names_is_never_handed_a_task(world: World) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    named(walk, "counsellor")

    with pytest.raises(ConflictOfInterest):
        delegate(walk, task, "vice_principal", to="counsellor")

    assert fresh(walk, task).assignee_id is None


def test_the_first_name_is_not_handed_the_second_look(walk: Walk) -> None:
    with pytest.raises((SamePerson, InvalidInput)):
        delegate(walk, walk.task("triage_confirm"), "vice_principal", to="duty_officer")


@pytest.mark.parametrize("to", ["mother", "stranger", "mentor", "auditor"])
def test_without_the_role_nobody_is_handed_it(world: World, to: str) -> None:
    walk = triaged(world)

    with pytest.raises((InvalidInput, ConflictOfInterest)):
        delegate(walk, walk.task("protect"), "vice_principal", to=to)


def test_everybody_to_whom_it_comes_back_is_told_again(world: World) -> None:
    walk = triaged(world)
    task = walk.task("protect")
    for to in ("counsellor", "head_of_office", "counsellor"):
        walk.at += MINUTE
        delegate(walk, task, "vice_principal", to=to)

    told = readers(walk, "task.new", task)
    assert told[-3:] == ["counsellor", "head_of_office", "counsellor"]


# --- return -----------------------------------------------------------------------------------


def test_a_returned_step_can_be_done_again_and_again_returned(walk: Walk) -> None:
    for _ in range(2):
        send_back(walk, walk.task("triage_confirm"), "counsellor")
        assert walk.open() == {"triage"}
        walk.at += MINUTE
        walk.do("triage")

    walk.do("triage_confirm")

    assert "call_guardian" in walk.open()
    assert walk.kinds().count("task.returned") == 2


def test_the_reason_of_a_return_stays_with_the_task_and_out_of_the_events(walk: Walk) -> None:
    task = walk.task("triage_confirm")

    send_back(walk, task, "counsellor", reason="父亲在场")

    with tenancy.scope(walk.world.id):
        kept = HumanTask.objects.get(pk=task.pk)
        assert kept.answer == {"return_reason": "父亲在场"}
    assert all("父亲在场".encode() not in bytes(event.body) for event in walk.events())


@pytest.mark.parametrize(
    ("to", "reason", "field"),
    [
        ("triage", " ", "reason"),
        ("close_propose", "不对", "to"),
        ("acknowledge", "不对", "to"),
        ("triage_confirm", "不对", "to"),
        ("没有这一步；", "不对", "to"),
        ("13800000000", "不对", "to"),
        ("", "不对", "to"),
    ],
)
def test_a_return_that_makes_no_sense_changes_nothing(
    walk: Walk, to: str, reason: str, field: str
) -> None:
    task = walk.task("triage_confirm")

    with pytest.raises(InvalidInput) as refused:
        send_back(walk, task, "counsellor", to=to, reason=reason)

    assert refused.value.field == field
    assert fresh(walk, task).state == "OPEN"


def test_a_daily_report_cannot_be_sent_back(world: World) -> None:
    walk = triaged(world)

    with pytest.raises(InvalidInput):
        send_back(walk, walk.task("zero_report"), "duty_officer")
