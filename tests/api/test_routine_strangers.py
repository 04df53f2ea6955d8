"""Strangers at notices, receipts, plans and routing: for them none of it is there."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from parties import clock
from tests.api import plan_stories
from tests.api.callers import Caller
from tests.api.test_strangers import call, everybody_who_may_know_nothing
from tests.factories import CN, World
from tests.processes.notice_walk import sent

NOBODY = "11111111-1111-4111-8111-111111111111"
#: What a family and its teachers know of: an ordinary notice, a plan, a matter.
ON_ROUTINE: list[tuple[str, str, dict[str, Any]]] = [
    ("get", "/notices/{notice}", {}),
    ("post", "/notices/{notice}/preview", {}),
    ("post", "/notices/{notice}/submit", {}),
    ("post", "/notices/{notice}/withdraw", {}),
    ("get", "/notices/{notice}/contacts", {}),
    ("get", "/notices/{notice}/slips", {}),
    ("post", "/notices/{notice}/contacts", {
        "student": NOBODY, "guardian": NOBODY, "channel": "PHONE", "outcome": "REACHED",
        "at": "2026-10-09T10:00:00+08:00",
    }),
    ("post", "/notices/{notice}/on-paper", {
        "student": NOBODY, "guardian": NOBODY, "how": "PAPER",
    }),
    ("get", "/receipts/{receipt}", {}),
    ("post", "/receipts/{receipt}/open", {}),
    ("post", "/receipts/{receipt}/confirm", {}),
    ("post", "/receipts/{receipt}/reply", {"text": "收到"}),
    ("post", "/receipts/{receipt}/danger", {}),
    ("get", "/items/{item}", {}),
    ("post", "/items/{item}/start", {}),
    ("post", "/items/{item}/block", {"why": "有困难"}),
    ("post", "/items/{item}/check-ins", {}),
    ("post", "/items/{item}/done", {"note": "做完了"}),
    ("post", "/items/{item}/verify", {"agree": True, "as_read": "1"}),
    ("post", "/items/{item}/drop", {"why": "不需要"}),
    ("get", "/cases/{case}", {}),
    ("get", "/cases/{case}/routing", {}),
    ("get", "/cases/{case}/evaluations", {}),
    ("post", "/cases/{case}/evaluations", {"score": 1}),
]  # fmt: skip


def routine(world: World) -> dict[str, UUID]:
    """A notice that went out, the mother's receipt, and an item of the family's plan."""
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    walk = sent(world, at=yesterday)
    case = plan_stories.running(world)
    return {
        "notice": walk.notice_id,
        "receipt": walk.receipt("mother").pk,
        "item": plan_stories.item(world, case).pk,
        "case": case,
    }


def outside_of_the_family(world: World, other: World) -> dict[str, Caller]:
    everybody = everybody_who_may_know_nothing(world, other)
    return {who: caller for who, caller in everybody.items()
            if who not in {"father", "mother", "student"}}  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), ON_ROUTINE)
def test_what_a_family_knows_of_does_not_exist_for_strangers(
    world: World, other_school: World, method: str, path: str, body: dict[str, Any]
) -> None:
    real = routine(world)
    absent = {name: uuid4() for name in real}
    for who, caller in outside_of_the_family(world, other_school).items():
        hidden = call(caller, method, path, body, **real)
        missing = call(caller, method, path, body, **absent)
        assert hidden.status_code == missing.status_code == 404, who
        assert hidden.content == missing.content, who
        assert {**hidden.headers} == {**missing.headers}, who


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_plan_of_a_stranger_is_a_plan_of_nobody(
    world: World, other_school: World, method: str
) -> None:
    case = routine(world)["case"]
    for who, caller in outside_of_the_family(world, other_school).items():
        if who in {"deputy", "mentor", "company"}:
            continue  # they know the student, and find a plan without items there
        answers = [
            call(caller, method, "/students/{student}/plan", plan_stories.body(case), student=pk)
            for pk in (world.student.pk, uuid4())
        ]
        assert [answer.status_code for answer in answers] == [404, 404], who
        assert answers[0].content == answers[1].content, who
