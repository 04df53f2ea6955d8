"""Words on the page of a record that something stands against: they stay where they were typed."""

import re

import pytest

from parties import tenancy
from records.models import Objection
from tests.api.papers import effective, written
from tests.factories import World
from tests.portal.test_record_sharing import kept
from tests.portal.test_records import by_record_link
from tests.portal.visitors import Phone, by_password

LINE = "当天孩子发烧，由外婆送到校门口。"
FALSE = "考勤系统显示10月8日、9日两次。这个学生没救了。"


def objected(world: World) -> tuple[Phone, str, str]:
    """The mother objected: her phone, the page, and where her objection is answered."""
    page = f"/records/{effective(world).id}"
    phone = by_record_link(world, "mother", page.rsplit("/", 1)[1])
    phone.open(f"{page}/object")
    phone.send(f"{page}/object", ground="WRONG", wish="CORRECT", words="只有一次")
    with tenancy.scope(world.id):
        return phone, page, f"{page}/objections/{Objection.objects.get().pk}"


def archived(world: World) -> str:
    page, teacher = f"/records/{effective(world).id}", by_password(world, "teacher")
    teacher.open(page)
    teacher.send(f"{page}/archive", why="handover")
    return page


def boxes(phone: Phone) -> dict[str, str]:
    """What stands in each field for words, by its id without a number; empty ones left out."""
    found = re.findall(r'<textarea id="([^"]+)"[^>]*>([^<]*)</textarea>', phone.html)
    names = [re.sub(r"-[0-9a-f]{8}-.*|-\d+", "", name) for name, _ in found]
    filled = zip(names, [words.strip() for _, words in found], strict=True)
    return {name: words for name, words in filled if words}


def test_an_annotation_counts_its_line_ends_as_the_browser_does(world: World) -> None:
    phone, _, address = objected(world)
    plain = "\n".join([LINE] * 29)
    assert len(plain) <= 500 < len(plain.replace("\n", "\r\n"))

    answer = phone.send(address, how="annotate", words=plain.replace("\n", "\r\n"))

    assert answer.status_code == 200
    assert phone.text.count(LINE) == 29


def test_an_annotation_that_is_too_long_stays_in_its_field(world: World) -> None:
    phone, _, address = objected(world)

    answer = phone.send(address, how="annotate", words="长" * 501)

    assert answer.status_code == 400
    assert "请把文字控制在 500 字以内，现在有 501 字" in phone.text
    assert boxes(phone) == {"words": "长" * 501}
    assert "<details open><summary>附上异议附记" in phone.html


def test_an_answer_that_is_stopped_keeps_its_words_and_its_choice(world: World) -> None:
    _, page, address = objected(world)
    teacher = by_password(world, "teacher")
    teacher.open(page)

    answer = teacher.send(address, how="answer", reply="PARTLY", words=FALSE)

    assert answer.status_code == 400
    assert boxes(teacher) == {"answer": FALSE}
    assert '<option value="PARTLY" selected>' in teacher.html


def test_an_answer_of_more_than_its_field_holds_is_not_cut(world: World) -> None:
    _, page, address = objected(world)
    teacher = by_password(world, "teacher")
    teacher.open(page)

    teacher.send(address, how="answer", reply="REFUSED", words="长" * 5001)

    assert "请把文字控制在 5000 字以内，现在有 5001 字" in teacher.text
    assert boxes(teacher) == {"answer": "长" * 5001}


def test_a_reason_to_let_a_copy_leave_stays_in_its_field(world: World) -> None:
    page, officer = f"/records/{kept(world).id}", by_password(world, "duty_officer")
    officer.open(page)

    answer = officer.send(f"{page}/sharing-override", reason="法院")

    assert answer.status_code == 400
    assert boxes(officer) == {"override-reason": "法院"}


def test_a_reason_to_seal_stays_in_its_field(world: World) -> None:
    page, head = archived(world), by_password(world, "head_of_office")
    head.open(page)

    head.send(f"{page}/seal", reason="短")

    assert boxes(head) == {"seal-reason": "短"}


def test_a_reason_to_drop_a_draft_stays_in_its_field(world: World) -> None:
    page, teacher = f"/records/{written(world).id}", by_password(world, "teacher")
    teacher.open(page)

    teacher.send(f"{page}/discard", reason="短", seen=teacher.value("seen"))

    assert boxes(teacher) == {"discard-reason": "短"}


def test_words_whose_field_is_gone_come_back_with_what_stands_against_them(world: World) -> None:
    page, officer = f"/records/{effective(world).id}", by_password(world, "duty_officer")
    officer.open(page)

    answer = officer.send(f"{page}/sharing-override", reason="法院调取，须提供原文" * 101)

    assert answer.status_code == 400
    assert "请把文字控制在 1000 字以内，现在有 1010 字" in officer.text
    assert boxes(officer) == {"typed": "法院调取，须提供原文" * 101}


@pytest.mark.parametrize("how", ["answer", "annotate"])
def test_words_about_an_objection_come_back_where_there_is_no_field(world: World, how: str) -> None:
    mother, page, address = objected(world)
    phone = mother if how == "answer" else by_password(world, "teacher")
    phone.open(page)

    phone.send(address, how=how, words="长" * 5001)

    assert boxes(phone) == {"typed": "长" * 5001}
