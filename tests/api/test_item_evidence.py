"""Evidence over the API: uploaded, and replaced by its uploader."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.api import plan_stories
from tests.api.callers import Caller
from tests.factories import World
from tests.records.uploads.files import jpeg

pytestmark = pytest.mark.django_db

As = Callable[[str], Caller]


def send(caller: Caller, item_id: Any, data: bytes | None = None, **fields: Any) -> Any:
    sent = jpeg() if data is None else data
    photo = SimpleUploadedFile("作业.jpg", sent, content_type="image/jpeg")
    parts = encode_multipart(BOUNDARY, {**fields, "file": photo})
    return caller.send("post", f"/items/{item_id}/evidence", parts, type=MULTIPART_CONTENT)


def test_a_photo_is_put_in_the_place_of_another(world: World, as_: As) -> None:
    item = plan_stories.item(world, plan_stories.running(world))
    old = send(as_("mother"), item.pk).json()["id"]

    made = send(as_("mother"), item.pk, replaces=old)

    assert made.status_code == 201, made.content.decode()
    assert as_("mother").get(f"/attachments/{old}").status_code == 200
    assert as_("father").get(f"/attachments/{old}").status_code == 404
    assert as_("father").get(f"/attachments/{made.json()['id']}").status_code == 200


def test_none_of_ones_own_is_refused_by_its_field(world: World, as_: As) -> None:
    item = plan_stories.item(world, plan_stories.running(world))

    refused = send(as_("mother"), item.pk, replaces=str(uuid4()))

    assert refused.status_code == 422
    assert "replaces" in refused.content.decode()


def test_an_empty_photo_is_refused_in_words(world: World, as_: As) -> None:
    item = plan_stories.item(world, plan_stories.running(world))

    refused = send(as_("mother"), item.pk, b"")

    assert (refused.status_code, refused.json()["reason"]) == (422, "empty")
    (mistake,) = refused.json()["errors"]
    assert (mistake["field"], mistake["wrong"]) == ("file", "文件是空的（0 字节）。")
