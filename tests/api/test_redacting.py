"""隐去他人信息 over the API: areas of a picture, another version of a clip, and who may not."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.api.callers import Caller, code
from tests.api.papers import Paper, upload, written
from tests.factories import World
from tests.records.test_redacted_clips import HIDDEN, SHOWN
from tests.records.uploads.files import png

pytestmark = pytest.mark.django_db
As = Callable[[str], Caller]
CLIP = {"name": "监控.mp4", "media_type": "video/mp4", "redaction": "NEEDED"}
PICTURE = {"name": "实训.png", "media_type": "image/png", "redaction": "NEEDED"}
LEFT = '[{"left": 0, "top": 0, "right": 0.5, "bottom": 1}]'


def redact(caller: Caller, id_: str, data: bytes | None = None, **fields: Any) -> Any:
    key = fields.pop("key", "")
    if data is not None:
        fields["file"] = SimpleUploadedFile("遮好.mp4", data, content_type="video/mp4")
    return caller.send(
        "post",
        f"/attachments/{id_}/redact",
        encode_multipart(BOUNDARY, fields),
        type=MULTIPART_CONTENT,
        **({"Idempotency_Key": key} if key else {}),
    )


def clip(world: World) -> tuple[Paper, str]:
    paper = written(world)
    return paper, upload(paper.writer, paper.id, SHOWN, **CLIP).json()["id"]


def test_the_mother_gets_the_version_and_the_office_the_original(world: World, as_: As) -> None:
    paper, old = clip(world)

    made = redact(paper.writer, old, HIDDEN)

    assert made.status_code == 201, made.content.decode()
    assert (made.json()["redaction"], made.json()["media_type"]) == ("REDACTED", "video/mp4")
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("check")
    paper.do("offer")
    listed = as_("mother").get(f"/records/{paper.id}").json()["attachments"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert b"one face" in as_("mother").get(f"/attachments/{made.json()['id']}").content
    assert as_("mother").get(f"/attachments/{old}").status_code == 404
    office = as_("head_of_office")
    held = {one["id"]: one for one in office.get(f"/records/{paper.id}").json()["attachments"]}
    assert held[old]["redaction"] == "NEEDED"
    assert b"two faces" in office.get(f"/attachments/{old}").content


def test_the_areas_of_a_picture_become_black(world: World) -> None:
    paper = written(world)
    old = upload(paper.writer, paper.id, png(), **PICTURE).json()["id"]

    made = redact(paper.writer, old, areas=LEFT)

    assert (made.status_code, made.json()["redaction"]) == (201, "REDACTED")
    assert paper.writer.get(f"/attachments/{old}").status_code == 409


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "file"),
        ({"areas": LEFT}, "file"),
        ({"data": SHOWN}, "file"),
        ({"data": HIDDEN, "areas": LEFT}, "areas"),
        ({"areas": "[1]"}, "areas.0"),
    ],
)
def test_what_does_not_fit_a_clip_names_the_field(
    world: World, given: dict[str, Any], field: str
) -> None:
    paper, old = clip(world)

    answer = redact(paper.writer, old, **given)

    assert answer.status_code in (400, 422), answer.content.decode()
    assert answer.json()["errors"][0]["field"] == field
    assert len(paper.writer.get(f"/records/{paper.id}").json()["attachments"]) == 1


def test_the_same_version_twice_is_kept_once(world: World) -> None:
    paper, old = clip(world)
    key = uuid4().hex

    first, again = (redact(paper.writer, old, HIDDEN, key=key) for _ in range(2))

    assert first.json() == again.json()
    assert len(paper.writer.get(f"/records/{paper.id}").json()["attachments"]) == 2


def test_for_nobody_else_is_there_such_a_file(world: World, as_: As) -> None:
    _, old = clip(world)
    for who in ("mother", "student", "stranger", "head_of_office", "grade_leader", "mentor"):
        hidden, missing = redact(as_(who), old, HIDDEN), redact(as_(who), str(uuid4()), HIDDEN)
        assert hidden.status_code == missing.status_code == 404, who
        assert hidden.content == missing.content, who
    assert (redact(Caller(), old).status_code, code(redact(Caller(), old))) == (
        401,
        "sign_in.required",
    )
