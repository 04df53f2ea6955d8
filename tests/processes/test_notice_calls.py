"""A call task is done when every family was tried, in writing, or when it is said why not."""

from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.models import GuardianLink, Student
from records.models import Notice
from records.notice_attempts import Attempt
from tests.factories import World
from tests.processes.notice_walk import FRIDAY, Sent, second_family, sent
from workflow import human_tasks, notice_answering
from workflow.errors import InvalidInput
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db

REASON = "电话停机，邻居也不知道新号码"


def asked(world: World, **given: Any) -> Sent:
    """Two families are silent for three days, so that the homeroom teacher is asked to call."""
    second_family(world)
    walk = sent(world, **given)
    walk.wait(until=FRIDAY + timedelta(hours=72))
    walk.at += timedelta(hours=1)
    return walk


def tried(walk: Sent, guardian: str = "father", child: str = "student", **change: Any) -> None:
    with tenancy.scope(walk.world.id):
        student = Student.objects.get(person=walk.world[child])
    given: dict[str, Any] = {
        "channel": "PHONE", "outcome": "NO_ANSWER", "tried_at": walk.at,
        "place": "办公室", "note": "响铃无人接", **change,
    }  # fmt: skip
    notice_answering.contact(
        school_id=walk.world.id, notice_id=walk.notice_id, by=walk.world["teacher"], at=walk.at,
        given=Attempt(student_id=student.pk, guardian_id=walk.world[guardian].pk, **given),
    )  # fmt: skip


def complete(walk: Sent, name: str = "notice_call", **answer: str) -> str:
    task = human_tasks.complete(
        school_id=walk.world.id, task_id=walk.open_tasks()[name].pk, by=walk.world["teacher"],
        at=walk.at, answer={"done": "all", **answer},
    )  # fmt: skip
    return str(task.state)


def refused(walk: Sent, name: str = "notice_call", **answer: str) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as told:
        complete(walk, name, **answer)
    assert name in walk.open_tasks()
    return told.value.field, f"{told.value}{told.value.mend}"


def test_nobody_was_called_is_no_answer(world: World) -> None:
    walk = asked(world)

    field, words = refused(walk)

    assert field == "done"
    assert "还有 2 户" in words
    assert "说明" in words
    assert refused(walk, done="some")[0] == "note"
    assert refused(walk, done="some", note="  ")[0] == "note"


def test_each_family_that_was_tried_counts_by_its_child(world: World) -> None:
    walk = asked(world)
    tried(walk)
    assert "还有 1 户" in refused(walk)[1]

    tried(walk, "other_mother", "classmate")

    assert complete(walk) == HumanTask.State.COMPLETED


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "WECHAT", "place": " "},
        {"note": ""},
        {"tried_at": FRIDAY + timedelta(hours=71)},
    ],
)
def test_a_try_without_its_place_or_record_or_from_before_does_not(
    world: World, change: dict[str, Any]
) -> None:
    walk = asked(world)
    tried(walk, "other_mother", "classmate")
    tried(walk, **change)

    assert "还有 1 户" in refused(walk)[1]


def test_nobody_is_called_about_a_notice_that_nobody_has_written_yet(world: World) -> None:
    walk = asked(world)

    with pytest.raises(InvalidInput) as told:
        tried(walk, tried_at=FRIDAY - timedelta(minutes=1))

    assert told.value.field == "at"
    assert "早于这份通知" in str(told.value)
    tried(walk, tried_at=FRIDAY.replace(second=0))  # a page knows minutes alone


def test_who_answered_meanwhile_need_not_be_called(world: World) -> None:
    walk = asked(world, strength="SIGN")
    tried(walk, "other_mother", "classmate")
    walk.act("reply", "mother", text="周末到校签字")

    assert complete(walk) == HumanTask.State.COMPLETED


def test_a_reason_completes_it_always(world: World) -> None:
    walk = asked(world)

    assert complete(walk, done="some", note=REASON) == HumanTask.State.COMPLETED
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(name="notice_call")
        assert (task.answer or {})["note"] == REASON


def test_the_second_call_asks_for_tries_of_its_own(world: World) -> None:
    walk = asked(world)
    tried(walk)
    tried(walk, "other_mother", "classmate")
    complete(walk)
    walk.wait(until=FRIDAY + timedelta(hours=96))
    walk.at += timedelta(hours=1)

    assert "还有 2 户" in refused(walk, "notice_call_second")[1]
    tried(walk, "mother")
    tried(walk, "other_mother", "classmate")
    assert complete(walk, "notice_call_second") == HumanTask.State.COMPLETED


def test_one_is_not_asked_to_call_the_own_family(world: World) -> None:
    walk = asked(world)
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["teacher"], relation="OTHER"
        )
    tried(walk, "other_mother", "classmate")

    assert complete(walk) == HumanTask.State.COMPLETED


@pytest.mark.parametrize("channel", ["PHONE", "VISIT"])
def test_a_call_or_a_visit_says_where(world: World, channel: str) -> None:
    walk = asked(world)

    with pytest.raises(InvalidInput) as told:
        tried(walk, channel=channel, place="  ")

    assert told.value.field == "place"
    assert walk.notice.state == Notice.State.SENT
