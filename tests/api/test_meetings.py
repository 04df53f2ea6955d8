"""Arranging a meeting over the API, answering it, and seeing nothing of somebody else's."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from ledger.models import Event
from parties import clock, links, tenancy
from parties.models import Restriction
from tests.api.callers import ROOT, Caller, code, company, member
from tests.api.meeting_stories import begun, moments, on_offer, slots_body
from tests.factories import LONG_AGO, World
from tests.processes.meeting_walk import ANSWERS

pytestmark = pytest.mark.django_db

As = Callable[[str], Caller]

PLAN = ANSWERS["meeting_prepare"]
PAST = {"slots": [{"starts_at": "2026-01-05T10:00:00+08:00", "place_kind": "OFFICE"}]}


# --- the school -----------------------------------------------------------------------------------


def test_from_the_plan_to_times_on_offer(world: World, as_: As) -> None:
    walk, teacher = begun(world), as_("teacher")
    address = f"/cases/{walk.case_id}/meeting"

    assert teacher.get(address).status_code == 404
    made = teacher.post(address, PLAN)
    assert (made.status_code, made.json()["state"]) == (200, "PREPARING")
    paper = {"kind": "TRANSCRIPT", "note": "10月8日"}
    assert teacher.post(f"{address}/papers", paper).json()["papers"] == [
        {"kind": "TRANSCRIPT", "basis": "", "note": "10月8日", "basis_note": "", "duty": ""}
    ]
    offered = teacher.post(f"{address}/slots", slots_body()).json()
    assert offered["state"] == "OFFERED"
    assert [slot["is_evening"] for slot in offered["slots"]] == [False, False, True]
    assert {one["person"]["name"] for one in offered["invitees"]} == {
        "father", "mother", "student", "teacher",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {**PLAN, "student_wish": "NO", "student_present": True}, "student_present"),
        ("", {**PLAN, "kind": "HOME_VISIT"}, "people"),
        ("", {**PLAN, "people": ["11111111-1111-4111-8111-111111111111"]}, "people"),
        ("/papers", {"kind": "PSY_REPORT"}, "basis"),
        ("/slots", PAST, "slots.0.starts_at"),
        (
            "/attempts",
            {
                "channel": "HOME_VISIT", "outcome": "NO_ANSWER", "note": "无人",
                "tried_at": "now",
            },
            "companion",
        ),
        (
            "/attempts",
            {
                "channel": "PHONE", "outcome": "NO_ANSWER", "note": "响铃",
                "tried_at": "2025-01-01T10:00:00+08:00",
            },
            "tried_at",
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field_and_the_mend(
    world: World, as_: As, path: str, body: dict[str, Any], field: str
) -> None:
    walk, teacher = begun(world), as_("teacher")
    address = f"/cases/{walk.case_id}/meeting"
    teacher.post(address, PLAN)

    now = {"tried_at": clock.now().isoformat()} if body.get("tried_at") == "now" else {}
    answer = teacher.post(f"{address}{path}", {**body, **now})

    assert (answer.status_code, code(answer)) == (422, "input.invalid")
    (mistake,) = answer.json()["errors"]
    assert mistake["field"] == field
    assert mistake["mend"]


def test_moments_beyond_every_calendar_are_refused_and_no_fault(world: World, as_: As) -> None:
    walk, teacher = begun(world), as_("teacher")
    address = f"/cases/{walk.case_id}/meeting"
    teacher.post(address, PLAN)
    for odd in ("9999-12-31T23:59:59+08:00", "0001-01-01T00:00:00+08:00"):
        body = slots_body()
        body["slots"][0]["starts_at"] = odd
        assert teacher.post(f"{address}/slots", body).status_code in (400, 422), odd


def test_a_try_on_the_phone_agrees_a_time(world: World, as_: As) -> None:
    walk, teacher = on_offer(world), as_("teacher")
    slot = str(walk.slots()[1].pk)
    body = {
        "person": str(world["mother"].pk), "channel": "PHONE", "outcome": "AGREED", "slot": slot,
        "tried_at": clock.now().isoformat(), "note": "周四中午可以",
    }  # fmt: skip

    answer = teacher.post(f"/cases/{walk.case_id}/meeting/attempts", body)

    assert (answer.status_code, answer.json()["state"]) == (200, "AGREED")
    assert answer.json()["agreed"]["id"] == slot
    assert walk.told("meeting.invitation") >= {"mother", "father"}


def test_the_school_moves_the_date(world: World, as_: As) -> None:
    walk, teacher = on_offer(world), as_("teacher")

    answer = teacher.post(f"/cases/{walk.case_id}/meeting/move", {"words": "当天有抽考"})

    assert (answer.json()["state"], answer.json()["changes"]) == ("PREPARING", 0)
    assert walk.open() == {"meeting_offer_slots"}


def test_nothing_was_held_before_its_time(world: World, as_: As) -> None:
    walk, teacher = on_offer(world), as_("teacher")

    answer = teacher.post(f"/cases/{walk.case_id}/meeting/held", {"outcome": "held"})

    assert (answer.status_code, code(answer)) == (409, "state.wrong")


def test_what_was_held_is_said_once_its_time_is_over(world: World, as_: As) -> None:
    walk, teacher = on_offer(world), as_("teacher")
    walk.choose(1)
    walk.go_to(moments()[0].replace(hour=11))
    with tenancy.scope(world.id):
        walk.meeting_inside().slots.filter(chosen_at__isnull=False).update(
            starts_at=clock.now() - 3 * (clock.now() - walk.meeting_inside().prepared_at)
        )

    answer = teacher.post(f"/cases/{walk.case_id}/meeting/held", {"outcome": "held"})

    assert (answer.status_code, answer.json()["state"]) == (200, "HELD")
    assert walk.open() == {"meeting_minutes"}


# --- the family -----------------------------------------------------------------------------------


def test_a_guardian_sees_times_and_purpose_and_nothing_of_the_others(world: World, as_: As) -> None:
    walk = on_offer(world)

    body = as_("mother").get(f"/meetings/{walk.meeting.pk}").json()

    assert body["purpose"] == PLAN["purpose"]
    assert len(body["slots"]) == 3
    assert (body["may_choose"], body["may_change"]) == (True, True)
    assert not {"invitees", "attempts", "papers", "replies", "student_words"} & set(body)


def test_choosing_and_choosing_again(world: World, as_: As) -> None:
    walk, mother = on_offer(world), as_("mother")
    path = f"/meetings/{walk.meeting.pk}/choose"
    first, other = (str(slot.pk) for slot in walk.slots()[:2])

    assert mother.post(path, {"slot": first}).json()["state"] == "AGREED"
    assert mother.post(path, {"slot": first}).status_code == 200
    late = as_("father").post(path, {"slot": other})
    assert (late.status_code, code(late)) == (409, "state.wrong")
    assert "申请改期" in late.json()["detail"]


def test_none_of_the_times_suits(world: World, as_: As) -> None:
    walk, mother = on_offer(world), as_("mother")
    path = f"/meetings/{walk.meeting.pk}/change"

    assert mother.post(path, {"words": ""}).status_code == 400
    answer = mother.post(path, {"words": "周末可以"})

    assert answer.json()["slots"] == []
    assert as_("teacher").get(f"/cases/{walk.case_id}/meeting").json()["replies"][0]["words"] == (
        "周末可以"
    )


def test_declining_waits_for_the_other_guardian(world: World, as_: As) -> None:
    walk = on_offer(world)
    path = f"/meetings/{walk.meeting.pk}/decline"

    assert as_("father").post(path, {}).status_code == 200
    assert walk.open() == set()
    assert as_("mother").post(path, {"words": "在外地"}).status_code == 200
    assert walk.open() == {"meeting_next_channel"}


def test_who_cannot_come_to_the_time_that_the_other_took_says_so_and_moves_nothing(
    world: World, as_: As
) -> None:
    walk, father = on_offer(world), as_("father")
    path = f"/meetings/{walk.meeting.pk}"
    walk.choose(by="mother")
    assert father.get(path).json()["may_decline"] is True
    assert as_("mother").get(path).json()["may_decline"] is False

    declined = father.post(f"{path}/decline", {"words": "那天夜班"})
    alone = as_("mother").post(f"{path}/decline", {"words": "也来不了"})

    assert (declined.status_code, declined.json()["state"]) == (200, "AGREED")
    assert (alone.status_code, code(alone)) == (409, "state.wrong")
    assert "申请改期" in alone.json()["detail"]
    told = as_("teacher").get(f"/cases/{walk.case_id}/meeting").json()
    assert [(one["kind"], one["words"]) for one in told["replies"]][-1] == ("DECLINED", "那天夜班")
    assert (told["agreed"]["id"], told["changes"]) == (str(walk.slots()[0].pk), 0)


def test_the_student_sees_the_times_and_leaves_the_choice(world: World, as_: As) -> None:
    walk, student = on_offer(world), as_("student")

    body = student.get(f"/meetings/{walk.meeting.pk}").json()
    assert (len(body["slots"]), body["may_choose"]) == (3, False)
    refused = student.post(f"/meetings/{walk.meeting.pk}/choose", {"slot": str(walk.slots()[0].pk)})
    assert (refused.status_code, code(refused)) == (403, "access.not_allowed")


# --- strangers ------------------------------------------------------------------------------------

SCHOOL: list[tuple[str, str, dict[str, Any]]] = [
    ("get", "/cases/{case}/meeting", {}),
    ("post", "/cases/{case}/meeting", PLAN),
    ("post", "/cases/{case}/meeting/papers", {"kind": "TRANSCRIPT"}),
    ("post", "/cases/{case}/meeting/slots", PAST),
    (
        "post",
        "/cases/{case}/meeting/attempts",
        {
            "channel": "PHONE", "outcome": "NO_ANSWER", "note": "响铃",
            "tried_at": "2026-01-01T10:00:00+08:00",
        },
    ),
    ("post", "/cases/{case}/meeting/move", {"words": "抽考"}),
    ("post", "/cases/{case}/meeting/held", {"outcome": "held"}),
]  # fmt: skip
FAMILY: list[tuple[str, str, dict[str, Any]]] = [
    ("get", "/meetings/{meeting}", {}),
    ("post", "/meetings/{meeting}/choose", {"slot": "11111111-1111-4111-8111-111111111111"}),
    ("post", "/meetings/{meeting}/change", {"words": "周末"}),
    ("post", "/meetings/{meeting}/decline", {}),
    ("post", "/meetings/{meeting}/attend", {"comes": "yes"}),
]


def restrict(world: World, name: str, kind: str = "NO_MEETING") -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world[name], kind=kind,
            starts_at=LONG_AGO,
        )  # fmt: skip


def strangers(world: World, other: World) -> dict[str, Caller]:
    names = ("father", "stranger", "deputy", "classmate", "mentor", "counsellor", "auditor")
    callers = {name: member(world, name) for name in names}
    callers["company"] = company(world)
    callers["other school's head"] = member(other, "head_of_office")
    callers["other school's mother"] = member(other, "mother")
    return callers


@pytest.mark.parametrize(("method", "path", "body"), [*SCHOOL, *FAMILY])
def test_hidden_and_absent_are_the_same_bytes_the_barred_father_among_them(
    world: World, other_school: World, method: str, path: str, body: dict[str, Any]
) -> None:
    restrict(world, "father")
    walk = on_offer(world)
    real = {"case": walk.case_id, "meeting": walk.meeting.pk}
    for who, caller in strangers(world, other_school).items():
        if who == "auditor" and "{case}" in path:
            continue  # knows of every case, and that is all: tested below

        def ask(ids: dict[str, Any], caller: Caller = caller) -> Any:
            address = path.format(**ids)
            return caller.get(address) if method == "get" else caller.post(address, body)

        hidden, missing = ask(real), ask({"case": uuid4(), "meeting": uuid4()})
        assert hidden.status_code == missing.status_code == 404, who
        assert hidden.content == missing.content, who
        assert {**hidden.headers} == {**missing.headers}, who


def test_the_auditor_knows_of_the_case_and_of_no_meeting(world: World, as_: As) -> None:
    walk, auditor = on_offer(world), as_("auditor")

    assert auditor.get(f"/cases/{walk.case_id}").status_code == 200
    assert auditor.get(f"/cases/{walk.case_id}/meeting").status_code == 404
    assert auditor.post(f"/cases/{walk.case_id}/meeting", PLAN).status_code == 403


def test_a_restriction_that_begins_now_counts_with_the_next_request(world: World, as_: As) -> None:
    walk, father = on_offer(world), as_("father")
    assert father.get(f"/meetings/{walk.meeting.pk}").status_code == 200
    assert len(father.get("/cases").json()["results"]) == 1
    restrict(world, "father")

    assert father.get(f"/meetings/{walk.meeting.pk}").status_code == 404
    assert father.get("/cases").json() == {"results": [], "next": None}


def test_families_do_not_arrange_and_the_team_does_not_choose(world: World, as_: As) -> None:
    walk = on_offer(world)

    for _, path, body in SCHOOL[1:]:
        answer = as_("mother").post(path.format(case=walk.case_id), body)
        assert answer.status_code in (403, 409), path
    slot = {"slot": str(walk.slots()[0].pk)}
    assert as_("teacher").post(f"/meetings/{walk.meeting.pk}/choose", slot).status_code == 403


def test_a_link_for_one_meeting_opens_this_one(world: World) -> None:
    walk = on_offer(world)
    meeting = walk.meeting.pk
    with tenancy.scope(world.id):
        link = links.issue(person=world["mother"], purpose="MEETING", target_id=meeting)
        token = links.token_of(link.pk)
    caller = Caller()
    caller.client.post(f"/l/{token}")

    assert caller.client.get(f"{ROOT}/meetings/{walk.meeting.pk}").status_code == 200
    assert caller.client.get(f"{ROOT}/meetings/{uuid4()}").json()["code"] == "link.bound"
    assert caller.client.get(f"{ROOT}/cases/{walk.case_id}").json()["code"] == "link.bound"


def test_reading_a_meeting_is_on_record(world: World, as_: As) -> None:
    walk = on_offer(world)
    as_("mother").get(f"/meetings/{walk.meeting.pk}")

    with tenancy.scope(world.id):
        read = Event.objects.filter(kind="meeting.read").latest("pk")
    assert read.actor == world["mother"].pk
