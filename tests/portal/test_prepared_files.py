"""Files that lay on the table stay named from one version of a record to the next."""

import re
from typing import Any
from uuid import UUID

import pytest

from parties import tenancy
from records import destroying
from records.models import CommunicationRecord
from tests.api.callers import member
from tests.api.papers import Paper, upload, written
from tests.factories import World
from tests.portal.test_records import TYPED
from tests.portal.visitors import Phone, by_password
from tests.records.uploads.files import jpeg, photo, png, saved

pytestmark = pytest.mark.django_db(transaction=True)

LAID = ("TRANSCRIPT", "OBSERVATION")


def signed_with_two(world: World) -> tuple[Paper, list[str]]:
    """A record that both sides signed, with a file in each of its two materials."""
    paper = written(world)
    pictures = (jpeg(), saved(photo((24, 16)), "JPEG"))
    files = [upload(paper.writer, paper.id, one).json()["id"] for one in pictures]
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    laid = [{"kind": kind, "attachment": file} for kind, file in zip(LAID, files, strict=True)]
    paper.do("prepared", {"prepared": laid}, method="put")
    paper.do("check")
    paper.do("offer")
    for signer in (paper.writer, member(world, "mother")):
        assert paper.sign(signer).status_code == 200
    return paper, files


def next_version(world: World, paper: Paper) -> tuple[Phone, str]:
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}")
    phone.send(f"/records/{paper.id}/next-version")
    return phone, str(phone.page.request["PATH_INFO"])


def save_as_shown(world: World, phone: Phone, address: str) -> None:
    """What a browser sends when nobody touches the lists."""
    phone.open(address)
    sent: dict[str, Any] = {}
    for name, options in re.findall(
        r'<select[^>]*name="(prep_(?:kind|attachment)_\d)"[^>]*>(.*?)</select>',
        phone.html,
        re.DOTALL,
    ):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
        sent[name] = chosen[1] if chosen else ""
    sent |= {"people": str(world["mother"].pk), "seen": phone.value("seen")}
    phone.send(address, keep="1", **{**TYPED, **sent})
    assert phone.page.status_code == 200


def laid(world: World) -> dict[str, str | None]:
    with tenancy.scope(world.id):
        newest = CommunicationRecord.objects.get(version=2)
        return {
            item.kind: str(item.attachment_id) if item.attachment_id else None
            for item in newest.prepared.all()
        }


@pytest.mark.parametrize("own", [False, True])
def test_saving_the_next_version_keeps_what_it_names(world: World, *, own: bool) -> None:
    paper, files = signed_with_two(world)
    phone, address = next_version(world, paper)
    if own:
        id_ = address.split("/")[2]
        sent = upload(paper.writer, id_, png(), name="x.png", media_type="image/png")
        assert sent.status_code == 201

    save_as_shown(world, phone, address)

    assert laid(world) == dict(zip(LAID, files, strict=True))
    phone.open(address)
    assert "（已列入）" in phone.html


def test_one_that_is_gone_takes_no_other_with_it(world: World) -> None:
    paper, (gone, kept) = signed_with_two(world)
    phone, address = next_version(world, paper)
    with tenancy.scope(world.id) as at:
        head = world["head_of_office"]
    destroying.destroy(
        school_id=world.id,
        by=head,
        at=at,
        attachment_id=UUID(gone),
        why="mistaken",
        reason="传错了文件",
    )

    save_as_shown(world, phone, address)

    assert laid(world) == {"TRANSCRIPT": None, "OBSERVATION": kept}
