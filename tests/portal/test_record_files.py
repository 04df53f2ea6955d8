"""Files of a record on a phone: sent with what they show, refused beside the field, taken out."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parties import tenancy
from records.models import Attachment
from tests.api.papers import Paper, effective, offered, upload, written
from tests.factories import World
from tests.portal.test_records import TYPED, stored, writing
from tests.portal.visitors import Phone, by_password
from tests.records.uploads.files import jpeg, zipped


def page_of(paper: Paper) -> str:
    return f"/records/{paper.id}/files"


def send(phone: Phone, path: str, data: bytes = b"", **fields: Any) -> Any:
    """Choose a file and upload it, as the page's form does."""
    chosen = SimpleUploadedFile("考勤.jpg", data or jpeg(), content_type="image/jpeg")
    phone.open(path)
    return phone.send(path, **{"file": chosen, "redaction": "NONE", **fields})


def beside(phone: Phone, field: str) -> str:
    return phone.html.split(f'id="field-{field}"')[1].split("<input")[0].split("<select")[0]


def kept(world: World) -> list[tuple[str, str, str]]:
    with tenancy.scope(world.id):
        rows = Attachment.objects.order_by("uploaded_at")
        return [(one.redaction, one.sensitivity, str(one.state)) for one in rows]


def test_a_draft_is_stored_and_leads_to_its_files(world: World) -> None:
    phone, address = writing(world)
    phone.send(address, attach="1", **TYPED)
    path = f"/records/{stored(world).pk}/files"
    assert phone.page.redirect_chain[-1][0] == path

    send(phone, path, redaction="DECLARED", sensitivity="ECO")

    assert "考勤.jpg" in phone.text
    assert kept(world) == [("DECLARED", "ECO", "STORED")]


def test_who_shows_others_keeps_it_from_the_family(world: World) -> None:
    paper = written(world)

    send(by_password(world, "teacher"), page_of(paper), redaction="NEEDED")

    assert kept(world) == [("NEEDED", "COM TPD", "STORED")]


@pytest.mark.parametrize(
    ("data", "fields", "field", "why"),
    [
        (zipped(), {}, "file", "请"),
        (b"x" * 40, {"file": ""}, "file", "还没有选择文件"),
        (b"", {"redaction": ""}, "redaction", "没有说明是否含有他人信息"),
        (b"", {"sensitivity": "CRI"}, "sensitivity", "字段类别不可用"),
    ],
)
def test_a_refusal_is_said_at_its_field_and_what_was_said_stays(
    world: World, data: bytes, fields: dict[str, str], field: str, why: str
) -> None:
    paper = written(world)
    phone = by_password(world, "teacher")

    answer = send(phone, page_of(paper), data, **{"sensitivity": "HLT", **fields})

    assert answer.status_code == 400
    assert why in beside(phone, field)
    if field == "file":
        assert '<option value="HLT" selected>' in phone.html
        assert re.search(r'value="NONE" required checked', phone.html)
    assert kept(world) == []


def test_what_is_too_large_is_refused_unread_and_at_the_field(world: World) -> None:
    paper = written(world)
    phone = by_password(world, "teacher")

    answer = phone.client.post(page_of(paper), {}, CONTENT_LENGTH=str(80 * 1024 * 1024))

    phone.page = answer
    assert answer.status_code == 400
    assert "文件超过 50 MB 的上限" in beside(phone, "file")


def test_the_author_takes_a_file_out_of_a_draft(world: World) -> None:
    paper = written(world)
    made = upload(paper.writer, paper.id, jpeg()).json()["id"]
    phone = by_password(world, "teacher")
    phone.open(page_of(paper))

    phone.send(f"{page_of(paper)}/{made}/out")

    assert "还没有附件" in phone.text
    assert kept(world)[0][2] == "DESTROYED"


@pytest.mark.parametrize("who", ["mother", "student", "stranger", "grade_leader", "principal"])
def test_for_who_adds_nothing_there_is_no_such_page(world: World, who: str) -> None:
    paper = offered(world)
    phone = by_password(world, who)
    for act in (
        lambda: phone.open(page_of(paper)),
        lambda: phone.client.post(page_of(paper), {}, CONTENT_LENGTH=str(80 * 1024 * 1024)),
    ):
        assert act().status_code == 404
    phone.open(f"/records/{paper.id}")
    assert page_of(paper) not in phone.html.replace("/files/", "")
    phone.open("/")
    assert phone.send(page_of(paper), redaction="NONE").status_code in (403, 404)
    assert kept(world) == []


def test_a_record_that_took_effect_takes_nothing_more(world: World) -> None:
    paper = effective(world)
    phone = by_password(world, "teacher")

    assert phone.open(page_of(paper)).status_code == 404
    phone.open(f"/records/{paper.id}")
    assert f'href="{page_of(paper)}"' not in phone.html


def test_no_form_is_taken_without_its_token(world: World) -> None:
    paper = written(world)
    phone = by_password(world, "teacher")

    answer = phone.client.post(page_of(paper), {"redaction": "NONE"})

    assert answer.status_code == 403


def test_the_page_of_the_record_tells_each_file_by_hash_class_and_what_became_of_others(
    world: World,
) -> None:
    paper = written(world)
    for fields in ({"redaction": "DECLARED"}, {"redaction": "NEEDED"}):
        assert upload(paper.writer, paper.id, jpeg(), **fields).status_code == 201
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("check")
    paper.do("offer")
    with tenancy.scope(world.id):
        shown = bytes(Attachment.objects.get(redaction="DECLARED").sha256).hex()
    phone = by_password(world, "mother")

    phone.open(f"/records/{paper.id}")

    assert f"沟通内容 · 上传者声明已隐去他人信息 · SHA-256 {shown}" in phone.text
    assert phone.text.count("SHA-256") == 1
    assert "第三人信息" not in phone.text
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}")
    assert "沟通内容、第三人信息 · 含他人信息，未隐去" in phone.text
