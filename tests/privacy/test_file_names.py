"""What a file is called says whom and what it shows: only who uploaded it reads that name again.

Every door: lists over the API and on pages, the name that a download is saved under, copies.
"""

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.api import plan_stories
from tests.api.callers import Caller, member
from tests.api.papers import Paper, upload, written
from tests.api.test_notice_scans import scan, sent
from tests.factories import World
from tests.portal.visitors import by_password
from tests.records.uploads.files import jpeg, mp4, pdf

pytestmark = pytest.mark.django_db(transaction=True)

As = Callable[[str], Caller]

TELLING = ["李小四先动手.jpg", "低保证明2026.jpg", "惯偷.jpg"]
NEUTRAL = r"图片-\d{8}-[0-9A-F]{6}\.jpg"


@pytest.fixture
def as_(world: World) -> As:
    return lambda name: member(world, name)


def saved_as(answer: Any) -> str:
    """The name that a browser would save the answer under."""
    assert answer.status_code == 200, answer.content
    said = str(answer.headers["Content-Disposition"])
    found = re.search(r"filename\*?=(?:utf-8'')?\"?([^\";]+)", said)
    assert found is not None, said
    return unquote(found[1])


def shared(world: World, name: str, data: bytes = b"", media_type: str = "image/jpeg") -> Paper:
    """A record with one file, signed by both sides."""
    paper = written(world)
    answer = upload(paper.writer, paper.id, data or jpeg(), name=name, media_type=media_type)
    assert answer.status_code == 201, answer.content.decode()
    assert answer.json()["name"] == name
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("check")
    paper.do("offer")
    assert paper.sign().status_code == 200
    return paper


def listed(caller: Caller, paper: Paper) -> dict[str, Any]:
    (one,) = caller.get(f"/records/{paper.id}").json()["attachments"]
    found: dict[str, Any] = one
    return found


def telling(name: str) -> str:
    return PurePath(name).stem


@pytest.mark.parametrize("name", TELLING)
def test_a_record_lists_and_hands_out_files_under_a_plain_name(
    world: World, as_: As, name: str
) -> None:
    paper = shared(world, name)
    address = f"/attachments/{listed(paper.writer, paper)['id']}"

    for who in ("mother", "father", "head_of_office"):
        shown = listed(as_(who), paper)
        assert re.fullmatch(NEUTRAL, shown["name"]), who
        answer = as_(who).get(address)
        assert saved_as(answer) == shown["name"], who
        assert telling(name) not in unquote(str(answer.headers)), who
    assert listed(paper.writer, paper)["name"] == name
    assert saved_as(paper.writer.get(address)) == name


@pytest.mark.parametrize(
    ("name", "data", "media_type", "shown"),
    [
        ("惯偷.pdf", pdf(), "application/pdf", r"文档-\d{8}-[0-9A-F]{6}\.pdf"),
        ("打架.mp4", mp4(), "video/mp4", r"视频-\d{8}-[0-9A-F]{6}\.mp4"),
        ("检讨.txt", "已到校".encode(), "text/plain", r"文本-\d{8}-[0-9A-F]{6}\.txt"),
    ],
)
def test_the_plain_name_says_of_what_kind_it_is(
    world: World, as_: As, name: str, data: bytes, media_type: str, shown: str
) -> None:
    paper = shared(world, name, data, media_type)

    assert re.fullmatch(shown, listed(as_("mother"), paper)["name"])


def test_a_name_counts_no_files_that_are_hidden(world: World, as_: As) -> None:
    paper = written(world)
    hidden = upload(paper.writer, paper.id, jpeg(), name="一.jpg", sensitivity="PSY").json()["id"]
    made = upload(paper.writer, paper.id, jpeg(), name="二.jpg").json()["id"]
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    why = {"basis": "DUTY", "duty": "TALK", "basis_note": "与家长沟通须用到"}
    item = {"kind": "PSY_REPORT", "attachment": hidden, **why}
    paper.do("prepared", {"prepared": [item]}, method="put")
    paper.do("check")
    paper.do("offer")

    shown = listed(as_("mother"), paper)
    assert shown["id"] == made != hidden
    assert shown["name"].endswith(f"-{made[:6].upper()}.jpg")


def test_pages_name_it_plainly_as_well(world: World) -> None:
    paper = shared(world, "李小四先动手.jpg")
    office, writer = by_password(world, "head_of_office"), by_password(world, "teacher")

    office.open(f"/records/{paper.id}")
    assert "李小四" not in office.html
    assert re.search(NEUTRAL, office.text)
    found = re.search(rf"/records/{paper.id}/files/[0-9a-f-]+", office.html)
    assert found is not None
    assert re.fullmatch(NEUTRAL, saved_as(office.open(found[0])))
    writer.open(f"/records/{paper.id}")
    assert "李小四先动手.jpg" in writer.text


@pytest.mark.parametrize("form", ["pdf", "json"])
def test_a_copy_carries_no_name_of_a_file(world: World, as_: As, form: str) -> None:
    paper = shared(world, "李小四先动手.jpg")
    asked = f"format={form}&purpose=review"

    for who in ("mother", "teacher"):
        for address in (
            f"/records/{paper.id}/export?{asked}",
            f"/students/{world.student.pk}/file/export?{asked}",
        ):
            answer = as_(who).get(address)
            assert answer.status_code == 200, (who, address, answer.content)
            assert "李小四".encode() not in answer.content
            assert "李小四" not in unquote(str(answer.headers))


def test_evidence_of_an_item_is_named_plainly(world: World, as_: As) -> None:
    item = plan_stories.item(world, plan_stories.running(world))
    photo = SimpleUploadedFile("低保证明2026.jpg", jpeg(), content_type="image/jpeg")
    made = as_("mother").send(
        "post", f"/items/{item.pk}/evidence", encode_multipart(BOUNDARY, {"file": photo}),
        type=MULTIPART_CONTENT,
    ).json()  # fmt: skip

    assert made["name"] == "低保证明2026.jpg"
    for who in ("father", "teacher"):
        answer = as_(who).get(f"/attachments/{made['id']}")
        assert re.fullmatch(NEUTRAL, saved_as(answer)), who
    teacher = by_password(world, "teacher")
    teacher.open(f"/plan/{item.pk}/evidence")
    assert "低保证明" not in teacher.html
    assert re.search(NEUTRAL, teacher.text)
    assert re.fullmatch(NEUTRAL, saved_as(teacher.open(f"/plan/files/{made['id']}")))


def test_a_scan_of_a_slip_is_named_plainly(world: World, as_: As) -> None:
    walk = sent(world)
    made = scan(as_("teacher"), walk.receipt("father").pk, name="李小四家长代签.jpg").json()

    assert re.fullmatch(NEUTRAL, saved_as(as_("father").get(f"/attachments/{made['id']}")))
    assert saved_as(as_("teacher").get(f"/attachments/{made['id']}")) == "李小四家长代签.jpg"
