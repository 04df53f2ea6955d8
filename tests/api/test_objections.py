"""An objection over the API: filed at home, answered, and ended by who filed it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.api.callers import Caller, code
from tests.api.papers import Paper, effective, offered
from tests.factories import World

As = Callable[[str], Caller]

WORDS = {"ground": "WRONG", "wish": "CORRECT", "words": "没有“多次”，只有一次。"}


def filed(paper: Paper, by: Caller, **changed: Any) -> Any:
    return by.post(f"/records/{paper.id}/objections", {**WORDS, **changed})


def act(by: Caller, objection: Any, verb: str, body: Any = None) -> Any:
    return by.post(f"/objections/{objection.json()['id']}/{verb}", body)


def state(by: Caller, paper: Paper) -> str:
    return str(by.get(f"/records/{paper.id}").json()["state"])


def test_it_is_filed_with_a_receipt_and_everybody_sees_that_there_is_one(
    world: World, as_: As
) -> None:
    paper, mother = effective(world), as_("mother")

    made = filed(paper, mother)

    assert made.status_code == 201
    assert made.json()["receipt_no"].startswith("YY")
    for who in ("mother", "student", "grade_leader", "head_of_office"):
        assert state(as_(who), paper) == "UNDER_OBJECTION", who


def test_content_with_the_answer_the_record_stands_again(world: World, as_: As) -> None:
    paper, mother = effective(world), as_("mother")
    made = filed(paper, mother)

    answered = act(paper.writer, made, "answer", {"reply": "REFUSED", "words": "两次都有记录。"})
    assert answered.json()["state"] == "ANSWERED"
    ended = act(mother, made, "content")

    assert (ended.json()["state"], state(mother, paper)) == ("SETTLED", "EFFECTIVE")


def test_an_accepted_one_begins_the_next_version(world: World, as_: As) -> None:
    paper, mother = effective(world), as_("mother")
    made = filed(paper, mother)

    body = act(paper.writer, made, "answer", {"reply": "ACCEPTED", "words": "应为一次。"}).json()

    draft = paper.writer.get(f"/records/{body['correction']}").json()
    assert (draft["version"], draft["state"]) == (2, "DRAFT")


@pytest.mark.parametrize("reply", ["ACCEPTED", "PARTLY"])
def test_two_guardians_are_both_accepted_with_one_next_version(
    world: World, as_: As, reply: str
) -> None:
    paper = effective(world)
    body = {"reply": reply, "words": "应为一次。"}
    mothers, fathers = filed(paper, as_("mother")), filed(paper, as_("father"))

    first = act(paper.writer, mothers, "answer", body)
    second = act(paper.writer, fathers, "answer", body)

    assert (first.status_code, second.status_code) == (200, 200), second.content.decode()
    assert first.json()["correction"] == second.json()["correction"]


def test_who_insists_is_heard_by_the_office(world: World, as_: As) -> None:
    paper, mother = effective(world), as_("mother")
    made = filed(paper, mother)
    act(paper.writer, made, "answer", {"reply": "REFUSED", "words": "两次都有记录。"})

    assert act(mother, made, "insist").json()["state"] == "ROUTED"

    listed = as_("head_of_office").get("/objections").json()["results"]
    assert [one["id"] for one in listed] == [made.json()["id"]]


def test_it_can_be_taken_back_and_annotated(world: World, as_: As) -> None:
    paper, mother = effective(world), as_("mother")
    made = filed(paper, mother)

    noted = act(mother, made, "annotate", {"words": "当天孩子发烧。"})
    assert noted.json()["annotation"] == "当天孩子发烧。"
    assert act(mother, made, "withdraw").json()["state"] == "WITHDRAWN"
    again = act(mother, made, "annotate", {"words": "以考勤为准。"}).json()
    assert again["annotation"] == "以考勤为准。"
    assert [one["text"] for one in again["annotations"]] == ["当天孩子发烧。", "以考勤为准。"]

    record = as_("student").get(f"/records/{paper.id}").json()
    assert [one["text"] for one in record["annotations"]] == ["当天孩子发烧。", "以考勤为准。"]
    assert record["state"] == "EFFECTIVE"


@pytest.mark.parametrize("verb", ["answer", "content", "insist", "withdraw", "annotate"])
@pytest.mark.parametrize("who", ["father", "stranger", "student", "grade_leader", "mentor"])
def test_an_objection_is_between_its_filer_the_author_and_the_office(
    world: World, as_: As, verb: str, who: str
) -> None:
    paper, mother = effective(world), as_("mother")
    made = filed(paper, mother)
    body = {"answer": {"reply": "ACCEPTED", "words": "好"}, "annotate": {"words": "好"}}.get(verb)

    hidden = act(as_(who), made, verb, body)
    absent = as_(who).post(f"/objections/{uuid4()}/{verb}", body)

    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content


def test_the_author_ends_nothing_and_the_filer_answers_nothing(world: World, as_: As) -> None:
    paper, mother = effective(world), as_("mother")
    made = filed(paper, mother)

    for verb in ("content", "insist", "withdraw"):
        assert act(paper.writer, made, verb).status_code == 403, verb
    answer = act(mother, made, "answer", {"reply": "ACCEPTED", "words": "好"})

    assert (answer.status_code, code(answer)) == (403, "access.not_allowed")


def test_only_what_took_effect_is_objected_to(world: World, as_: As) -> None:
    answer = filed(offered(world), as_("mother"))

    assert (answer.status_code, code(answer)) == (409, "state.wrong")


def test_the_same_person_has_one_open_objection(world: World, as_: As) -> None:
    paper, mother, key = effective(world), as_("mother"), uuid4().hex

    first = filed(paper, mother)
    again = mother.post(f"/records/{paper.id}/objections", WORDS, Idempotency_Key=key)

    assert first.json()["id"] == again.json()["id"]


def test_words_that_nobody_can_read_are_none(world: World, as_: As) -> None:
    paper = effective(world)

    answer = filed(paper, as_("mother"), words="\u200b")

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    assert answer.json()["errors"][0]["field"].startswith("words")
    assert filed(paper, as_("mother"), quoted="\u200b").json()["quoted"] == ""


def test_a_reply_is_chosen_and_has_reasons(world: World, as_: As) -> None:
    made = filed(paper := effective(world), as_("mother"))

    for body in ({"reply": "", "words": "好"}, {"reply": "ACCEPTED", "words": "\u200b"}, {}):
        assert act(paper.writer, made, "answer", body).status_code == 400
