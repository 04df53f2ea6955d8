"""A guardian whom a crisis named keeps the consents of before as they stood, and none since."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parties import clock, consent_refusals, consents, tenancy
from parties.access import Viewer
from parties.consents import Given
from parties.models import Consent
from tests.api.callers import member
from tests.factories import HOUR, World
from tests.portal.visitors import by_password
from tests.privacy.test_items_stand_still import named

pytestmark = pytest.mark.django_db(transaction=True)

PURPOSE = "PSY_REPORT"
Act = Callable[[World], Any]


def viewing(world: World, who: str, at: Any = None) -> Viewer:
    return Viewer.load(world[who], at=at or clock.now())


def gives(world: World, who: str, *, ago: timedelta = timedelta()) -> Consent:
    with tenancy.scope(world.id):
        at = clock.now() - ago
        given = Given(purpose=PURPOSE, ends_at=at + timedelta(days=30))
        viewer = viewing(world, who, at)
        return consents.give(viewer, student_id=world.student.pk, given=given)


def takes_back(world: World, who: str, *, ago: timedelta = timedelta()) -> None:
    with tenancy.scope(world.id):
        viewer = viewing(world, who, clock.now() - ago)
        consents.withdraw_all(viewer, student_id=world.student.pk, purpose=PURPOSE)


def refuses(world: World, who: str) -> None:
    with tenancy.scope(world.id):
        viewer = viewing(world, who)
        consent_refusals.refuse(viewer, student_id=world.student.pk, purpose=PURPOSE)


def changes_her_mind(world: World) -> None:
    takes_back(world, "mother")
    gives(world, "mother")


def known(world: World, who: str) -> Any:
    """Over every door: the list, the page, and the lines of the file."""
    caller, phone = member(world, who), by_password(world, who)
    student = world.student.pk
    listed = caller.get(f"/students/{student}/consents").json()["results"]
    lines = caller.get(f"/students/{student}/file").json()["results"]
    kept = [one for one in lines if one["kind"].startswith("consent")]
    return listed, phone.open(f"/students/{student}/consents").status_code, phone.text, kept


HIDDEN: dict[str, Act] = {
    "she gives": lambda world: gives(world, "mother"),
    "she takes hers back": lambda world: takes_back(world, "mother"),
    "she refuses": lambda world: refuses(world, "mother"),
    "the student takes it back": lambda world: takes_back(world, "student"),
    "she takes it back and gives again": changes_her_mind,
}


@pytest.mark.parametrize("act", HIDDEN)
@pytest.mark.parametrize("first", ["mother", "father"])
def test_what_others_say_since_does_not_reach_him(world: World, first: str, act: str) -> None:
    gives(world, first, ago=2 * HOUR)
    named(world)
    before = known(world, "father")

    HIDDEN[act](world)

    assert known(world, "father") == before
    assert len(known(world, "mother")[3]) > len(before[3])


def test_what_was_said_before_stays_with_him(world: World) -> None:
    gives(world, "mother", ago=3 * HOUR)
    takes_back(world, "mother", ago=2 * HOUR)
    before = known(world, "father")
    named(world)

    assert known(world, "father") == before
    assert [one["state"] for one in before[0]] == ["WITHDRAWN"]


def doors(world: World, yes: Consent) -> dict[str, Act]:
    """Every way in which a father says that it is over."""
    student = world.student.pk
    father = member(world, "father")

    def page(name: str, **body: str) -> None:
        phone = by_password(world, "father")
        phone.open(f"/students/{student}/consents")
        phone.send(f"/students/{student}/consents/{name}", **body)

    return {
        "api withdraw": lambda _: father.post(f"/consents/{yes.pk}/withdraw", {}),
        "api refuse": lambda _: father.post(
            f"/students/{student}/consents/refuse", {"purpose": PURPOSE}
        ),
        "page withdraw": lambda _: page("withdraw"),
        "page refuse": lambda _: page("refuse", answer="no"),
    }


@pytest.mark.parametrize("act", [None, *HIDDEN])
@pytest.mark.parametrize("door", ["api withdraw", "api refuse", "page withdraw", "page refuse"])
def test_his_own_no_looks_the_same_to_him_and_counts(
    world: World, door: str, act: str | None
) -> None:
    """Whatever others have said by then: None is the world in which nobody has."""
    yes = gives(world, "mother", ago=2 * HOUR)
    named(world)
    if act is not None:
        HIDDEN[act](world)

    said = doors(world, yes)[door](world)

    if said is not None:
        assert (said.status_code, said.json()["state"], said.json()["id"]) == (
            200, "WITHDRAWN", str(yes.pk),
        )  # fmt: skip
        assert said.json()["withdrawn_at"] is not None
    listed, _, text, kept = known(world, "father")
    assert [(one["id"], one["state"]) for one in listed] == [(str(yes.pk), "WITHDRAWN")]
    assert text.count("已撤回") == 1
    assert "由您撤回" in text or "您撤回" in text
    assert [(one["kind"], one["by"] and one["by"]["name"]) for one in kept] == [
        ("consent_withdrawn", "father"), ("consent", "mother"),
    ]  # fmt: skip
    with tenancy.scope(world.id):
        assert consents.refused(viewing(world, "teacher"), student=world.student) == [PURPOSE]
        assert not consents.is_held(
            viewing(world, "teacher"), student=world.student, purpose=PURPOSE
        )
    again = known(world, "father")
    if said is not None:
        doors(world, yes)[door](world)
    assert known(world, "father") == again


def test_his_no_on_the_phone_is_written_down_the_same_way(world: World) -> None:
    yes = gives(world, "mother", ago=2 * HOUR)
    named(world)
    takes_back(world, "mother")
    teacher = member(world, "teacher")
    said = teacher.post(
        f"/students/{world.student.pk}/consents/refuse",
        {"purpose": PURPOSE, "said_by": str(world["father"].pk)},
    )

    assert said.status_code == 200
    listed, _, text, _ = known(world, "father")
    assert [(one["id"], one["state"]) for one in listed] == [(str(yes.pk), "WITHDRAWN")]
    assert text.count("已撤回") == 1


def test_a_students_hidden_no_does_not_refuse_his_yes(world: World) -> None:
    gives(world, "mother", ago=2 * HOUR)
    named(world)
    takes_back(world, "student")

    gives(world, "father")

    assert [one["state"] for one in known(world, "father")[0]] == ["GIVEN", "GIVEN"]
    with tenancy.scope(world.id):
        assert not consents.is_held(
            viewing(world, "teacher"), student=world.student, purpose=PURPOSE
        )


def test_she_and_the_school_read_on(world: World) -> None:
    gives(world, "mother", ago=2 * HOUR)
    named(world)
    takes_back(world, "mother")
    gives(world, "mother")

    for who in ("mother", "teacher", "student"):
        listed = member(world, who).get(f"/students/{world.student.pk}/consents").json()["results"]
        assert sorted(one["state"] for one in listed) == ["GIVEN", "WITHDRAWN"], who
