"""Somebody without a relation, at every address: hidden and absent look the same."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from parties import tenancy
from parties.models import CompanyMember, GuardianLink, Membership, Restriction
from tests.api.callers import Caller, code, company, member
from tests.api.papers import upload, written
from tests.api.stories import reported
from tests.factories import LONG_AGO, NOW, World
from tests.processes.walker import Walk
from tests.records.uploads.files import jpeg
from workflow import notifications
from workflow.models import HumanTask, Notification
from workflow.reports import Suspect

As = Callable[[str], Caller]

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
SAID = {"section": "FACT", "source": "TEACHER", "text": "10月8日缺勤一节。"}
NOBODY = "11111111-1111-4111-8111-111111111111"
#: Everything about one draft, which is its author's alone.
ON_RECORDS: list[tuple[str, str, dict[str, Any]]] = [
    ("get", "/records/{record}", {}),
    ("get", "/records/{record}/export", {}),
    ("get", "/records/{record}/copies", {}),
    ("get", "/records/{record}/destroyed", {}),
    ("patch", "/records/{record}", {}),
    ("post", "/records/{record}/statements", SAID),
    ("patch", "/records/{record}/statements/{statement}", SAID),
    ("delete", "/records/{record}/statements/{statement}", {}),
    ("put", "/records/{record}/participants", {"participants": []}),
    ("put", "/records/{record}/prepared", {"prepared": []}),
    ("post", "/records/{record}/check", {}),
    ("post", "/records/{record}/offer", {}),
    ("post", "/records/{record}/recall", {}),
    ("post", "/records/{record}/next-version", {}),
    ("post", "/records/{record}/hold", {"reason": "先核实情况", "until": "2027-01-01T08:00:00Z"}),
    ("post", "/records/{record}/release", {}),
    ("get", "/records/{record}/hold-requests", {}),
    (
        "post",
        "/records/{record}/hold-requests",
        {"reason": "先核实情况", "until": "2027-01-01T08:00:00Z"},
    ),
    ("post", "/records/{record}/sharing-override", {"reason": "法院调取原文"}),
    ("post", "/records/{record}/archive", {"why": "handover"}),
    ("post", "/records/{record}/seal", {"reason": "家长申请撤回"}),
    ("post", "/records/{record}/discard", {"reason": "另有一份记录"}),
    ("post", "/records/{record}/discard-next", {"reason": "旧版须封存"}),
    ("post", "/records/{record}/sign", {"password": "x", "as_read": "1.0"}),
    ("post", "/records/{record}/refuse", {"reason": "与事实不符", "as_read": "1.0"}),
    (
        "post",
        "/records/{record}/witness",
        {"signer": NOBODY, "method": "PHONE", "witness": NOBODY, "as_read": "1.0"},
    ),
    (
        "post",
        "/records/{record}/objections",
        {"ground": "WRONG", "wish": "CORRECT", "words": "不对"},
    ),
    ("get", "/attachments/{attachment}", {}),
    ("delete", "/attachments/{attachment}", {}),
    (
        "post",
        "/attachments/{attachment}/destroy",
        {"why": "law", "reason": "依法应当删除"},
    ),
]
LISTS = [
    "/wordings",
    "/cases",
    "/tasks",
    "/inbox",
    "/alerts",
    "/students",
    "/objections",
    "/hold-requests",
    "/notices",
    "/receipts",
]
EVERYTHING = [
    *((method, path) for method, path, _ in (*ON_OBJECTS, *ON_RECORDS)),
    *(("post", f"/objections/{{message}}/{verb}") for verb in ("answer", "content", "insist")),
    *(("post", f"/objections/{{message}}/{verb}") for verb in ("withdraw", "annotate")),
    *(("post", f"/hold-requests/{{message}}/{verb}") for verb in ("refuse", "withdraw")),
    ("post", "/students/{case}/records"),
    ("get", "/records/templates"),
    ("get", "/notices/templates"),
    ("post", "/notices"),
    ("get", "/students/{case}/file"),
    ("get", "/students/{case}/plan"),
    ("post", "/students/{case}/plan"),
    ("get", "/students/{case}/consents"),
    ("post", "/students/{case}/consents"),
    ("post", "/students/{case}/consents/refuse"),
    ("post", "/consents/{message}/withdraw"),
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


@pytest.mark.parametrize(("method", "path", "body"), ON_RECORDS)
def test_a_draft_and_no_record_at_all_are_the_same_bytes(
    world: World, other_school: World, method: str, path: str, body: dict[str, Any]
) -> None:
    paper = written(world)
    upload(paper.writer, paper.id, jpeg())
    shown = paper.writer.get(f"/records/{paper.id}").json()
    real = {
        "record": UUID(paper.id),
        "statement": UUID(shown["statements"][0]["id"]),
        "attachment": UUID(shown["attachments"][0]["id"]),
    }
    absent = {name: uuid4() for name in real}
    strangers = everybody_who_may_know_nothing(world, other_school)
    strangers["office"] = member(world, "head_of_office")
    strangers["grade"] = member(world, "grade_leader")
    for who, caller in strangers.items():
        hidden = call(caller, method, path, body, **real)
        missing = call(caller, method, path, body, **absent)
        assert hidden.status_code == missing.status_code == 404, who
        assert hidden.content == missing.content, who
        assert {**hidden.headers} == {**missing.headers}, who


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
    names = ("case", "task", "message", "record", "statement", "attachment")
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
