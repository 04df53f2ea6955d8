"""A guardian's word written down on a page: paper with its scan, read back, refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parties import tenancy
from records.models import Attachment, Signature
from tests.api.papers import FACT, offered
from tests.factories import World
from tests.portal.visitors import Phone, by_password
from tests.records.uploads.files import jpeg

PLACE = "3号柜／2026-2册"


def at_witness(world: World, who: str = "teacher") -> tuple[Phone, str]:
    phone, address = by_password(world, who), f"/records/{offered(world).id}"
    phone.open(address)
    assert "登记家长的意见" in phone.text
    phone.open(f"{address}/witness")
    return phone, address


def given(world: World, **more: Any) -> dict[str, Any]:
    return {
        "signer": str(world["mother"].pk),
        "witness": str(world["duty_officer"].pk),
        "method": "PHONE",
        **more,
    }


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("签字页.jpg", jpeg(), content_type="image/jpeg")


def stored(world: World) -> Signature:
    with tenancy.scope(world.id):
        made = Signature.objects.get(signer=world["mother"])
        _ = made.kept_at, made.reason
        return made


def words(world: World) -> tuple[str, str, str]:
    with tenancy.scope(world.id):
        made = Signature.objects.get(signer=world["mother"])
        return made.note, made.reason, made.kept_at


def test_the_page_offers_guardians_and_colleagues_who_read_the_record(world: World) -> None:
    phone, _ = at_witness(world)

    assert "mother" in phone.text
    assert "duty_officer" in phone.text
    for who in ("stranger", "auditor", "grade_leader"):
        assert who not in phone.text


def test_a_text_read_back_is_written_down(world: World) -> None:
    phone, address = at_witness(world)
    phone.send(f"{address}/witness", **given(world))

    assert phone.page.status_code == 200
    assert (stored(world).method, stored(world).witness_id) == ("PHONE", world["duty_officer"].pk)
    assert "见证人 duty_officer" in phone.text


def test_a_paper_comes_with_its_scan_and_the_place_of_the_original(world: World) -> None:
    phone, address = at_witness(world)
    phone.send(f"{address}/witness", **given(world, method="PAPER", kept_at=PLACE))
    assert phone.page.status_code == 400
    assert "没有签字页的扫描件" in phone.text

    phone.send(f"{address}/witness", **given(world, method="PAPER", kept_at=PLACE, file=photo()))

    assert f"原件存放：{PLACE}" in phone.text
    assert stored(world).scan_id is not None
    mother = by_password(world, "mother")
    mother.open(address)
    assert PLACE not in mother.text


def test_a_scan_that_was_kept_is_not_asked_for_again(world: World) -> None:
    phone, address = at_witness(world)
    phone.send(
        f"{address}/witness",
        **given(world, method="PAPER", witness=str(world["stranger"].pk), file=photo()),
    )
    assert phone.page.status_code == 400

    phone.send(f"{address}/witness", **given(world, method="PAPER", scan=phone.value("scan")))

    with tenancy.scope(world.id):
        assert stored_scans() == 1


def stored_scans() -> int:
    return Attachment.objects.count()


def test_two_guardians_on_one_sheet_need_one_picture(world: World) -> None:
    phone, address = at_witness(world)
    assert "签在同一张纸上" not in phone.text
    phone.send(f"{address}/witness", **given(world, method="PAPER", file=photo()))
    father = given(world, method="PAPER", signer=str(world["father"].pk))
    phone.open(f"{address}/witness")
    assert "签在同一张纸上" in phone.text

    phone.send(f"{address}/witness", **father, file=photo())
    assert phone.page.status_code == 400
    assert "已用于另一位家长的签字" in phone.text
    phone.open(f"{address}/witness")
    phone.send(f"{address}/witness", **father, same_sheet="yes")

    with tenancy.scope(world.id):
        pages = set(Signature.objects.values_list("scan", "shares_sheet"))
    mothers = stored(world).scan_id
    assert pages == {(mothers, False), (mothers, True)}
    assert "签字页 · " in phone.open(address).content.decode()


def test_a_refusal_needs_its_reason(world: World) -> None:
    phone, address = at_witness(world)
    phone.send(f"{address}/witness", **given(world, method="REFUSED"))
    assert "没有写理由" in phone.text

    phone.send(f"{address}/witness", **given(world, method="REFUSED", reason="“想再考虑”"))

    assert stored(world).method == "REFUSED"


@pytest.mark.parametrize(
    ("who", "status"),
    [("mother", 403), ("student", 403), ("grade_leader", 403), ("stranger", 404), ("mentor", 404)],
)
def test_nobody_else_has_such_a_page(world: World, who: str, status: int) -> None:
    address = f"/records/{offered(world).id}"
    phone = by_password(world, who)

    assert "登记家长的意见" not in phone.open(address).content.decode()
    assert phone.open(f"{address}/witness").status_code == status


def test_what_is_written_down_was_read_back_as_it_stands(world: World) -> None:
    paper = offered(world)
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}/witness")
    assert FACT in phone.text
    paper.do("recall")
    paper.say("家长同意停学两周。")
    paper.do("check")
    paper.do("offer")

    answer = phone.send(f"/records/{paper.id}/witness", **given(world))

    assert answer.status_code == 409
    assert "文字刚刚改过，请再看一遍" in phone.text
    assert "家长同意停学两周" in phone.text
    phone.send(f"/records/{paper.id}/witness", **given(world))
    assert stored(world).method == "PHONE"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"note": "母亲同意。"}, {"note": "母亲又补充：晚上由外婆接。"}),
        (
            {"method": "REFUSED", "reason": "“想再考虑”"},
            {"method": "REFUSED", "reason": "“只有一次”"},
        ),
        ({"method": "PAPER", "kept_at": PLACE}, {"method": "PAPER", "kept_at": "5号柜"}),
    ],
)
def test_other_words_of_the_same_method_come_back_as_they_were_typed(
    world: World, first: dict[str, Any], second: dict[str, Any]
) -> None:
    phone, address = at_witness(world)
    pages = {"file": photo()} if first.get("method") == "PAPER" else {}
    phone.send(f"{address}/witness", **given(world, **first), **pages)
    before = words(world)
    phone.open(f"{address}/witness")

    answer = phone.send(f"{address}/witness", **given(world, **second))

    assert answer.status_code == 409
    assert "没有存下" in phone.text
    for typed in (second.get(name, "") for name in ("note", "reason", "kept_at")):
        assert typed in answer.content.decode()
    assert "checked" in answer.content.decode()
    assert words(world) == before


def test_a_word_that_comes_too_late_comes_back_as_it_was_typed(world: World) -> None:
    phone, address = at_witness(world)
    phone.send(f"{address}/witness", **given(world, note="母亲同意。"))
    phone.open(f"{address}/witness")
    why = "“老师没有念完”"

    answer = phone.send(f"{address}/witness", **given(world, method="REFUSED", reason=why))

    assert answer.status_code == 409
    assert why in answer.content.decode()


def test_a_grown_student_stands_among_those_who_may_have_said_it(world: World) -> None:
    with tenancy.scope(world.id) as at:
        world.student.birth_date = at.date() - timedelta(days=19 * 366)
        world.student.save(update_fields=["birth_date"])
    phone, address = at_witness(world)
    assert "student（学生本人，已满十八周岁）" in phone.text

    phone.send(f"{address}/witness", **given(world, signer=str(world["student"].pk)))

    with tenancy.scope(world.id):
        assert Signature.objects.get(signer=world["student"]).side == "STUDENT"


def test_a_minor_student_does_not(world: World) -> None:
    phone, _ = at_witness(world)

    assert "学生本人" not in phone.text
