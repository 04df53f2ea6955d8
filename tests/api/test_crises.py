"""Reporting a crisis: who may, what comes back, and that nothing said is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import F

from parties import tenancy
from parties.models import CompanyMember, GuardianLink
from tests.api.callers import Caller, code, member
from tests.factories import NOW, World
from workflow import steps
from workflow.models import Case, CaseParty, CrisisReport, IdempotencyKey, Notification

As = Callable[[str], Caller]


def said(world: World, **changed: Any) -> dict[str, Any]:
    told = {"student": str(world.student.pk), "observed": "手腕有新伤", "safe_now": "NO"}
    return {**told, **changed}


def reports(world: World) -> list[CrisisReport]:
    with tenancy.scope(world.id):
        return list(CrisisReport.objects.select_related("case").order_by("reported_at"))


def test_a_teacher_gets_a_receipt_the_numbers_and_the_case(world: World, as_: As) -> None:
    answer = as_("teacher").post("/crises", said(world))

    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == {"receipt_no", "reported_at", "numbers", "case"}
    assert [number["number"] for number in body["numbers"]] == ["110", "120", "12345"]
    assert UUID(body["case"]) == reports(world)[0].case_id


@pytest.mark.parametrize("name", ["mother", "mentor", "student"])
def test_who_is_not_on_the_team_gets_a_receipt_and_nothing_else(
    world: World, as_: As, name: str
) -> None:
    answer = as_(name).post("/crises", said(world))

    assert answer.status_code == 201
    assert set(answer.json()) == {"receipt_no", "reported_at", "numbers"}
    with tenancy.scope(world.id):
        assert Case.objects.get().student == world.student


def test_a_companys_system_may_report(world: World, as_: As) -> None:
    assert as_("company").post("/crises", said(world)).status_code == 201
    assert reports(world)[0].reporter_role == "CM"


def test_who_stands_for_nobody_here_any_more_may_still_report(world: World, as_: As) -> None:
    mother = as_("mother")
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["mother"])
        link.end()
        link.save()

    answer = mother.post("/crises", said(world, who="我女儿的同学"))

    assert answer.status_code == 201
    report = reports(world)[0]
    assert report.case.student is None
    with tenancy.scope(world.id):
        assert str(world.student.pk) in CrisisReport.objects.get().who


def test_a_mentor_of_another_company_learns_nothing_about_who_studies_here(
    world: World, as_: As
) -> None:
    mentor = as_("mentor")
    with tenancy.scope(world.id):
        CompanyMember.objects.update(ends_at=NOW)

    known = mentor.post("/crises", said(world, observed="一"))
    unknown = mentor.post("/crises", said(world, observed="二", student=str(uuid4())))

    assert known.status_code == unknown.status_code == 201
    assert set(known.json()) == set(unknown.json())


def test_nobody_else_may(world: World) -> None:
    answer = Caller().post("/crises", said(world))

    assert (answer.status_code, code(answer)) == (401, "sign_in.required")
    assert reports(world) == []


@pytest.mark.parametrize("missing", ["observed", "safe_now", "student"])
def test_each_mandatory_answer_is_asked_for_by_name(world: World, as_: As, missing: str) -> None:
    body = said(world)
    del body[missing]

    answer = as_("teacher").post("/crises", body)

    assert answer.status_code == 400
    [mistake] = answer.json()["errors"]
    assert mistake["field"] == ("who" if missing == "student" else missing)
    assert mistake["wrong"]
    assert mistake["mend"]


def test_an_unknown_student_can_be_described(world: World, as_: As) -> None:
    body = {"who": "穿红衣服的女生", "observed": "站在楼顶边缘", "safe_now": "UNKNOWN"}

    assert as_("teacher").post("/crises", body).status_code == 201


def test_a_second_tap_without_a_key_is_the_same_report(world: World, as_: As) -> None:
    teacher = as_("teacher")

    first, second = (teacher.post("/crises", said(world)) for _ in range(2))

    assert first.json()["receipt_no"] == second.json()["receipt_no"]
    assert len(reports(world)) == 1


def test_other_words_in_the_same_minute_are_kept_too(world: World, as_: As) -> None:
    teacher = as_("teacher")

    teacher.post("/crises", said(world))
    teacher.post("/crises", said(world, observed="又说了一句告别的话"))

    assert len(reports(world)) == 2


def test_the_same_key_brings_the_same_receipt(world: World, as_: As) -> None:
    teacher = as_("teacher")

    first, second = (
        teacher.post("/crises", said(world), Idempotency_Key="tap-1") for _ in range(2)
    )

    assert first.json() == second.json()
    assert len(reports(world)) == 1


def test_the_same_key_with_other_words_is_named_as_a_mistake(world: World, as_: As) -> None:
    teacher = as_("teacher")
    teacher.post("/crises", said(world), Idempotency_Key="tap-1")

    answer = teacher.post("/crises", said(world, observed="别的"), Idempotency_Key="tap-1")

    assert (answer.status_code, code(answer)) == (409, "idempotency.mismatch")


def test_other_words_under_a_key_of_yesterday_are_a_report_of_their_own(
    world: World, as_: As
) -> None:
    teacher = as_("teacher")
    first = teacher.post("/crises", said(world), Idempotency_Key="1").json()
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(created_at=F("created_at") - timedelta(hours=25))

    second = teacher.post("/crises", said(world, observed="别的"), Idempotency_Key="1").json()

    assert first["receipt_no"] != second["receipt_no"]
    assert len(reports(world)) == 2


def test_two_people_may_use_the_same_key(world: World, as_: As) -> None:
    for name in ("teacher", "mother"):
        assert as_(name).post("/crises", said(world), Idempotency_Key="1").status_code == 201

    assert len(reports(world)) == 2


def test_a_broken_process_costs_the_reporter_nothing(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = as_("teacher")

    def broken(**_: object) -> bool:
        raise RuntimeError("broken diagram")

    monkeypatch.setattr(steps, "start", broken)
    answer = teacher.post("/crises", said(world))

    assert answer.status_code == 201
    with tenancy.scope(world.id):
        assert Notification.objects.filter(template="crisis.alert").exists()


def test_no_number_of_reports_is_too_many(world: World, as_: As) -> None:
    mother = as_("mother")

    answers = [mother.post("/crises", said(world, observed=f"第{n}次")) for n in range(30)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["receipt_no"] for answer in answers}) == 30


def test_whom_the_report_names_is_kept_out(world: World, as_: As) -> None:
    as_("mother").post("/crises", said(world, suspects=[{"relation": "FATHER"}]))

    with tenancy.scope(world.id):
        named = CaseParty.objects.filter(part=CaseParty.Part.SUSPECT)
        assert [party.person for party in named] == [world["father"]]


def test_who_reported_is_shown_to_the_leaders_alone(world: World, as_: As) -> None:
    case = as_("teacher").post("/crises", said(world)).json()["case"]

    [read_by_leader] = as_("vice_principal").get(f"/cases/{case}").json()["reports"]
    [read_by_counsellor] = as_("counsellor").get(f"/cases/{case}").json()["reports"]

    assert read_by_leader["reporter"]["name"] == "teacher"
    assert not {"reporter", "reporter_role", "keep_secret"} & set(read_by_counsellor)


def test_an_address_for_json_may_say_it_wants_html(world: World) -> None:
    teacher = member(world, "teacher")

    assert teacher.post("/crises", said(world), Accept="text/html").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "钥匙"])
def test_a_key_that_cannot_be_kept_refuses_no_report(world: World, as_: As, key: str) -> None:
    raw = key.encode().decode("latin-1")

    assert as_("teacher").post("/crises", said(world), Idempotency_Key=raw).status_code == 201
