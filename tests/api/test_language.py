"""The neutral-language check over HTTP: the same answer as everywhere, for whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest

from api.language import LARGEST_TEXT
from parties import tenancy
from records.language import Author, Moment, check
from tests.api.callers import Caller, code, member
from tests.factories import World

As = Callable[[str], Caller]

HARSH = "他是个差生，上课走神。"


def asked(caller: Caller, text: str = HARSH, moment: str = "sign", **more: Any) -> Any:
    return caller.post("/language/check", {"text": text, "moment": moment, **more})


def test_the_answer_is_that_of_the_one_function(as_: As) -> None:
    answer = asked(as_("teacher"))

    assert answer.status_code == 200
    assert answer.json() == check(HARSH, moment=Moment.SIGN, author=Author.STAFF).as_json()


@pytest.mark.parametrize(
    ("who", "author"),
    [
        ("teacher", Author.STAFF),
        ("stranger", Author.STAFF),
        ("mentor", Author.COMPANY),
        ("company", Author.COMPANY),
        ("mother", Author.PARENT),
        ("student", Author.PARENT),
    ],
)
def test_the_author_follows_from_who_asks(as_: As, who: str, author: Author) -> None:
    answer = asked(as_(who))

    assert answer.json() == check(HARSH, moment=Moment.SIGN, author=author).as_json()


def test_every_key_of_an_answer_is_described(as_: As) -> None:
    """Six keys of a finding are promised to whoever calls; two stand beside them."""
    schemas = as_("teacher").get("/schema").json()["components"]["schemas"]
    finding, answer = schemas["Finding"], asked(as_("teacher")).json()
    keys = ["phrase", "severity", "category", "start", "end", "suggestion", "effect", "note"]

    assert list(finding["properties"]) == keys
    assert set(finding["required"]) == set(keys)
    assert [list(found) for found in answer["findings"]] == [keys, keys]
    assert all("description" in finding["properties"][key] for key in keys)
    assert list(schemas["Verdict"]["properties"]) == list(answer) == ["verdict", "findings"]


def test_a_parent_is_never_blocked(as_: As) -> None:
    for moment in ("draft", "sign", "share", "crisis"):
        assert asked(as_("mother"), moment=moment).json()["verdict"] == "hint"


def test_the_author_can_be_named(as_: As) -> None:
    assert asked(as_("teacher"), author="parent").json()["verdict"] == "hint"
    assert asked(as_("mother"), author="staff").json()["verdict"] == "block"


def test_a_quote_field_keeps_what_stands_in_quotation_marks(as_: As) -> None:
    text = "父亲：“他就是个废物。”"
    teacher = as_("teacher")

    [kept] = asked(teacher, text, quote=True).json()["findings"]

    assert kept["effect"] == "quote"
    assert asked(teacher, text).json()["verdict"] == "block"


def test_outer_spaces_and_emoji_count_as_code_points(as_: As) -> None:
    [found] = asked(as_("teacher"), "  😀差 生 ").json()["findings"]

    assert (found["start"], found["end"]) == (3, 6)


def test_an_empty_text_is_fine(as_: As) -> None:
    assert asked(as_("teacher"), "").json() == {"verdict": "ok", "findings": []}


def test_twenty_kilobytes_pass_and_one_byte_more_is_explained(as_: As) -> None:
    teacher = as_("teacher")

    assert asked(teacher, "好" * (LARGEST_TEXT // 3)).status_code == 200
    answer = asked(teacher, "a" * (LARGEST_TEXT + 1))

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    [mistake] = answer.json()["errors"]
    assert mistake["field"] == "text"
    assert "20 kB" in mistake["wrong"]
    assert "分" in mistake["mend"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"moment": "sign"}, "text"),
        ({"text": "好"}, "moment"),
        ({"text": "好", "moment": "later"}, "moment"),
        ({"text": 7, "moment": "sign"}, "text"),
        ({"text": "好", "moment": "sign", "author": "nobody"}, "author"),
        ({"text": "好", "moment": "sign", "quote": "vielleicht"}, "quote"),
        ({"text": "好", "moment": "sign", "lexicon": "mine"}, "lexicon"),
    ],
)
def test_a_wrong_body_names_its_field(as_: As, body: dict[str, Any], field: str) -> None:
    answer = as_("teacher").post("/language/check", body)

    assert answer.status_code == 400
    assert [mistake["field"] for mistake in answer.json()["errors"]] == [field]


def test_nobody_checks_without_signing_in(world: World) -> None:
    answer = asked(Caller())

    assert (answer.status_code, code(answer)) == (401, "sign_in.required")


def test_a_person_of_another_school_gets_the_same_answer_and_nothing_of_ours(
    world: World, as_: As, other_school: World
) -> None:
    with tenancy.scope(world.id):
        world.pupil("欧阳明月", world.school_class)

    from_elsewhere = asked(member(other_school, "teacher"), "和欧阳明月同组。")

    assert from_elsewhere.json() == {"verdict": "ok", "findings": []}


def test_a_repeat_is_answered_alike(as_: As) -> None:
    teacher = as_("teacher")
    body = {"text": HARSH, "moment": "sign"}

    first, second = (
        teacher.post("/language/check", body, **{"Idempotency-Key": "k1"}) for _ in range(2)
    )

    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
