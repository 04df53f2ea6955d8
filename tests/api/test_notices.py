"""Notices over the API: draft, preview, gate, receipts, and nothing about other families."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from parties import clock, tenancy
from parties.models import GuardianLink, SignInLink
from records.models import NoticeReceipt
from tests.api.callers import PASSWORD, Caller, code, company, member
from tests.api.test_links import issued
from tests.factories import CN, World
from tests.processes.notice_walk import Sent, drafted, second_family
from tests.processes.notice_walk import sent as sent_at
from workflow.models import Case, Notification

pytestmark = pytest.mark.django_db

As = Callable[[str], Caller]


def daytime() -> datetime:
    """Real now, moved into the day: families are not written to at night."""
    return clock.now().astimezone(CN).replace(hour=10)


def body_of(world: World, **given: Any) -> dict[str, Any]:
    return {
        "title": "家长会通知",
        "body": "各位家长：下周五下午两点召开家长会，请准时参加。",
        "scope": "CLASS",
        "school_class": str(world.school_class.pk),
        "strength": "CONFIRM",
        **given,
    }


def sent(world: World, **given: Any) -> Sent:
    return sent_at(world, at=daytime() - timedelta(days=1), **given)


@pytest.fixture
def as_(world: World) -> As:
    return lambda name: member(world, name)


def test_a_teacher_drafts_previews_mends_and_submits(world: World, as_: As) -> None:
    teacher = as_("teacher")
    made = teacher.post("/notices", body_of(world, body="张三助学金已发放"))
    assert made.status_code == 201
    path = f"/notices/{made.json()['id']}"

    seen = teacher.post(f"{path}/preview").json()
    assert (seen["children"], seen["receipts"], seen["unreached"]) == (2, 2, 1)
    assert [one["words"] for one in seen["findings"]] == ["张三助学金"]
    assert {line["guardian"]["name"] for line in seen["lines"]} == {"father", "mother"}

    refused = teacher.post(f"{path}/submit")
    assert (refused.status_code, code(refused)) == (422, "notice.about_one_person")
    assert refused.json()["errors"][0]["field"] == "body"
    assert "张三助学金" in refused.json()["errors"][0]["wrong"]
    assert teacher.get(path).json()["state"] == "REFUSED"

    tag = teacher.get(path).headers["ETag"]
    changed = teacher.send("patch", path, {"body": "助学金申请说明见附件。"}, If_Match=tag)
    assert (changed.status_code, changed.json()["state"]) == (200, "DRAFT")
    submitted = teacher.post(f"{path}/submit")
    assert submitted.status_code == 200
    assert submitted.json()["state"] in {"APPROVED", "SENT"}


def test_a_teacher_begins_with_a_template_and_cannot_send_its_slots(world: World, as_: As) -> None:
    teacher = as_("teacher")
    listed = {one["key"]: one for one in teacher.get("/notices/templates").json()["results"]}
    chosen = {name: listed["holiday"][name] for name in ("title", "body", "strength")}
    assert "〔开始日期〕" in listed["holiday"]["slots"]
    path = f"/notices/{teacher.post('/notices', body_of(world, **chosen)).json()['id']}"

    refused = teacher.post(f"{path}/submit")

    assert (refused.status_code, code(refused)) == (422, "notice.not_neutral")
    assert len(refused.json()["errors"]) > 3
    assert teacher.get(path).json()["state"] == "DRAFT"


@pytest.mark.parametrize("who", ["mother", "student", "mentor", "auditor"])
def test_templates_are_for_those_who_write(as_: As, who: str) -> None:
    assert code(as_(who).get("/notices/templates")) == "access.not_allowed"


def test_a_label_is_hinted_at_in_the_draft_and_refused_when_submitted(
    world: World, as_: As
) -> None:
    teacher = as_("teacher")
    made = teacher.post("/notices", body_of(world, body="请差生的家长到校，孩子总是迟到。"))
    path = f"/notices/{made.json()['id']}"

    seen = teacher.post(f"{path}/preview").json()["hints"]
    refused = teacher.post(f"{path}/submit")

    assert [(one["words"], one["holds_back"]) for one in seen] == [("差生", True), ("总是", False)]
    assert (refused.status_code, code(refused)) == (422, "notice.not_neutral")
    (error,) = refused.json()["errors"]
    assert (error["field"], "第 2 至 3 字“差生”" in error["wrong"]) == ("body", True)
    assert error["mend"].startswith("可以写：")
    assert teacher.get(path).json()["case"] is None


def test_a_change_names_the_version_it_was_made_for(world: World, as_: As) -> None:
    teacher = as_("teacher")
    path = f"/notices/{teacher.post('/notices', body_of(world)).json()['id']}"
    tag = teacher.get(path).headers["ETag"]

    assert code(teacher.send("patch", path, {"title": "一"})) == "precondition.required"
    assert teacher.send("patch", path, {"title": "二"}, If_Match=tag).status_code == 200
    late = teacher.send("patch", path, {"title": "三"}, If_Match=tag)
    assert (late.status_code, code(late)) == (412, "precondition.failed")


@pytest.mark.parametrize("who", ["student", "father", "mentor", "auditor"])
def test_only_staff_who_work_with_families_draft(world: World, as_: As, who: str) -> None:
    assert code(as_(who).post("/notices", body_of(world))) == "access.not_allowed"


def test_a_company_system_drafts_nothing_and_sees_nothing(world: World) -> None:
    sent(world)
    caller = company(world)

    assert code(caller.post("/notices", body_of(world))) == "access.not_allowed"
    assert caller.get("/notices").json() == {"results": [], "next": None}
    assert caller.get("/receipts").json() == {"results": [], "next": None}


def test_a_guardian_sees_the_own_child_and_nobody_else(world: World, as_: As) -> None:
    second_family(world)
    walk = sent(world)

    page = as_("mother").get("/receipts").json()["results"]

    assert [one["student"]["name"] for one in page] == ["student"]
    shown = str(page)
    assert not any(name in shown for name in ("father", "other_mother", "classmate"))
    with tenancy.scope(world.id):
        others = NoticeReceipt.objects.exclude(guardian=world["mother"])
        ids = list(others.values_list("pk", flat=True))
    for pk in ids:
        hidden = as_("mother").get(f"/receipts/{pk}")
        missing = as_("mother").get(f"/receipts/{uuid4()}")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content == missing.content
    assert as_("mother").get(f"/notices/{walk.notice_id}").status_code == 404


def test_what_others_do_changes_nothing_for_a_guardian(world: World, as_: As) -> None:
    second_family(world)
    walk = sent(world)
    mother = as_("mother")
    before = mother.get("/receipts").content

    walk.act("confirm", "father")
    with tenancy.scope(world.id):
        other = NoticeReceipt.objects.get(guardian=world["other_mother"])
    as_("other_mother").post(f"/receipts/{other.pk}/reply", {"text": "收到"})

    assert mother.get("/receipts").content == before


def test_opening_and_confirming_twice_is_once(world: World, as_: As) -> None:
    walk = sent(world)
    mother, path = as_("mother"), f"/receipts/{walk.receipt('mother').pk}"

    assert mother.post(f"{path}/open").json()["state"] == "OPENED"
    first = mother.post(f"{path}/confirm").json()
    assert first["state"] == "CONFIRMED"
    assert mother.post(f"{path}/confirm").json() == first


def test_signing_asks_for_the_password_once_more(world: World, as_: As) -> None:
    walk = sent(world, strength="SIGN")
    mother, path = as_("mother"), f"/receipts/{walk.receipt('mother').pk}/sign"

    assert code(mother.post(path)) == "access.not_allowed"
    assert code(mother.post(path, {"password": "wrong"})) == "sign_in.refused"
    assert walk.receipt("mother").state == NoticeReceipt.State.PENDING
    assert mother.post(path, {"password": PASSWORD}).json()["state"] == "SIGNED"


def test_the_link_of_the_notice_signs_its_own_receipt_alone(world: World) -> None:
    walk = sent(world, strength="SIGN")
    receipt = walk.receipt("mother")
    token = issued(world, "mother", purpose=SignInLink.Purpose.NOTICE, target_id=receipt.pk)
    caller = Caller()
    caller.client.post(f"/l/{token}")
    caller.csrf = caller.get("/session").json().get("csrf_token", "")

    assert caller.post(f"/receipts/{receipt.pk}/sign").json()["state"] == "SIGNED"
    assert walk.receipt("mother").how == NoticeReceipt.How.LINK
    assert code(caller.get("/receipts")) == "link.bound"
    assert code(caller.get(f"/receipts/{walk.receipt('father').pk}")) == "link.bound"


def test_the_homeroom_teacher_sees_who_still_needs_contact(world: World, as_: As) -> None:
    second_family(world)
    walk = sent(world)
    walk.act("confirm", "father")

    seen = as_("teacher").get(f"/notices/{walk.notice_id}/contacts").json()

    assert [one["student"]["name"] for one in seen["results"]] == ["classmate"]
    assert seen["results"][0]["guardians"][0]["phone"] == "+8619955000001"
    assert (seen["numbers"]["children"], seen["numbers"]["owing"]) == (2, 1)


@pytest.mark.parametrize("who", ["head_of_office", "grade_leader"])
def test_leaders_see_numbers_and_no_family(world: World, as_: As, who: str) -> None:
    walk = sent(world)

    seen = as_(who).get(f"/notices/{walk.notice_id}/contacts").json()

    assert seen["results"] == []
    assert seen["numbers"]["owing"] == 1


def test_an_attempt_is_kept_and_turns_to_the_next_guardian(world: World, as_: As) -> None:
    walk = sent(world)
    teacher, path = as_("teacher"), f"/notices/{walk.notice_id}/contacts"
    first = teacher.get(path).json()["results"][0]
    assert first["next"] == str(world["father"].pk)

    attempt = {
        "student": str(world.student.pk),
        "guardian": first["next"],
        "channel": "PHONE",
        "outcome": "NO_ANSWER",
        "at": (clock.now() - timedelta(minutes=5)).isoformat(),
        "place": "办公室",
    }
    assert teacher.post(path, attempt).status_code == 201

    then = teacher.get(path).json()["results"][0]
    assert then["next"] == str(world["mother"].pk)
    assert then["guardians"][0]["attempts"][0]["outcome"] == "NO_ANSWER"
    later = {**attempt, "at": (clock.now() + timedelta(hours=1)).isoformat()}
    assert code(teacher.post(path, later)) == "input.invalid"


def test_an_answer_on_the_phone_needs_a_second_colleague(world: World, as_: As) -> None:
    walk = sent(world)
    teacher, path = as_("teacher"), f"/notices/{walk.notice_id}/on-paper"
    said = {"student": str(world.student.pk), "guardian": str(world["mother"].pk), "how": "PHONE"}

    for witness in (None, str(world["teacher"].pk), str(world["father"].pk)):
        assert code(teacher.post(path, {**said, "witness": witness})) == "input.invalid"
    made = teacher.post(path, {**said, "witness": str(world["counsellor"].pk)})

    assert (made.status_code, made.json()["state"]) == (201, "CONFIRMED")
    assert walk.receipt("mother").witness_id == world["counsellor"].pk


@pytest.mark.parametrize(
    ("how", "witness", "state"),
    [("PAPER", None, "OPENED"), ("PAPER", "counsellor", "CONFIRMED"),
     ("PHONE", "counsellor", "CONFIRMED")],
)  # fmt: skip
def test_nobody_signs_for_a_family_without_a_scan(
    world: World, as_: As, how: str, witness: str | None, state: str
) -> None:
    walk = sent(world, strength="SIGN")
    said = {"student": str(world.student.pk), "guardian": str(world["mother"].pk), "how": how}
    who = None if witness is None else str(world[witness].pk)

    made = as_("teacher").post(f"/notices/{walk.notice_id}/on-paper", {**said, "witness": who})

    assert (made.status_code, made.json()["state"]) == (201, state)
    kept = walk.receipt("mother")
    assert (kept.signed_at, kept.settled_at) == (None, None)


def test_a_colleague_of_the_family_is_no_witness(world: World, as_: As) -> None:
    walk = sent(world, strength="SIGN")
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["counsellor"],
            relation="OTHER",
        )  # fmt: skip
    said = {"student": str(world.student.pk), "guardian": str(world["mother"].pk), "how": "PHONE"}

    refused = as_("teacher").post(
        f"/notices/{walk.notice_id}/on-paper", {**said, "witness": str(world["counsellor"].pk)}
    )

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "witness")


def test_a_danger_word_wakes_people_and_blocks_nobody(world: World, as_: As) -> None:
    walk = sent(world)
    path = f"/receipts/{walk.receipt('mother').pk}"

    answered = as_("mother").post(f"{path}/reply", {"text": "孩子昨晚说不想活了"})

    assert answered.status_code == 200
    with tenancy.scope(world.id):
        hints = Notification.objects.filter(template="notice.look_now", lane="crisis")
        told = {row.recipient_id for row in hints}
    # The roster of the world ended: whoever holds the office is on duty.
    office = {world["duty_officer"].pk, world["head_of_office"].pk}
    assert told == {world["teacher"].pk, *office}
    assert "danger.hinted" in walk.kinds()

    first, again = (as_("teacher").post(f"{path}/danger") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["receipt_no"] == again.json()["receipt_no"]
    with tenancy.scope(world.id):
        assert Case.objects.filter(channel="CRISIS", student=world.student).count() == 1


def test_the_family_itself_cannot_use_the_one_tap_of_the_school(world: World, as_: As) -> None:
    walk = sent(world)
    path = f"/receipts/{walk.receipt('mother').pk}"
    as_("mother").post(f"{path}/reply", {"text": "孩子昨晚说不想活了"})

    assert code(as_("mother").post(f"{path}/danger")) == "access.not_allowed"


def test_a_complaint_reaches_the_office_and_its_words_too(world: World, as_: As) -> None:
    walk = sent(world)
    path = f"/receipts/{walk.receipt('mother').pk}"
    assert as_("head_of_office").get(path).status_code == 404

    as_("mother").post(f"{path}/reply", {"text": "再这样我就打12345投诉"})

    assert as_("head_of_office").get(path).json()["reply"] == "再这样我就打12345投诉"
    with tenancy.scope(world.id):
        told = Notification.objects.filter(template="case.news", key__startswith="hint:")
        assert {row.recipient_id for row in told} == {
            world["duty_officer"].pk,
            world["head_of_office"].pk,
        }


@pytest.mark.parametrize("who", ["stranger", "deputy", "student", "classmate", "mentor"])
def test_strangers_get_the_same_404(world: World, as_: As, who: str) -> None:
    walk = drafted(world, at=daytime() - timedelta(days=1))
    walk.submit()
    caller, receipt = as_(who), walk.receipt("mother").pk
    for real, absent in (
        (f"/notices/{walk.notice_id}", f"/notices/{uuid4()}"),
        (f"/notices/{walk.notice_id}/contacts", f"/notices/{uuid4()}/contacts"),
        (f"/receipts/{receipt}", f"/receipts/{uuid4()}"),
    ):
        hidden, missing = caller.get(real), caller.get(absent)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content == missing.content
    for verb in ("open", "confirm", "sign", "danger"):
        assert caller.post(f"/receipts/{receipt}/{verb}").status_code == 404
    assert caller.post(f"/notices/{walk.notice_id}/submit").status_code == 404


def test_a_draft_is_its_authors_alone(world: World, as_: As) -> None:
    walk = drafted(world, by="counsellor")

    assert as_("counsellor").get(f"/notices/{walk.notice_id}").status_code == 200
    for who in ("teacher", "head_of_office", "principal", "grade_leader"):
        assert as_(who).get(f"/notices/{walk.notice_id}").status_code == 404


def test_the_text_is_stored_sealed(world: World) -> None:
    walk = drafted(world, body="张三助学金已发放")
    with tenancy.scope(world.id), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM records_notice WHERE id = %s", [walk.notice_id])
        row = cursor.fetchone()
    assert row is not None
    assert "张三".encode() not in bytes(row[0])


def test_a_slip_is_a_pdf_to_keep_for_its_reader_alone(world: World, as_: As) -> None:
    walk = sent(world)
    path = f"/notices/{walk.notice_id}/slips"

    answer = as_("teacher").get(f"{path}?student={world.student.pk}")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith('attachment; filename="slips-')
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")
    assert code(as_("teacher").get(path)) == "state.wrong"  # both parents have a phone
    assert as_("mother").get(path).status_code == 404
    assert as_("teacher").get(f"{path}?student={uuid4()}").status_code == 404
