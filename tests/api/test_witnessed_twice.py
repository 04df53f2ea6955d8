"""A word that staff writes down a second time over the API."""

from typing import Any

import pytest

from tests.api.papers import as_read, offered
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("word", "more"),
    [
        ({"method": "PHONE", "note": "母亲同意。"}, {"note": "母亲又补充：晚上由外婆接。"}),
        ({"method": "REFUSED", "reason": "“想再考虑”"}, {"reason": "“只有一次”"}),
    ],
)
def test_other_words_of_the_same_method_are_a_conflict(
    world: World, word: dict[str, Any], more: dict[str, Any]
) -> None:
    paper = offered(world)
    people = {"signer": str(world["mother"].pk), "witness": str(world["duty_officer"].pk)}
    sent = {**people, **word, **as_read(paper.writer, paper.id)}
    address = f"/records/{paper.id}/witness"
    paper.writer.post(address, sent)

    again = paper.writer.post(address, sent)
    other = paper.writer.post(address, {**sent, **more})

    assert (again.status_code, other.status_code) == (200, 409)
    assert other.json()["code"] == "state.wrong"
    assert "没有存下" in other.json()["detail"]
    (kept,) = paper.writer.get(f"/records/{paper.id}").json()["signatures"]
    assert kept["reason"] == word.get("reason", "")
