"""The signed slip that comes back: uploaded by who calls the family, read by its guardian alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from ledger.models import Event
from parties import clock, links, tenancy
from parties.models import SignInLink
from records.models import Attachment, NoticeReceipt
from tests.api.callers import Caller, code, member
from tests.factories import CN, World
from tests.portal.visitors import by_link, by_password
from tests.processes.notice_walk import Sent, second_family
from tests.processes.notice_walk import sent as sent_at
from tests.records.uploads.files import jpeg, png

As = Callable[[str], Caller]


def sent(world: World, **given: Any) -> Sent:
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    return sent_at(world, at=yesterday, strength="SIGN", **given)


def scan(caller: Caller, receipt: UUID, data: bytes = b"", **sent: Any) -> Any:
    file = SimpleUploadedFile(
        sent.pop("name", "回执.jpg"), data or jpeg(), content_type=sent.pop("type", "image/jpeg")
    )
    body = encode_multipart(BOUNDARY, {**sent, "file": file})
    return caller.send("post", f"/receipts/{receipt}/scan", body, type=MULTIPART_CONTENT)


def test_a_slip_comes_back_and_counts_with_its_scan(world: World, as_: As) -> None:
    walk = sent(world)
    receipt = walk.receipt("father").pk

    stored = scan(as_("teacher"), receipt)
    paper = as_("teacher").post(
        f"/notices/{walk.notice_id}/on-paper",
        {
            "student": str(world.student.pk),
            "guardian": str(world["father"].pk),
            "how": "PAPER",
            "witness": str(world["counsellor"].pk),
            "scan": stored.json()["id"],
        },
    )

    assert (stored.status_code, paper.status_code) == (201, 201)
    assert (paper.json()["state"], paper.json()["scan"]) == ("SIGNED", stored.json()["id"])
    with tenancy.scope(world.id):
        kept = Attachment.objects.get()
        assert Event.objects.filter(kind="receipt.scanned", actor=world["teacher"].pk).exists()
    assert (kept.record_id, kept.size, bytes(kept.sha256).hex()) == (
        None,
        stored.json()["size"],
        stored.json()["sha256"],
    )


def test_its_guardian_and_who_calls_the_family_read_it_and_nobody_else(
    world: World, other_school: World, as_: As
) -> None:
    walk = sent(world)
    second_family(world)
    receipt = walk.receipt("father").pk
    address = f"/attachments/{scan(as_('teacher'), receipt).json()['id']}"

    for who in ("teacher", "father"):
        answer = as_(who).get(address)
        assert (answer.status_code, answer.content[:2]) == (200, b"\xff\xd8"), who
        assert as_(who).get(f"/receipts/{receipt}").json()["scan"] in address
    for who in (
        "mother", "student", "other_mother", "stranger", "grade_leader", "head_of_office",
        "principal", "counsellor", "mentor", "auditor",
    ):  # fmt: skip
        assert code(as_(who).get(address)) == "access.not_found", who
    assert code(member(other_school, "teacher").get(address)) == "access.not_found"


def test_a_leader_who_sees_an_alarming_reply_does_not_see_the_scan(world: World, as_: As) -> None:
    walk = sent(world)
    receipt = walk.receipt("father").pk
    as_("father").post(f"/receipts/{receipt}/reply", {"text": "孩子昨晚说不想活了"})
    stored = scan(as_("teacher"), receipt).json()

    assert as_("principal").get(f"/receipts/{receipt}").status_code == 200
    assert "scan" not in as_("principal").get(f"/receipts/{receipt}").json()
    assert as_("principal").get(f"/attachments/{stored['id']}").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("father", 403), ("stranger", 404), ("mother", 404), ("mentor", 404), ("grade_leader", 404)],
)
def test_only_who_calls_the_family_uploads(world: World, as_: As, who: str, status: int) -> None:
    walk = sent(world)

    assert scan(as_(who), walk.receipt("father").pk).status_code == status
    with tenancy.scope(world.id):
        assert not Attachment.objects.exists()


def test_a_hidden_receipt_and_none_at_all_are_the_same_bytes(
    world: World, other_school: World, as_: As
) -> None:
    receipt = sent(world).receipt("father").pk

    for caller in (as_("stranger"), member(other_school, "teacher")):
        hidden, absent = scan(caller, receipt), scan(caller, uuid4())
        assert hidden.status_code == absent.status_code == 404
        assert hidden.content == absent.content


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"MZ\x90\x00 not a picture", "slip.jpg", "image/jpeg"),
        ("签好了".encode(), "slip.txt", "text/plain"),
        (b"<svg onload='x'/>", "slip.svg", "image/svg+xml"),
    ],
)
def test_what_is_no_picture_and_no_pdf_is_refused(
    world: World, as_: As, data: bytes, name: str, kind: str
) -> None:
    walk = sent(world)

    answer = scan(as_("teacher"), walk.receipt("father").pk, data, name=name, type=kind)

    assert code(answer) == "upload.refused"
    assert walk.receipt("father").scan is None


def test_a_newer_scan_takes_the_place_of_the_older(world: World, as_: As) -> None:
    receipt = sent(world).receipt("father").pk
    first = scan(as_("teacher"), receipt).json()["id"]
    second = scan(as_("teacher"), receipt, png(), name="回执.png", type="image/png").json()["id"]

    assert as_("father").get(f"/attachments/{first}").status_code == 404
    assert as_("father").get(f"/attachments/{second}").status_code == 200
    assert as_("teacher").delete(f"/attachments/{second}").status_code == 403
    with tenancy.scope(world.id):
        assert Attachment.objects.get(pk=first).state == Attachment.State.DESTROYED


def test_one_guardians_scan_proves_nothing_for_the_other(world: World, as_: As) -> None:
    walk = sent(world)
    stored = scan(as_("teacher"), walk.receipt("father").pk).json()["id"]

    answer = as_("teacher").post(
        f"/notices/{walk.notice_id}/on-paper",
        {
            "student": str(world.student.pk),
            "guardian": str(world["mother"].pk),
            "how": "PAPER",
            "witness": str(world["counsellor"].pk),
            "scan": stored,
        },
    )

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "scan")
    assert as_("mother").get(f"/attachments/{stored}").status_code == 404


def test_a_link_opens_the_scan_of_its_own_receipt(world: World, as_: As) -> None:
    walk = sent(world)
    receipt = walk.receipt("father").pk
    stored = scan(as_("teacher"), receipt).json()["id"]

    phone = by_link(world, "father", purpose=SignInLink.Purpose.NOTICE, target_id=receipt)

    assert "签字回执的扫描件" in phone.text
    assert phone.open(f"/notices/{receipt}/scan").content[:2] == b"\xff\xd8"
    assert phone.client.get(f"/api/v1/attachments/{stored}").status_code == 200
    with tenancy.scope(world.id):
        token = links.token_of(
            links.issue(person=world["father"], purpose=SignInLink.Purpose.RECORD,
                        target_id=uuid4()).pk
        )  # fmt: skip
    other = Caller()
    other.client.post(f"/l/{token}")
    assert code(other.get(f"/attachments/{stored}")) == "link.bound"


def test_a_teacher_photographs_the_slip_and_the_answer_counts(world: World) -> None:
    walk = sent(world, needs_answer=True)
    receipt = walk.receipt("father").pk
    phone = by_password(world, "teacher")
    phone.open(f"/notices/{walk.notice_id}/contacts")
    assert f"/receipts/{receipt}/slip" in phone.html

    phone.open(f"/receipts/{receipt}/slip")
    phone.send(f"/receipts/{receipt}/slip")
    assert (phone.page.status_code, "还没有选择照片" in phone.text) == (400, True)
    text = SimpleUploadedFile("slip.txt", "签好了".encode(), content_type="text/plain")
    phone.send(f"/receipts/{receipt}/slip", file=text)
    assert phone.page.status_code == 400
    picture = SimpleUploadedFile("slip.jpg", jpeg(), content_type="image/jpeg")
    phone.send(f"/receipts/{receipt}/slip", file=picture, reply="知道了，会到校")
    assert (phone.page.status_code, "另一位教职工见证" in phone.text) == (400, True)
    assert walk.receipt("father").state != NoticeReceipt.State.SIGNED
    counsellor = str(world["counsellor"].pk)
    phone.send(f"/receipts/{receipt}/slip", witness=counsellor, reply="知道了，会到校")

    kept = walk.receipt("father")
    assert (kept.state, kept.how) == (NoticeReceipt.State.SIGNED, NoticeReceipt.How.PAPER)
    assert kept.scan is not None
    assert kept.settled_at is not None
    assert phone.open(f"/notices/{receipt}/scan").content[:2] == b"\xff\xd8"
    assert by_password(world, "stranger").open(f"/receipts/{receipt}/slip").status_code == 404
    assert by_password(world, "father").open(f"/receipts/{receipt}/slip").status_code == 403
    without = phone.client.post(f"/receipts/{receipt}/slip", {"file": picture})
    assert without.status_code == 403


def test_the_slip_page_asks_for_no_file_that_no_answer_would_rest_on(world: World) -> None:
    walk = sent(world, needs_answer=True)
    receipt, phone = walk.receipt("father").pk, by_password(world, "teacher")
    phone.open(f"/receipts/{receipt}/slip")
    assert 'type="file"' in phone.html
    walk.act("sign", "father")
    walk.act("reply", "father", text="知道了")

    phone.open(f"/receipts/{receipt}/slip")

    assert 'type="file"' not in phone.html
    assert "不用再上传回执" in phone.text
    assert "上传只补存" not in phone.text
    phone.send(f"/receipts/{receipt}/slip", reply="电话里说周五会到校")
    with tenancy.scope(world.id):
        assert NoticeReceipt.objects.get(pk=receipt).reply == "知道了\n电话里说周五会到校"
