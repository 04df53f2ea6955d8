"""Uploads over HTTP: what is refused, before and after reading, and what comes back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from parties import tenancy
from records.models import Attachment
from tests.api.callers import ROOT, Caller, code
from tests.api.papers import Paper, as_read, offered, upload, written
from tests.factories import World
from tests.records.uploads.files import exif, jpeg, mp4, opened, pdf, png, zipped

As = Callable[[str], Caller]

PHOTO = jpeg(exif=exif())
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
#: By what is wrong: bytes, name, declared type, and the reason that the answer names.
BAD: dict[str, tuple[bytes, str, str, str]] = {
    "nothing": (b"", "空.jpg", "image/jpeg", "empty"),
    "nothing but spaces": (b" \r\n\t ", "空.txt", "text/plain", "empty"),
    "a program": (b"MZ" + b"\0" * 200, "照片.jpg", "image/jpeg", "wrong_type"),
    "a page": (b"<html><script>1</script></html>", "a.jpg", "image/jpeg", "wrong_type"),
    "an svg": (SVG, "a.png", "image/png", "wrong_type"),
    "an archive": (zipped(), "a.zip", "application/zip", "wrong_type"),
    "a virus": (EICAR, "a.txt", "text/plain", "malware"),
    "another kind than its name": (png(), "a.jpg", "image/jpeg", "mismatch"),
    "another kind than declared": (png(), "a.png", "application/pdf", "mismatch"),
    "half a picture": (PHOTO[:60], "a.jpg", "image/jpeg", "broken"),
    "two in one": ("家长来信".encode() + zipped(), "a.txt", "text/plain", ""),
    "a pdf that acts": (b"%PDF-1.7\n1 0 obj<</JS(x)>>", "a.pdf", "application/pdf", ""),
}


def stored(world: World) -> int:
    with tenancy.scope(world.id):
        return Attachment.objects.count()


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (PHOTO, "谈话.jpg", "image/jpeg"),
        (png(), "谈话.png", "image/png"),
        (pdf(), "成绩.pdf", "application/pdf"),
        ("家长来信".encode(), "来信.txt", "text/plain"),
        (mp4(), "实训.mp4", "video/mp4"),
    ],
)
def test_a_good_file_goes_in_and_comes_back_to_be_saved(
    world: World, data: bytes, name: str, media_type: str
) -> None:
    paper = written(world)

    made = upload(paper.writer, paper.id, data, name=name, media_type=media_type)
    assert made.status_code == 201, made.content.decode()
    answer = paper.writer.get(f"/attachments/{made.json()['id']}")

    assert answer.status_code == 200
    assert len(answer.content) == made.json()["size"]
    assert answer.headers["Content-Type"].startswith(media_type)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_where_a_photo_was_taken_does_not_come_back(world: World) -> None:
    paper = written(world)
    made = upload(paper.writer, paper.id, PHOTO).json()

    data = paper.writer.get(f"/attachments/{made['id']}").content

    assert not opened(data).getexif()


@pytest.mark.parametrize("kind", sorted(BAD))
def test_a_bad_file_is_refused_with_a_reason_and_leaves_nothing(
    world: World, vault_folder: Path, kind: str
) -> None:
    data, name, media_type, reason = BAD[kind]
    paper = written(world)

    answer = upload(paper.writer, paper.id, data, name=name, media_type=media_type)

    assert (answer.status_code, code(answer)) == (422, "upload.refused")
    (mistake,) = answer.json()["errors"]
    assert mistake["field"] == "file"
    assert "请按接口说明" not in mistake["mend"]
    assert answer.json()["reason"] == (reason or answer.json()["reason"])
    assert stored(world) == 0
    assert not vault_folder.exists()


def test_a_gigabyte_is_refused_before_a_byte_is_read(world: World) -> None:
    paper = written(world)

    class Untouchable:
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

        readline = read

    untouchable: dict[str, Any] = {"wsgi.input": Untouchable()}
    answer = paper.writer.client.generic(
        "POST",
        f"{ROOT}/records/{paper.id}/attachments",
        content_type=MULTIPART_CONTENT,
        headers=paper.writer._all({}),
        CONTENT_LENGTH=str(1024**3),
        **untouchable,
    )

    assert (answer.status_code, code(answer)) == (413, "request.too_large")
    (mistake,) = answer.json()["errors"]
    assert (mistake["field"], mistake["wrong"]) == ("file", "文件超过 50 MB 的上限。")
    assert "请压缩或拆分" in mistake["mend"]


def test_one_file_too_large_is_refused_by_its_kind(world: World) -> None:
    paper = written(world)

    answer = upload(
        paper.writer, paper.id, b"a" * (1024 * 1024 + 1), name="a.txt", media_type="text/plain"
    )

    assert (answer.status_code, answer.json()["reason"]) == (422, "too_large")


def test_other_addresses_still_take_a_quarter_of_a_megabyte_of_json(world: World) -> None:
    paper = written(world)

    big = paper.writer.post(f"/records/{paper.id}/check", b"{}" + b" " * 300_000, If_Match="x")
    form = paper.writer.send("post", f"/records/{paper.id}/check", b"--x--", type=MULTIPART_CONTENT)
    text = paper.writer.post(f"/records/{paper.id}/attachments", {"file": "x"})

    assert [one.status_code for one in (big, form, text)] == [413, 415, 415]


def raw(paper: Paper, body: bytes, content_type: str = MULTIPART_CONTENT) -> Any:
    return paper.writer.send("post", f"/records/{paper.id}/attachments", body, type=content_type)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", MULTIPART_CONTENT),
        (b"no boundary at all", MULTIPART_CONTENT),
        (b"--x\r\n", "multipart/form-data"),
        (b"--x\r\n", "multipart/form-data; boundary=" + "x" * 300),
        (encode_multipart(BOUNDARY, {"file": "a text"}), MULTIPART_CONTENT),
        (encode_multipart(BOUNDARY, {"other": SimpleUploadedFile("a", b"b")}), MULTIPART_CONTENT),
        (encode_multipart(BOUNDARY, {f"f{n}": "x" for n in range(1200)}), MULTIPART_CONTENT),
    ],
)
def test_a_broken_form_is_the_senders_mistake(world: World, body: bytes, content_type: str) -> None:
    answer = raw(written(world), body, content_type)

    assert answer.status_code == 400, answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"redaction": "REDACTED"},
        {"redaction": "MAYBE"},
        {"sensitivity": "CRI"},
        {"sensitivity": "X\0"},
        {"unknown": "1"},
        {"areas": "[[1]]"},
        {"areas": "{"},
        {"areas": json.dumps([{"left": 0, "top": 0, "right": 9, "bottom": 1}])},
        {"areas": json.dumps([{"left": 0, "top": 0, "right": 1}])},
        {"areas": '[{"left": NaN, "top": 0, "right": 1, "bottom": 1}]'},
        {"redaction": ["NONE", "NEEDED"]},
    ],
)
def test_what_cannot_be_declared_is_refused(world: World, fields: dict[str, Any]) -> None:
    paper = written(world)

    answer = upload(paper.writer, paper.id, PHOTO, **fields)

    assert answer.status_code in (400, 422), answer.content.decode()
    assert stored(world) == 0


def test_two_files_at_once_are_refused(world: World) -> None:
    paper = written(world)
    files = [SimpleUploadedFile(f"{n}.jpg", PHOTO, content_type="image/jpeg") for n in range(2)]

    answer = raw(paper, encode_multipart(BOUNDARY, {"file": files}))

    assert answer.json()["errors"][0] == {
        "field": "file",
        "wrong": "出现了两次。",
        "mend": "请只保留一个。",
    }


def test_without_the_token_of_the_page_nothing_is_taken(world: World) -> None:
    paper = written(world)
    paper.writer.csrf = ""

    answer = upload(paper.writer, paper.id, PHOTO)

    assert (answer.status_code, code(answer)) == (403, "request.csrf")


def test_nobody_uploads_without_signing_in(world: World) -> None:
    answer = upload(Caller(), written(world).id, PHOTO)

    assert (answer.status_code, code(answer)) == (401, "sign_in.required")


def test_the_same_upload_twice_is_kept_once(world: World) -> None:
    paper, key = written(world), uuid4().hex

    first, again = (upload(paper.writer, paper.id, PHOTO, key=key) for _ in range(2))
    other = upload(paper.writer, paper.id, jpeg(), key=key)

    assert first.status_code == 201
    assert first.json() == again.json()
    assert code(other) == "idempotency.mismatch"
    assert stored(world) == 1


def test_nobody_without_the_record_uploads_or_takes(world: World, as_: As) -> None:
    paper = written(world)
    made = upload(paper.writer, paper.id, PHOTO).json()

    for who in ("mother", "student", "stranger", "head_of_office", "mentor"):
        assert upload(as_(who), paper.id, PHOTO).status_code == 404, who
        assert as_(who).get(f"/attachments/{made['id']}").status_code == 404, who
        assert as_(who).delete(f"/attachments/{made['id']}").status_code == 404, who


def test_a_family_never_gets_what_shows_other_peoples_children(world: World, as_: As) -> None:
    paper = written(world)
    plain = upload(paper.writer, paper.id, PHOTO).json()
    shown = upload(paper.writer, paper.id, jpeg(), redaction="NEEDED").json()
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("check")
    paper.do("offer")

    for who in ("mother", "student"):
        listed = as_(who).get(f"/records/{paper.id}").json()["attachments"]
        assert [one["id"] for one in listed] == [plain["id"]], who
        assert as_(who).get(f"/attachments/{shown['id']}").status_code == 404, who
        assert as_(who).get(f"/attachments/{plain['id']}").status_code == 200, who


def test_no_answer_tells_what_the_upload_was(world: World, as_: As) -> None:
    """Its digest could be compared with the same photo in another family's hands."""
    paper = written(world)
    made = upload(paper.writer, paper.id, PHOTO)
    with tenancy.scope(world.id):
        row = Attachment.objects.get()
        original = bytes(row.original_sha256).hex()
        assert original != bytes(row.sha256).hex()
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("check")
    paper.do("offer")
    told = [made, *(as_(who).get(f"/records/{paper.id}") for who in ("mother", "teacher"))]
    told += [as_("mother").get(f"/records/{paper.id}/export?format=json")]

    assert all(original not in answer.content.decode() for answer in told)


