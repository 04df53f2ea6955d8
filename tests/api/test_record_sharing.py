"""A copy that leaves the school: refused for its words, and let through by 德育处 with a reason."""

from collections.abc import Callable

from tests.api.callers import Caller, code, member
from tests.api.papers import FACT, Paper, written
from tests.api.test_records import kinds
from tests.factories import World

As = Callable[[str], Caller]


def kept(world: World) -> Paper:
    """Effective, with a discouraged word that its author wanted to keep."""
    paper = written(world, FACT, "该生上课走神。")
    paper.do("check", {"confirmed": ["上课走神"]})
    paper.do("offer")
    assert paper.sign().status_code == paper.sign(member(world, "mother")).status_code == 200
    return paper


def test_a_copy_for_outside_is_refused_with_place_phrase_and_mend(world: World, as_: As) -> None:
    address = f"/records/{kept(world).id}/export?format=json&purpose=authority"

    answer = as_("teacher").get(address)

    assert (answer.status_code, code(answer)) == (422, "input.invalid")
    (error,) = answer.json()["errors"]
    assert error["field"] == "statements.2"
    assert "上课走神" in error["wrong"]
    assert "德育处" in error["mend"]
    assert as_("mother").get(address).status_code == 200


def test_the_office_lets_it_through_and_the_school_reads_why(world: World, as_: As) -> None:
    paper, reason = kept(world), "法院调取，须提供原文"
    address = f"/records/{paper.id}/sharing-override"

    for who, status in (("teacher", 403), ("mother", 403), ("stranger", 404)):
        assert as_(who).post(address, {"reason": reason}).status_code == status, who
    empty = as_("duty_officer").post(address, {"reason": " "})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (400, "reason")
    done = as_("duty_officer").post(address, {"reason": reason})

    assert done.json()["sharing_overrides"][0]["reason"] == reason
    assert (
        as_("teacher").get(f"/records/{paper.id}").json()["sharing_overrides"]
        == (done.json()["sharing_overrides"])
    )
    assert "sharing_overrides" not in as_("mother").get(f"/records/{paper.id}").json()
    copy = as_("teacher").get(f"/records/{paper.id}/export?format=json&purpose=authority")
    assert copy.status_code == 200
    assert "record.sharing_overridden" in kinds(world, paper.id)
