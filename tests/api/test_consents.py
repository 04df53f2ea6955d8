"""Consents over the API: given, listed, taken back, and asked for where a report is prepared."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from parties import tenancy
from tests.api.callers import member
from tests.factories import World
from tests.records.meeting_days import restrict
from workflow.models import IdempotencyKey

pytestmark = pytest.mark.django_db(transaction=True)


def yes() -> dict[str, str]:
    ends_at = datetime.now(UTC) + timedelta(days=30)
    return {"purpose": "PSY_REPORT", "ends_at": ends_at.isoformat()}


def address(world: World) -> str:
    return f"/students/{world.student.pk}/consents"


def test_a_mother_gives_and_takes_back(world: World) -> None:
    mother, teacher = member(world, "mother"), member(world, "teacher")
    made = mother.post(address(world), yes())
    assert (made.status_code, made.json()["state"]) == (201, "GIVEN")
    assert [one["holds"] for one in teacher.get(address(world)).json()["results"]] == [True]

    back = mother.post(f"/consents/{made.json()['id']}/withdraw")

    assert (back.status_code, back.json()["state"]) == (200, "WITHDRAWN")
    known = teacher.get(address(world)).json()["results"]
    assert [(one["state"], one["holds"]) for one in known] == [("WITHDRAWN", False)]


def test_the_desk_reads_that_one_guardian_refuses_and_nobody_at_home_does(world: World) -> None:
    mother, father, teacher = (member(world, who) for who in ("mother", "father", "teacher"))
    first = mother.post(address(world), yes()).json()["id"]
    father.post(f"/consents/{first}/withdraw")
    mother.post(address(world), yes())

    told = teacher.get(address(world)).json()
    assert told["refused"] == ["PSY_REPORT"]
    assert {(one["state"], one["holds"]) for one in told["results"]} == {
        ("GIVEN", False), ("WITHDRAWN", False),
    }  # fmt: skip
    for reader in (mother, father):
        body = reader.get(address(world)).json()
        assert "refused" not in body
        assert not [one for one in body["results"] if "holds" in one]
    assert father.post(address(world), yes()).status_code == 201
    told = teacher.get(address(world)).json()
    assert told["refused"] == []
    assert sorted(one["holds"] for one in told["results"]) == [False, True, True]


def test_at_home_an_order_changes_no_byte_of_what_was_given(world: World) -> None:
    """Also not that a no which was in the way has ended with it."""
    mother, father = member(world, "mother"), member(world, "father")
    first = mother.post(address(world), yes()).json()["id"]
    father.post(f"/consents/{first}/withdraw")
    father.post(address(world), yes())
    mother.post(address(world), yes())
    before = mother.get(address(world)).content

    restrict(world, "father", "NO_CONTACT")

    assert mother.get(address(world)).content == before


def test_the_same_key_gives_one_consent(world: World) -> None:
    mother, body = member(world, "mother"), yes()
    first, again = (mother.post(address(world), body, Idempotency_Key="yes-1") for _ in range(2))

    assert first.json()["id"] == again.json()["id"]
    assert len(mother.get(address(world)).json()["results"]) == 1


def test_a_try_that_takes_over_a_dead_ones_key_finds_its_consent(world: World) -> None:
    mother, body = member(world, "mother"), yes()
    first = mother.post(address(world), body, Idempotency_Key="yes-1")
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(
            status=None, created_at=F("created_at") - timedelta(seconds=31)
        )

    again = mother.post(address(world), body, Idempotency_Key="yes-1")

    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert len(mother.get(address(world)).json()["results"]) == 1


def test_a_teacher_without_proof_is_told_the_field(world: World) -> None:
    body = {**yes(), "giver": str(world["mother"].pk)}
    refused = member(world, "teacher").post(address(world), body)

    assert refused.status_code == 422
    assert "proof_note" in refused.content.decode()


def test_staff_says_whose_no_it_was_and_nobody_at_home_for_another(world: World) -> None:
    mother, teacher = member(world, "mother"), member(world, "teacher")
    father = {"said_by": str(world["father"].pk)}
    first = mother.post(address(world), yes()).json()["id"]

    assert mother.post(f"/consents/{first}/withdraw", father).status_code == 403
    assert teacher.post(f"/consents/{first}/withdraw", father).status_code == 200

    mother.post(address(world), yes())
    assert teacher.get(address(world)).json()["refused"] == ["PSY_REPORT"]


def test_a_father_says_no_before_anybody_said_yes(world: World) -> None:
    mother, father, teacher = (member(world, who) for who in ("mother", "father", "teacher"))
    empty = mother.get(address(world)).content

    said = father.post(f"{address(world)}/refuse", {"purpose": "PSY_REPORT"})

    assert said.status_code == 200
    assert [said.json()[name] for name in ("state", "proof", "ends_at")] == ["REFUSED", "", None]
    assert mother.get(address(world)).content == empty
    assert mother.post(address(world), yes()).status_code == 201
    told = teacher.get(address(world)).json()
    assert told["refused"] == ["PSY_REPORT"]
    assert not any(one["holds"] for one in told["results"])
    assert father.post(address(world), yes()).status_code == 201
    assert any(one["holds"] for one in teacher.get(address(world)).json()["results"])
