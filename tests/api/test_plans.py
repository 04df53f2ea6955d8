"""行动方案 over the API: each party its own part, four eyes, and no trace for strangers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from parties import tenancy
from parties.models import Membership
from parties.roles import Role
from records.models import ActionItem, ItemCheckIn
from tests.api import plan_stories
from tests.api.callers import Caller, code, member
from tests.api.test_strangers import call
from tests.factories import LONG_AGO, NOW, World
from tests.records.test_plan_consensus import consensus
from workflow.models import Case

As = Callable[[str], Caller]

ON_OBJECTS: list[tuple[str, str, dict[str, Any]]] = [
    ("get", "/students/{student}/plan", {}),
    ("get", "/items/{item}", {}),
    ("patch", "/items/{item}", {"target": "新目标"}),
    ("post", "/items/{item}/start", {}),
    ("post", "/items/{item}/block", {"why": "夜班"}),
    ("post", "/items/{item}/done", {"note": "好了"}),
    ("post", "/items/{item}/verify", {"as_read": "1"}),
    ("post", "/items/{item}/drop", {"why": "转学"}),
    ("post", "/items/{item}/check-ins", {}),
    ("get", "/cases/{case}/evaluations", {}),
    ("post", "/cases/{case}/evaluations", {"score": 1}),
]


@pytest.fixture
def case(world: World) -> UUID:
    return plan_stories.running(world)


@pytest.fixture
def item(world: World, case: UUID) -> ActionItem:
    return plan_stories.item(world, case)


# --- strangers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path", "body"), ON_OBJECTS)
def test_hidden_and_absent_are_the_same_bytes_for_every_stranger(
    world: World, other_school: World, item: ActionItem, method: str, path: str, body: Any
) -> None:
    real = {"student": world.student.pk, "item": item.pk, "case": item.case_id}
    absent = {name: uuid4() for name in real}
    callers = {name: member(world, name) for name in ("stranger", "classmate", "deputy", "auditor")}
    callers["other school's head"] = member(other_school, "head_of_office")
    callers["other school's mother"] = member(other_school, "mother")
    callers["ended teacher"] = member(world, "teacher")
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["teacher"]).update(ends_at=NOW)
        Case.objects.update(owner=None)
    for who, caller in callers.items():
        if who == "auditor" and path.startswith("/cases"):
            continue  # an auditor knows of the case in outline
        hidden = call(caller, method, path, body, **real)
        missing = call(caller, method, path, body, **absent)
        assert hidden.status_code == missing.status_code == 404, who
        assert hidden.content == missing.content, who


def test_an_auditor_reads_no_score_of_a_case_they_know_of(as_: As, item: ActionItem) -> None:
    case = item.case_id
    as_("mother").post(f"/cases/{case}/evaluations", {"score": 1, "words": "好多了"})
    auditor = as_("auditor")

    assert auditor.get(f"/cases/{case}/evaluations").json() == {"results": []}
    assert auditor.post(f"/cases/{case}/evaluations", {"score": 1}).status_code == 403


@pytest.mark.parametrize(("method", "path", "_body"), ON_OBJECTS)
def test_nobody_comes_in_without_signing_in(
    world: World, method: str, path: str, _body: dict[str, Any]
) -> None:
    ids = {"student": uuid4(), "item": uuid4(), "case": uuid4()}

    assert code(call(Caller(), method, path, {}, **ids)) == "sign_in.required"


def test_a_mentor_finds_nothing_of_the_familys_items(
    world: World, as_: As, item: ActionItem
) -> None:
    mentor = as_("mentor")

    assert mentor.get(f"/students/{world.student.pk}/plan").json() == {"results": [], "next": None}
    assert mentor.get(f"/items/{item.pk}").status_code == 404
    assert mentor.get(f"/cases/{item.case_id}/evaluations").status_code == 404


def test_a_company_reads_an_allow_list_and_acts_on_its_own(
    world: World, as_: As, case: UUID
) -> None:
    own = plan_stories.item(world, case, owner_party="COMPANY")
    mentor = as_("mentor")

    row = mentor.get(f"/students/{world.student.pk}/plan").json()["results"]

    assert [set(found) for found in row] == [
        {"id", "title", "measure", "target", "due_at", "state", "may"}
    ]
    assert row[0]["may"] == ["check_in", "finish", "start"]
    signed = mentor.post(f"/items/{own.pk}/check-ins")
    assert set(signed.json()) == {"id", "day", "state"}
    done = mentor.post(f"/items/{own.pk}/done", {"note": "每周二四不排晚班"})
    assert (done.json()["state"], done.json()["may"]) == ("DONE", [])


def test_no_word_of_aid_reaches_the_teacher_or_the_company(
    world: World, as_: As, case: UUID
) -> None:
    with tenancy.scope(world.id):
        aid = world.staff("aid", Role.FA)
    plan_stories.item(
        world, case, owner_party="SCHOOL", owner_id=aid.pk, field_class="ECO",
        title="助学金申请指导", target="完成申请",
    )  # fmt: skip
    address = f"/students/{world.student.pk}/plan"

    teacher, company = as_("teacher").get(address), as_("mentor").get(address)

    assert [row["label"] for row in teacher.json()["results"]] == ["资助事项"]
    assert "助学金" not in teacher.content.decode()
    assert company.json()["results"] == []
    assert "助学金" in as_("mother").get(address).content.decode()
    assert "助学金" in as_("aid").get(address).content.decode()


# --- making and carrying out ----------------------------------------------------------------------


def test_a_teacher_adds_to_the_plan_and_the_family_sees_it(
    world: World, as_: As, case: UUID
) -> None:
    address = f"/students/{world.student.pk}/plan"

    made = as_("teacher").post(address, plan_stories.body(case))

    assert made.status_code == 201, made.content
    assert made.json()["progress"]["today_due"] is True
    mother = as_("mother").get(address).json()["results"]
    assert [row["title"] for row in mother] == ["每日签到监督作业"]
    assert mother[0]["may"] == ["check_in", "finish", "start"]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"recurrence": "FREQ=SECONDLY"}, 422, "recurrence"),
        ({"due_at": "2020-01-01T00:00:00+08:00"}, 422, "due_at"),
        ({"starts_on": "2020-01-01"}, 422, "due_at"),  # years
        ({"owner": str(uuid4())}, 422, "owner"),
        ({"owner_party": "POLICE"}, 400, "owner_party"),
        ({"title": ""}, 400, "title"),
        ({"surprise": 1}, 400, "surprise"),
    ],
)
def test_what_cannot_be_a_plan_is_refused_with_the_field(
    world: World, as_: As, case: UUID, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = as_("teacher").post(
        f"/students/{world.student.pk}/plan", plan_stories.body(case, **changes)
    )

    assert answer.status_code == status, answer.content
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("who", ["mother", "student", "mentor"])
def test_only_the_school_adds_to_a_plan(world: World, as_: As, case: UUID, who: str) -> None:
    answer = as_(who).post(f"/students/{world.student.pk}/plan", plan_stories.body(case))

    assert answer.status_code in (403, 404)
    with tenancy.scope(world.id):
        assert not ActionItem.objects.exists()


def test_a_plan_belongs_to_a_case_of_the_same_student(world: World, as_: As, case: UUID) -> None:
    with tenancy.scope(world.id):
        other = world.pupil("neighbour", world.school_class)

    answer = as_("teacher").post(f"/students/{other.pk}/plan", plan_stories.body(case))

    assert answer.json()["errors"][0]["field"] == "case"


def test_the_same_key_adds_once(world: World, as_: As, case: UUID) -> None:
    teacher, address = as_("teacher"), f"/students/{world.student.pk}/plan"
    body = plan_stories.body(case)

    first = teacher.post(address, body, Idempotency_Key="eins")
    again = teacher.post(address, body, Idempotency_Key="eins")

    assert first.json() == again.json()
    with tenancy.scope(world.id):
        assert ActionItem.objects.count() == 1


def test_from_the_first_tap_to_the_teachers_look(world: World, as_: As, item: ActionItem) -> None:
    mother, teacher = as_("mother"), as_("teacher")
    address = f"/items/{item.pk}"

    signed = mother.post(f"{address}/check-ins").json()
    assert (signed["state"], signed["progress"]["streak"]) == ("DONE", 1)
    assert mother.get(address).json()["state"] == "DOING"
    assert mother.post(f"{address}/done", {"note": "两周都签了"}).json()["state"] == "DONE"
    assert mother.post(f"{address}/verify").status_code == 403
    read = teacher.get(address).json()["as_read"]
    body = {"agree": False, "as_read": read}
    assert teacher.post(f"{address}/verify", body).json()["state"] == "DOING"
    mother.post(f"{address}/done", {"note": "补好了"})
    late = teacher.post(f"{address}/verify", {"as_read": read})
    unread = teacher.post(f"{address}/verify")
    now = {"as_read": teacher.get(address).json()["as_read"]}
    assert (late.status_code, code(late)) == (409, "state.lost_race")
    assert (late.json()["yours"], late.json()["current"]) == (read, now["as_read"])
    assert (unread.status_code, code(unread)) == (428, "request.precondition_required")
    assert teacher.post(f"{address}/verify", now).json()["state"] == "VERIFIED"
    assert code(teacher.post(f"{address}/verify", now)) == "state.wrong"


def test_an_excuse_may_be_given_and_a_far_day_may_not(
    world: World, as_: As, item: ActionItem
) -> None:
    mother = as_("mother")
    excused = mother.post(f"/items/{item.pk}/check-ins", {"excuse": "孩子发烧"})
    far = mother.post(f"/items/{item.pk}/check-ins", {"day": "2026-01-01"})

    assert excused.json()["state"] == "EXCUSED"
    assert far.json()["errors"][0]["field"] == "day"
    with tenancy.scope(world.id):
        assert ItemCheckIn.objects.count() == 1


# --- If-Match -------------------------------------------------------------------------------------


def patch(caller: Caller, item: ActionItem, tag: str | None, **values: Any) -> Any:
    headers = {} if tag is None else {"If_Match": tag}
    return caller.send("patch", f"/items/{item.pk}", values, **headers)


def test_a_change_needs_the_mark_of_what_was_read(world: World, as_: As, item: ActionItem) -> None:
    teacher = as_("teacher")
    tag = teacher.get(f"/items/{item.pk}").headers["ETag"]

    assert code(patch(teacher, item, None, target="新")) == "precondition.required"
    changed = patch(teacher, item, tag, target="每天完成并检查")
    assert (changed.status_code, changed.json()["target"]) == (200, "每天完成并检查")
    stale = patch(teacher, item, tag, target="又改")
    assert (stale.status_code, code(stale)) == (412, "precondition.failed")
    assert patch(teacher, item, changed.headers["ETag"], target="又改").status_code == 200


def test_the_mark_is_the_readers_own_and_family_changes_nothing(
    world: World, as_: As, item: ActionItem
) -> None:
    mother = as_("mother")
    tag = mother.get(f"/items/{item.pk}").headers["ETag"]

    assert patch(mother, item, tag, target="少一点").status_code == 403


def test_an_item_is_handed_over_to_another_guardian(
    world: World, as_: As, item: ActionItem
) -> None:
    teacher = as_("teacher")
    tag = teacher.get(f"/items/{item.pk}").headers["ETag"]

    refused = patch(teacher, item, tag, owner=str(world["duty_officer"].pk))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "owner")
    handed = patch(teacher, item, tag, owner=str(world["father"].pk), why="母亲上夜班")
    assert handed.json()["owner_person"] == str(world["father"].pk)
    back = patch(teacher, item, handed.headers["ETag"], owner=None, why="两人轮流")
    assert (back.status_code, back.json()["owner_person"]) == (200, None)
    told = as_("mother").get(f"/items/{item.pk}").json()["changes"]
    assert [(one["by"]["name"], one["why"]) for one in told] == [
        ("teacher", "两人轮流"), ("teacher", "母亲上夜班"),
    ]  # fmt: skip


# --- scores ---------------------------------------------------------------------------------------


def test_no_side_reads_the_other_before_speaking(as_: As, item: ActionItem) -> None:
    address = f"/cases/{item.case_id}/evaluations"
    mother, teacher = as_("mother"), as_("teacher")

    given = mother.post(address, {"score": 2, "words": "比以前愿意说话了"})

    assert (given.status_code, given.json()["side"]) == (201, "FAMILY")
    assert teacher.get(address).json() == {"results": []}
    teacher.post(address, {"score": -1, "baseline_now": "仍有两次未交"})
    assert {row["side"] for row in teacher.get(address).json()["results"]} == {"SCHOOL", "FAMILY"}
    assert {row["side"] for row in mother.get(address).json()["results"]} == {"SCHOOL", "FAMILY"}
    assert code(mother.post(address, {"score": 0})) == "state.wrong"


def test_a_case_without_a_plan_has_nothing_to_score(as_: As, case: UUID) -> None:
    for who in ("mother", "teacher", "student"):
        answer = as_(who).post(f"/cases/{case}/evaluations", {"score": 1})
        assert answer.status_code == 422, who
        assert answer.json()["errors"] == [
            {
                "field": "case",
                "wrong": "该事项还没有行动计划，没有可以评的。",
                "mend": "请在定好计划以后再评分。",
            }
        ]


@pytest.mark.parametrize("score", [3, -3, "2.5", None, "gut"])
def test_a_score_outside_the_scale_is_refused(
    world: World, as_: As, case: UUID, score: Any
) -> None:
    answer = as_("mother").post(f"/cases/{case}/evaluations", {"score": score})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "score")


@pytest.mark.parametrize("score", [3, -3])
def test_a_score_that_is_refused_names_the_scale(as_: As, case: UUID, score: int) -> None:
    answer = as_("mother").post(f"/cases/{case}/evaluations", {"score": score})

    assert answer.json()["errors"] == [
        {"field": "score", "wrong": "应在 -2 到 2 之间。", "mend": "请填写 -2 到 2 的整数。"}
    ]


def test_a_plan_waits_for_nobody_who_left(world: World, as_: As, item: ActionItem) -> None:
    mother = as_("mother")
    with tenancy.scope(world.id):
        world.student.guardian_links.filter(guardian=world["mother"]).update(
            child_data_access=False
        )

    assert mother.get(f"/items/{item.pk}").status_code == 404
    assert item.created_at > LONG_AGO


def test_an_item_says_which_point_of_a_record_it_comes_from(world: World) -> None:
    point = consensus(world)
    teacher = member(world, "teacher")
    body = plan_stories.body(plan_stories.running(world), from_consensus=str(point.pk))

    made = teacher.post(f"/students/{world.student.pk}/plan", body)

    assert made.status_code == 201, made.content
    assert made.json()["from_consensus"]["record"] == str(point.record_id)
    body["from_consensus"] = str(uuid4())
    refused = teacher.post(f"/students/{world.student.pk}/plan", body)
    assert (refused.status_code, "from_consensus" in refused.content.decode()) == (422, True)
