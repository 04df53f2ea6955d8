"""Whoever gives a word about a record over the API says what they read of it."""

from collections.abc import Callable

import pytest

from tests.api.callers import PASSWORD, Caller, code
from tests.api.papers import as_read, offered
from tests.factories import World

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
