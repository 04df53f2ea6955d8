"""Handing over a record in which nobody of the family stands: the page says so and keeps all."""

import pytest

from parties import tenancy
from records.models import CommunicationRecord
from tests.api.papers import FACT, written
from tests.factories import World
from tests.portal.visitors import by_password

pytestmark = pytest.mark.django_db

TYPED = {"started_at": "2026-10-09T16:00", "place_kind": "OFFICE", "presence": "", "s_FACT": FACT}


def states(world: World) -> list[str]:
    with tenancy.scope(world.id):
        return list(CommunicationRecord.objects.values_list("state", flat=True))


def test_the_page_that_writes_it_keeps_what_was_typed_and_stores_nothing(world: World) -> None:
    phone = by_password(world, "teacher")
    address = f"/students/{world.student.pk}/records/new?trigger=PRAISE"
    phone.open(address)
    nonce = phone.value("nonce")

    answer = phone.send(address, offer="1", nonce=nonce, **TYPED)

    assert answer.status_code == 400
    assert "请加上一位监护人" in phone.text
    assert FACT in phone.text
    assert states(world) == []

    absent = {**TYPED, "presence": "ABSENT", "people": [str(world["father"].pk)]}
    phone.send(address, offer="1", nonce=nonce, **absent)
    assert states(world) == ["PENDING_SIGNATURES"]
    assert "father（家长，父亲，未到）" in phone.text


def test_a_draft_may_still_be_kept_without_them(world: World) -> None:
    phone = by_password(world, "teacher")
    address = f"/students/{world.student.pk}/records/new?trigger=PRAISE"
    phone.open(address)

    phone.send(address, keep="1", nonce=phone.value("nonce"), **TYPED)

    assert states(world) == ["DRAFT"]


def test_the_page_of_a_draft_says_it_and_leaves_it_as_it_was(world: World) -> None:
    paper = written(world)
    paper.meet()
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}")

    answer = phone.send(f"/records/{paper.id}/offer", seen=phone.value("seen"))

    assert answer.status_code == 400
    assert "请加上一位监护人" in phone.text
    assert states(world) == ["DRAFT"]


def test_the_api_names_the_field(world: World) -> None:
    paper = written(world)
    paper.meet()
    paper.do("check")

    answer = paper.writer.post(f"/records/{paper.id}/offer", {}, If_Match=paper.etag)

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], "监护人" in error["mend"]) == ("participants", True)
