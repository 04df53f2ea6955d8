"""A hold before a record is offered, over the API: asked, decided, and never seen at home."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from parties import tenancy
from tests.api.callers import Caller, code
from tests.api.papers import FACT, Paper, written
from tests.factories import World

As = Callable[[str], Caller]
WHY = "学生请求先由心理教师说明"


def in_days(world: World, days: int) -> str:
    with tenancy.scope(world.id) as now:
        return (now + timedelta(days=days)).isoformat()


def asked(world: World, **more: str) -> tuple[Paper, Any]:
    paper = written(world)
    paper.do("check")
    body = {"reason": WHY, "until": in_days(world, 7)}
    return paper, paper.writer.post(f"/records/{paper.id}/hold-requests", body, **more)


def test_an_author_asks_and_waits_for_the_office(world: World, as_: As) -> None:
    paper, answer = asked(world)

    assert (answer.status_code, answer.json()["state"]) == (201, "ASKED")
    assert answer.json()["may"] == ["withdraw"]
    refused = paper.writer.post(f"/records/{paper.id}/offer", {}, If_Match=paper.etag)
    assert (refused.status_code, code(refused)) == (409, "state.wrong")
    assert "等德育处决定" in refused.json()["detail"]


def test_the_office_finds_the_draft_and_holds_it(world: World, as_: As) -> None:
    paper, _ = asked(world)
    head = as_("head_of_office")
    listed = head.get("/hold-requests").json()["results"]
    assert [(one["record"], one["reason"], one["may"]) for one in listed] == [
        (paper.id, WHY, ["hold"])
    ]
    assert head.get(f"/records/{paper.id}").json()["statements"][0]["text"] == FACT

    body = {"reason": "先由心理教师说明", "until": in_days(world, 5)}
    held = head.post(f"/records/{paper.id}/hold", body)
    assert (held.status_code, head.get("/hold-requests").json()["results"]) == (200, [])
    assert head.post(f"/records/{paper.id}/release", {}).status_code == 200
    assert head.post(f"/records/{paper.id}/hold", body).status_code == 200
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("offer")
    for who in ("mother", "father", "student"):
        assert as_(who).get(f"/records/{paper.id}").status_code == 404
    said = paper.writer.get(f"/records/{paper.id}/hold-requests").json()["results"]
    assert [(one["state"], one["decision"]) for one in said] == [("GRANTED", "先由心理教师说明")]


def test_a_refusal_says_why_and_the_draft_is_the_authors_again(world: World, as_: As) -> None:
    paper, answer = asked(world)
    head, address = as_("head_of_office"), f"/hold-requests/{answer.json()['id']}/refuse"
    assert code(head.post(address, {"reason": "不"})) == "input.invalid"

    done = head.post(address, {"reason": "家长应当知道"})

    assert (done.status_code, done.json()["state"]) == (200, "REFUSED")
    assert head.get(f"/records/{paper.id}").status_code == 404
    paper.do("offer")
    assert as_("mother").get(f"/records/{paper.id}").status_code == 200
    assert as_("mother").get(f"/records/{paper.id}/hold-requests").json()["results"] == []


def test_a_request_is_between_its_author_and_the_office(world: World, as_: As) -> None:
    paper, answer = asked(world)
    address = f"/hold-requests/{answer.json()['id']}"

    for who in ("mother", "student", "grade_leader", "auditor", "stranger", "mentor"):
        caller = as_(who)
        assert caller.get(f"/records/{paper.id}/hold-requests").status_code == 404, who
        assert caller.get("/hold-requests").json()["results"] == [], who
        assert caller.post(f"{address}/refuse", {"reason": "家长应当知道"}).status_code == 404
        assert caller.post(f"{address}/withdraw", {}).status_code == 404, who
    assert as_("head_of_office").post(f"{address}/withdraw", {}).status_code == 403
    assert paper.writer.post(f"{address}/refuse", {"reason": WHY}).status_code == 403
    assert paper.writer.post(f"{address}/withdraw", {}).json()["state"] == "WITHDRAWN"


def test_the_same_key_asks_once(world: World, as_: As) -> None:
    paper, first = asked(world, Idempotency_Key="k-1")
    body = {"reason": WHY, "until": first.json()["until"]}
    again = paper.writer.post(f"/records/{paper.id}/hold-requests", body)

    assert again.json()["id"] == first.json()["id"]
