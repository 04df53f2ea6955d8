"""Consents over the API: given, listed, taken back, and asked for where a report is prepared."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.callers import member
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


def yes() -> dict[str, str]:
    ends_at = datetime.now(UTC) + timedelta(days=30)
    return {"purpose": "PSY_REPORT", "ends_at": ends_at.isoformat()}


def address(world: World) -> str:
    return f"/students/{world.student.pk}/consents"


def test_a_mother_gives_and_takes_back(world: World) -> None:
    mother = member(world, "mother")
    made = mother.post(address(world), yes())
    assert (made.status_code, made.json()["holds"]) == (201, True)

    back = mother.post(f"/consents/{made.json()['id']}/withdraw")

    assert (back.status_code, back.json()["holds"]) == (200, False)
    known = member(world, "teacher").get(address(world)).json()["results"]
    assert [one["state"] for one in known] == ["WITHDRAWN"]


def test_the_same_key_gives_one_consent(world: World) -> None:
    mother, body = member(world, "mother"), yes()
    first, again = (mother.post(address(world), body, Idempotency_Key="yes-1") for _ in range(2))

    assert first.json()["id"] == again.json()["id"]
    assert len(mother.get(address(world)).json()["results"]) == 1


def test_a_teacher_without_proof_is_told_the_field(world: World) -> None:
    body = {**yes(), "giver": str(world["mother"].pk)}
    refused = member(world, "teacher").post(address(world), body)

    assert refused.status_code == 422
    assert "proof_note" in refused.content.decode()