def test_the_author_takes_a_draft_file_away_again(world: World, vault_folder: Path) -> None:
    paper = written(world)
    made = upload(paper.writer, paper.id, PHOTO).json()

    assert paper.writer.delete(f"/attachments/{made['id']}").status_code == 204

    assert [path for path in vault_folder.rglob("*") if path.is_file()] == []
    assert paper.writer.get(f"/records/{paper.id}").json()["attachments"] == []


def test_a_file_that_is_gone_is_a_fault_that_says_so(world: World, vault_folder: Path) -> None:
    paper = written(world)
    made = upload(paper.writer, paper.id, PHOTO).json()
    for path in vault_folder.rglob("*"):
        if path.is_file():
            path.unlink()

    answer = paper.writer.get(f"/attachments/{made['id']}")

    assert (answer.status_code, code(answer)) == (500, "vault.missing")


def test_a_paper_scan_makes_a_signature(world: World, as_: As) -> None:
    paper = offered(world)
    read = as_read(paper.writer, paper.id)  # before the scan of what was signed came
    scan = upload(as_("head_of_office"), paper.id, PHOTO, name="签字页.jpg", kind="SIGNED_PAGE")
    assert scan.status_code == 201, scan.content.decode()

    answer = paper.writer.post(
        f"/records/{paper.id}/witness",
        {
            "signer": str(world["mother"].pk),
            "method": "PAPER",
            "witness": str(world["duty_officer"].pk),
            "scan": scan.json()["id"],
            **read,
        },
    )

    assert answer.json()["signatures"][0]["scan"] == scan.json()["id"]


@pytest.mark.parametrize(
    ("type_", "status", "says"),
    [
        ("application/json", 415, "上传文件用 multipart/form-data"),
        ("image/jpeg", 415, "上传文件用 multipart/form-data"),
        ("multipart/form-data", 400, "上传文件时不是完整的表单"),
    ],
)
def test_a_file_sent_in_another_dress_is_told_how_files_are_sent(
    world: World, type_: str, status: int, says: str
) -> None:
    paper = written(world)

    answer = paper.writer.send("post", f"/records/{paper.id}/attachments", PHOTO, type=type_)

    assert answer.status_code == status
    assert says in answer.json()["detail"]
