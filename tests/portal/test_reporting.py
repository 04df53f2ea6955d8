"""Reporting a crisis on a phone."""

from datetime import timedelta

import pytest

from parties import tenancy
from tests.factories import World
from tests.portal.visitors import Phone, by_link, by_password
from workflow.models import CaseParty, CrisisReport

TOLD = {"observed": "手腕有新伤", "safe_now": "NO"}


def reports(world: World) -> list[CrisisReport]:
    with tenancy.scope(world.id):
        return list(CrisisReport.objects.select_related("case__student").order_by("reported_at"))


def test_the_numbers_stand_above_every_form(world: World) -> None:
    anybody, mother = Phone(), by_link(world, "mother")

    for phone, path in ((anybody, "/sign-in"), (mother, "/"), (mother, "/report")):
        html = phone.open(path).content.decode().partition("<main")[2]
        form = html.find("<form") if "<form" in html else len(html)
        assert html.index('href="tel:110"') < form, path
        assert html.index('href="tel:120"') < html.index("<h1"), path


def test_a_mother_reports_about_her_child_and_gets_a_receipt(world: World) -> None:
    phone = by_link(world, "mother")
    phone.open("/report")

    phone.send("/report", student=str(world.student.pk), nonce=phone.value("nonce"), **TOLD)

    [report] = reports(world)
    assert report.case.student == world.student
    assert report.receipt_no in phone.text
    assert "已收到您的报告" in phone.text
    assert "查看进展" not in phone.text


def test_a_teacher_finds_the_student_without_losing_what_is_typed(world: World) -> None:
    phone = by_password(world, "stranger")
    phone.open("/report")

    phone.send("/report", who="2401", find="1", observed="他说要走了", place="宿舍")

    assert "student（数控2401）" in phone.text
    assert "他说要走了" in phone.html
    assert reports(world) == []
    phone.send("/report", student=str(world.student.pk), nonce=phone.value("nonce"), **TOLD)
    assert reports(world)[0].case.student == world.student


def test_somebody_unknown_can_be_described(world: World) -> None:
    phone = by_password(world, "stranger")
    phone.open("/report")

    phone.send("/report", who="穿红衣服的女生", **TOLD)

    assert reports(world)[0].case.student is None


@pytest.mark.parametrize("missing", ["observed", "safe_now", "who"])
def test_what_is_missing_is_said_beside_its_question_and_nothing_typed_is_lost(
    world: World, missing: str
) -> None:
    phone = by_password(world, "stranger")
    phone.open("/report")
    told = {"who": "高个子", "place": "操场东边", **TOLD}
    del told[missing]

    answer = phone.send("/report", **told)

    assert answer.status_code == 400
    assert f'href="#field-{missing}"' in phone.html
    assert "操场东边" in phone.html
    assert reports(world) == []


def test_a_second_tap_is_the_same_report_and_other_words_are_another(world: World) -> None:
    phone = by_link(world, "mother")
    phone.open("/report")
    page = {"student": str(world.student.pk), "nonce": phone.value("nonce"), **TOLD}

    for observed in ("手腕有新伤", "手腕有新伤", "手腕有新伤，还在流血"):
        phone.open("/report")
        phone.send("/report", **{**page, "observed": observed})

    assert len(reports(world)) == 2


def test_a_session_that_ended_while_writing_gives_the_words_back(world: World) -> None:
    phone = Phone()
    phone.open("/sign-in")

    answer = phone.send("/report", who="女儿的同学", **TOLD)

    assert answer.status_code == 401
    assert "报告还没有提交" in phone.text
    assert "手腕有新伤" in phone.html
    assert 'href="tel:110"' in phone.html


def test_whom_she_ticks_is_named_in_the_case(world: World) -> None:
    phone = by_link(world, "mother")
    phone.open("/report")

    phone.send("/report", student=str(world.student.pk), suspects=["FATHER"], **TOLD)

    with tenancy.scope(world.id):
        assert CaseParty.objects.get(part="SUSPECT").person == world["father"]


def test_nobody_picks_a_student_who_is_not_theirs(world: World) -> None:
    phone = by_link(world, "mother")
    with tenancy.scope(world.id):
        other = world.pupil("other", world.other_class)
    phone.open("/report")

    answer = phone.send("/report", student=str(other.pk), **TOLD)

    assert answer.status_code == 400
    assert reports(world) == []


def test_a_report_is_never_refused_for_odd_characters(world: World) -> None:
    phone = by_link(world, "mother")
    phone.open("/report")

    phone.send("/report", student=str(world.student.pk), observed="😱\r\n“救命”<b>", safe_now="NO")

    assert reports(world)[0].safe_now == "NO"
    assert reports(world)[0].reported_at - reports(world)[0].case.opened_at == timedelta()
