"""Somebody without a relation, at every address: hidden and absent look the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from parties import clock, tenancy
from parties.models import CompanyMember, GuardianLink, Membership, Restriction
from tests.api import plan_stories
from tests.api.callers import Caller, code, company, member
from tests.api.stories import reported
from tests.factories import CN, LONG_AGO, NOW, World
from tests.processes.notice_walk import sent
from tests.processes.walker import Walk
from workflow import notifications
from workflow.models import HumanTask, Notification
from workflow.reports import Suspect

As = Callable[[str], Caller]

NOBODY = "11111111-1111-4111-8111-111111111111"
#: Method, address, body: everything about one object that somebody may not know of.
ON_OBJECTS: list[tuple[str, str, dict[str, Any]]] = [
    ("get", "/cases/{case}", {}),
    ("get", "/cases/{case}/timeline", {}),
    ("post", "/cases/{case}/acknowledge", {}),
    ("post", "/cases/{case}/danger-again", {}),
    ("get", "/cases/{case}/routing", {}),
    ("post", "/cases/{case}/upgrade", {"to": "CRISIS", "reason": "新伤"}),
    ("post", "/cases/{case}/downgrade", {"to": "MEETING", "reason": "平稳"}),
    (
        "post",
        "/cases/{case}/downgrade/confirm",
        {"proposal": "11111111-1111-4111-8111-111111111111"},
    ),
    ("get", "/tasks/{task}", {}),
    ("post", "/tasks/{task}/claim", {}),
    ("post", "/tasks/{task}/complete", {"answer": {}}),
    ("post", "/tasks/{task}/delegate", {"to": "11111111-1111-4111-8111-111111111111"}),
    ("post", "/tasks/{task}/return", {"to": "triage", "reason": "重来"}),
    ("post", "/tasks/{task}/remind", {}),
    ("post", "/inbox/{message}/read", {}),
]
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
    ("post", "/items/{item}/verify", {"agree": True}),
    ("post", "/items/{item}/drop", {"why": "不需要"}),
    ("get", "/cases/{case}", {}),
    ("get", "/cases/{case}/routing", {}),
    ("get", "/cases/{case}/evaluations", {}),
    ("post", "/cases/{case}/evaluations", {"score": 1}),
]  # fmt: skip
LISTS = ["/cases", "/tasks", "/inbox", "/alerts", "/students", "/notices", "/receipts"]
EVERYTHING = [
    *((method, path) for method, path, _ in [*ON_OBJECTS, *ON_ROUTINE]),
    ("get", "/notices/templates"),
    ("post", "/notices"),
    ("get", "/students/{student}/file"),
    ("get", "/students/{student}/plan"),
    ("post", "/students/{student}/plan"),
    *(("get", path) for path in LISTS),
    ("post", "/crises"),
    ("post", "/language/check"),
    ("post", "/matters"),
    ("get", "/session"),
    ("delete", "/session"),
]


def objects(world: World, walk: Walk) -> dict[str, UUID]:
    notifications.deliver_due(lane="crisis", via="test")
    with tenancy.scope(world.id):
        message = Notification.objects.filter(channel="in_app", case=walk.case_id).first()
        task = HumanTask.objects.filter(case=walk.case_id, name="acknowledge").first()
    assert message is not None
    assert task is not None
    return {"case": walk.case_id, "task": task.pk, "message": message.pk}


def call(caller: Caller, method: str, path: str, body: dict[str, Any], **ids: UUID) -> Any:
    address = path.format(**ids)
    return caller.get(address) if method == "get" else caller.send(method, address, body)


def everybody_who_may_know_nothing(world: World, other: World) -> dict[str, Caller]:
    """By what they are: no relation, family before it is safe, ended, barred, another school."""
    callers = {
        name: member(world, name)
        for name in ("stranger", "deputy", "student", "classmate", "father", "mother", "mentor")
    }
    callers["company"] = company(world)
    callers["other school's head"] = member(other, "head_of_office")
    callers["other school's mother"] = member(other, "mother")
    callers["ended counsellor"] = member(world, "counsellor")
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["counsellor"]).update(ends_at=NOW)
    return callers


@pytest.mark.parametrize(("method", "path", "body"), ON_OBJECTS)
def test_hidden_and_absent_are_the_same_bytes_for_every_stranger(
    world: World,
    other_school: World,
    crisis: Walk,
    method: str,
    path: str,
    body: dict[str, Any],
) -> None:
    real = objects(world, crisis)
    absent = {name: uuid4() for name in real}
    for who, caller in everybody_who_may_know_nothing(world, other_school).items():
        hidden = call(caller, method, path, body, **real)
        missing = call(caller, method, path, body, **absent)
        assert hidden.status_code == missing.status_code == 404, who
        assert hidden.content == missing.content, who
        assert {**hidden.headers} == {**missing.headers}, who


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


@pytest.mark.parametrize("path", LISTS)
def test_lists_of_strangers_hold_nothing_of_it(
    world: World, other_school: World, crisis: Walk, path: str
) -> None:
    objects(world, crisis)
    for who, caller in everybody_who_may_know_nothing(world, other_school).items():
        answer = caller.get(path)
        text = answer.content.decode()
        assert answer.status_code == 200, who
        assert str(crisis.case_id) not in text, who
        if path != "/students":
            assert answer.json() in ({"results": [], "next": None}, {"alerts": []}), who


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_nobody_comes_in_without_signing_in(world: World, method: str, path: str) -> None:
    names = ("case", "task", "message", "notice", "receipt", "item", "student")
    ids = {name: uuid4() for name in names}

    answer = call(Caller(), method, path, {}, **ids)

    assert (answer.status_code, code(answer)) == (401, "sign_in.required")
    assert answer.headers["WWW-Authenticate"] == "Api-Key"


@pytest.mark.parametrize("key", ["", "sf_wrong", "sf_" + "x" * 43, "钥匙"])
def test_a_wrong_key_opens_nothing(world: World, key: str) -> None:
    caller = Caller(key=key.encode().decode("latin-1"))

    assert caller.get("/cases").status_code == 401


def test_the_suspect_father_sees_no_case_no_count_no_message_even_when_it_is_safe_to_tell(
    world: World, as_: As
) -> None:
    walk = reported(world, suspects=(Suspect(relation="FATHER"),))
    walk.acknowledge()
    walk.triage(suspect_kind="guardian", safe_to_tell="yes")

    father, mother = as_("father"), as_("mother")

    assert mother.get("/cases").json()["results"] != []
    assert father.get("/cases").json() == {"results": [], "next": None}
    assert father.get("/inbox").json() == {"results": [], "next": None}
    assert father.get("/tasks").json() == {"results": [], "next": None}
    assert father.get(f"/cases/{walk.case_id}").status_code == 404


def test_a_barred_guardian_is_a_stranger_to_the_directory_at_once(world: World, as_: As) -> None:
    father = as_("father")
    assert len(father.get("/students").json()["results"]) == 1
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=Restriction.Kind.NO_CONTACT,
            starts_at=LONG_AGO,
        )

    assert father.get("/students").json()["results"] == []


def test_an_ended_relation_counts_with_the_next_request(world: World, as_: As) -> None:
    mother, mentor = as_("mother"), as_("mentor")
    assert len(mother.get("/students").json()["results"]) == 1
    assert len(mentor.get("/students").json()["results"]) == 1
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["mother"])
        link.end()
        link.save()
        CompanyMember.objects.update(ends_at=NOW)

    assert mother.get("/students").json()["results"] == []
    assert mentor.get("/students").json()["results"] == []
