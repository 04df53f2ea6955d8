"""Prepared material on the page of a record: its kind, and by what right it is used."""

from datetime import timedelta
from typing import Any

import pytest

from parties import consents, tenancy
from parties.access import Viewer
from parties.consents import Given
from records.models import Attachment, CommunicationRecord, PreparedItem
from tests.api.callers import PASSWORD, member
from tests.api.papers import Paper, upload, written
from tests.factories import World
from tests.portal.test_records import TYPED, stored, writing
from tests.portal.visitors import Phone, by_password
from tests.records.uploads.files import jpeg

REPORT = {"prep_kind_1": "PSY_REPORT", "prep_note_1": "9月量表结论"}
DUTY = {
    "prep_basis_1": "DUTY",
    "prep_duty_1": "TALK",
    "prep_basis_note_1": "与家长沟通近期情绪状况须用到",
}


def give_consent(world: World) -> None:
    with tenancy.scope(world.id) as at:
        given = Given(purpose="PSY_REPORT", ends_at=at + timedelta(days=30))
        mother = Viewer.load(world["mother"], at=at)
        consents.give(mother, student_id=world.student.pk, given=given)


def lying(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        return sorted((one.kind, one.note) for one in PreparedItem.objects.all())


def stored_id(world: World) -> Any:
    return stored(world).pk


def beside(phone: Phone, field: str) -> str:
    """What stands between the label of a field and its input."""
    part = phone.html.split(f'id="field-{field}"')[1]
    return part.split("<select")[0].split("<input")[0]


def test_a_teacher_says_what_lay_on_the_table(world: World) -> None:
    phone, address = writing(world)
    laid = {"prep_kind_1": "TRANSCRIPT", "prep_note_1": "期中成绩", "prep_kind_2": "OBSERVATION"}

    phone.send(address, keep="1", prep_note_2="10月12日至16日", **laid, **TYPED)

    assert lying(world) == [("OBSERVATION", "10月12日至16日"), ("TRANSCRIPT", "期中成绩")]
    assert "成绩单：期中成绩" in phone.text


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({}, "prep_basis_1", "使用心理评估报告须有依据"),
        ({"prep_basis_1": "CONSENT"}, "prep_basis_1", "目前没有有效的同意"),
        ({**DUTY, "prep_basis_note_1": ""}, "prep_basis_note_1", "没有写明职责"),
        ({**DUTY, "prep_duty_1": ""}, "prep_duty_1", "没有写明是哪一项职责"),
    ],
)
def test_no_report_without_consent_or_duty_and_it_is_said_beside_it(
    world: World, given: dict[str, str], field: str, why: str
) -> None:
    phone, address = writing(world)

    answer = phone.send(address, keep="1", **{**REPORT, **given}, **TYPED)

    assert answer.status_code == 400
    assert why in beside(phone, field)
    assert "9月量表结论" in phone.html
    with tenancy.scope(world.id):
        assert not PreparedItem.objects.exists()


def test_a_report_lies_there_by_a_consent_that_holds_or_by_a_duty(world: World) -> None:
    give_consent(world)
    phone, address = writing(world)

    phone.send(address, keep="1", prep_basis_1="CONSENT", **REPORT, **TYPED)
    with tenancy.scope(world.id):
        assert PreparedItem.objects.get().consent is not None
    phone.open(f"/records/{stored_id(world)}/edit")
    changed = {**REPORT, **DUTY, **TYPED, "seen": phone.value("seen")}
    phone.send(f"/records/{stored_id(world)}/edit", keep="1", **changed)

    with tenancy.scope(world.id):
        item = PreparedItem.objects.get()
        assert (item.consent, item.duty) == (None, "TALK")


def test_material_whose_kind_nobody_chose_is_asked_for(world: World) -> None:
    phone, address = writing(world)

    answer = phone.send(address, keep="1", prep_kind_1="", prep_note_1="期中成绩", **TYPED)

    assert answer.status_code == 400
    assert "请从给出的选项中选择" in beside(phone, "prep_kind_1")
    assert "期中成绩" in phone.html


def test_the_draft_keeps_changes_and_gives_up_its_material(world: World) -> None:
    phone, address = writing(world)
    phone.send(address, keep="1", prep_kind_1="TRANSCRIPT", prep_note_1="期中成绩", **TYPED)
    address = f"/records/{stored_id(world)}/edit"
    phone.open(address)
    assert "期中成绩" in phone.html

    phone.send(address, keep="1", seen=phone.value("seen"), **TYPED)  # a page that did not ask
    assert lying(world) == [("TRANSCRIPT", "期中成绩")]
    phone.open(address)
    gone = {"prep_kind_1": "TRANSCRIPT", "prep_note_1": "期中成绩", "prep_drop_1": "on"}
    phone.send(address, keep="1", seen=phone.value("seen"), **gone, **TYPED)

    assert lying(world) == []


def test_material_names_a_file_of_the_draft(world: World) -> None:
    paper = written(world)
    made = upload(paper.writer, paper.id, jpeg(), name="成绩单.jpg").json()["id"]
    phone = by_password(world, "teacher")
    address = f"/records/{paper.id}/edit"
    phone.open(address)
    assert "成绩单.jpg" in phone.html

    same = {**TYPED, "seen": phone.value("seen"), "source_FACT": "TEACHER"}
    phone.send(address, keep="1", prep_kind_1="TRANSCRIPT", prep_attachment_1=made, **same)

    with tenancy.scope(world.id):
        assert str(PreparedItem.objects.get().attachment_id) == made


