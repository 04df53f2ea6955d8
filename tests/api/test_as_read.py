"""Whoever gives a word about a record over the API says what they read of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.api.callers import PASSWORD, Caller, code
from tests.api.meeting_stories import on_offer
from tests.api.papers import Paper, as_read, offered, written
from tests.api.test_records import kinds
from tests.factories import MINUTE, World
from tests.processes.meeting_walk import MeetingWalk

As = Callable[[str], Caller]


def test_words_that_were_changed_are_read_again_before_they_are_signed(
    world: World, as_: As
) -> None:
    paper, mother = offered(world), as_("mother")
    read = as_read(mother, paper.id)["as_read"]
    for verb in ("recall", "", "check", "offer"):
        paper.do(verb) if verb else paper.say("家长同意停学两周。")

    answer = paper.sign(mother, as_read=read)

    assert (answer.status_code, code(answer)) == (409, "state.lost_race")
    now = as_read(mother, paper.id)["as_read"]
    assert (answer.json()["yours"], answer.json()["current"]) == (read, now)
    assert paper.sign(mother, as_read=now).status_code == 200


@pytest.mark.parametrize("verb", ["sign", "refuse", "witness"])
def test_whoever_gives_a_word_says_what_they_read(world: World, as_: As, verb: str) -> None:
    paper = offered(world)
    body = {
        "sign": {"password": PASSWORD},
        "refuse": {"reason": "与事实不符"},
        "witness": {
            "signer": str(world["mother"].pk),
            "method": "PHONE",
            "witness": str(world["duty_officer"].pk),
        },
    }[verb]
    who = paper.writer if verb == "witness" else as_("mother")
    tag = who.get(f"/records/{paper.id}").headers["ETag"]

    answer = who.post(f"/records/{paper.id}/{verb}", body, If_Match=tag)

    assert (answer.status_code, code(answer)) == (428, "request.precondition_required")
    assert "as_read" in answer.json()["detail"]


def minutes_of(walk: MeetingWalk) -> Paper:
    """The record of the meeting, written and offered by the teacher."""
    paper = written(walk.world, case=str(walk.case_id))
    paper.do("check")
    paper.do("offer")
    return paper


def over(world: World) -> MeetingWalk:
    walk = on_offer(world, ago=timedelta(days=14))
    walk.choose()
    walk.go_to(walk.slots()[0].ends_at + 5 * MINUTE)
    walk.do("meeting_hold")
    return walk


def test_minutes_are_read_back_as_they_stand(world: World, as_: As) -> None:
    walk, teacher = over(world), as_("teacher")
    address = f"/tasks/{walk.task('meeting_minutes').pk}"
    assert "as_read" not in teacher.get(address).json()
    unwritten = teacher.post(f"{address}/complete", {"answer": {"read_back": "yes"}})
    assert (unwritten.status_code, code(unwritten)) == (422, "input.invalid")
    paper = minutes_of(walk)
    read = teacher.get(address).json()["as_read"]
    assert read == as_read(teacher, paper.id)["as_read"]
    for verb in ("recall", "", "check", "offer"):
        paper.do(verb) if verb else paper.say("家长同意停学两周。")

    body = {"answer": {"read_back": "yes"}}
    unread = teacher.post(f"{address}/complete", body)
    late = teacher.post(f"{address}/complete", {**body, "as_read": read})

    assert (unread.status_code, code(unread)) == (428, "request.precondition_required")
    now = teacher.get(address).json()["as_read"]
    assert (late.status_code, code(late)) == (409, "state.lost_race")
    assert (late.json()["yours"], late.json()["current"]) == (read, now)
    done = teacher.post(f"{address}/complete", {**body, "as_read": now})
    assert (done.status_code, done.json()["state"]) == (200, "COMPLETED")
    assert "record.read_back" in kinds(world, paper.id)


def test_a_task_about_no_text_asks_for_no_mark(world: World, as_: As) -> None:
    walk, teacher = on_offer(world, ago=timedelta(days=14)), as_("teacher")
    walk.choose()
    walk.go_to(walk.slots()[0].ends_at + 5 * MINUTE)
    address = f"/tasks/{walk.task('meeting_hold').pk}"

    assert "as_read" not in teacher.get(address).json()
    done = teacher.post(f"{address}/complete", {"answer": {"outcome": "held"}})
    assert done.status_code == 200