@pytest.mark.parametrize("who", ["mother", "student"])
def test_what_lay_on_the_table_is_for_the_school_alone(world: World, who: str) -> None:
    phone, address = writing(world)
    phone.send(
        address, offer="1", prep_kind_1="TRANSCRIPT", prep_note_1="期中成绩",
        people=[str(world["mother"].pk)], **TYPED,
    )  # fmt: skip
    assert "期中成绩" in phone.text

    reader = by_password(world, who)
    reader.open(f"/records/{stored_id(world)}")

    assert "期中成绩" not in reader.html
    assert "事先准备的材料" not in reader.html


def beside_offer(phone: Phone) -> str:
    """What stands between the heading of the button that hands a record over and the button."""
    return phone.html.split("<h2>交双方签字</h2>")[1].split("<form")[0]


def naming_a_file(world: World) -> tuple[Phone, str, str]:
    """Who writes a draft, its address, and the file that it names as prepared material."""
    paper = written(world)
    file = upload(paper.writer, paper.id, jpeg()).json()["id"]
    phone, address = by_password(world, "teacher"), f"/records/{paper.id}"
    phone.open(f"{address}/edit")
    laid = {"prep_kind_1": "OTHER", "prep_note_1": "10月", "people": str(world["mother"].pk)}
    laid = {**TYPED, **laid, "prep_attachment_1": file}
    phone.send(f"{address}/edit", keep="1", seen=phone.value("seen"), **laid)
    return phone, address, file


def test_a_checked_record_whose_file_is_gone_says_so_beside_the_button(world: World) -> None:
    phone, address, file = naming_a_file(world)
    paper = Paper(member(world, "teacher"), address.rsplit("/", 1)[1])
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("check")
    phone.open(f"{address}/files")
    phone.send(f"{address}/files/{file}/out")
    phone.open(address)

    phone.send(f"{address}/offer", seen=phone.value("seen"))

    assert phone.page.status_code == 400
    assert "附件“照片.jpg”已经拿掉了。请打开草稿，在那份材料里另选" in beside_offer(phone)
    with tenancy.scope(world.id):
        assert CommunicationRecord.objects.get().state == "CHECKED"


@pytest.mark.parametrize("ticked", [{}, {"shows_others": "yes"}])
def test_what_was_offered_keeps_its_file_and_the_page_says_how_to_go_on(
    world: World, ticked: dict[str, str]
) -> None:
    phone, address, file = naming_a_file(world)
    phone.open(address)
    phone.send(f"{address}/offer", seen=phone.value("seen"))
    phone.open(f"{address}/files")

    phone.send(f"{address}/files/{file}/out", **ticked)

    assert phone.page.status_code == 400
    assert "事先准备的材料，已交双方签字。请先收回那份记录" in phone.html.split("<details open>")[0]
    assert ("checked" in phone.html.split("<details open>")[1].split("</details>")[0]) == bool(
        ticked
    )
    with tenancy.scope(world.id):
        assert Attachment.objects.get().state == "STORED"


def test_who_cannot_sign_what_rests_on_a_file_that_is_gone_is_told_on_the_page(
    world: World,
) -> None:
    phone, address, file = naming_a_file(world)
    phone.open(address)
    phone.send(f"{address}/offer", seen=phone.value("seen"))
    with tenancy.scope(world.id) as at:
        gone = Attachment.objects.get(pk=file)
        gone.destroy(by=world["teacher"], at=at)
        gone.save(update_fields=["state", "destroyed_at", "destroyed_by", "destroyed_reason"])
    for who, why in (("teacher", "照片.jpg”已经拿掉了。请先收回记录"), ("mother", "还要核对")):
        reader = by_password(world, who)
        reader.open(address)

        reader.send(f"{address}/sign", note="我的话", password=PASSWORD)

        assert reader.page.status_code == 400
        assert why in reader.text
        assert "我的话" in reader.html


def test_a_file_that_is_gone_is_said_and_the_page_goes_on_without_it(world: World) -> None:
    paper = written(world)
    file = upload(paper.writer, paper.id, jpeg()).json()["id"]
    phone, address = by_password(world, "teacher"), f"/records/{paper.id}/edit"
    phone.open(address)
    laid = {"prep_kind_1": "OTHER", "prep_note_1": "10月", "people": str(world["mother"].pk)}
    laid = {**TYPED, **laid}
    phone.send(address, keep="1", seen=phone.value("seen"), prep_attachment_1=file, **laid)
    phone.open(f"/records/{paper.id}/files")
    phone.send(f"/records/{paper.id}/files/{file}/out")
    phone.open(f"/records/{paper.id}")
    phone.send(f"/records/{paper.id}/offer", seen=phone.value("seen"))
    assert phone.page.status_code == 400
    assert "附件“照片.jpg”已经拿掉了。请打开草稿" in beside_offer(phone)

    phone.open(address)
    phone.send(address, offer="1", seen=phone.value("seen"), **laid)

    with tenancy.scope(world.id):
        assert PreparedItem.objects.get().attachment_id is None
        assert CommunicationRecord.objects.get().state == "PENDING_SIGNATURES"
