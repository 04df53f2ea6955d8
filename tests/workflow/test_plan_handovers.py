"""Somebody else of the same party takes an item on; what was done of it stays with it."""

from typing import Any
from uuid import UUID

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from parties.models import CompanyMember, Membership, Restriction
from records import check_ins
from records.models import ActionItem, EarlierWords, FileEntry
from tests.factories import LONG_AGO, World
from tests.records.agreed import at, daily, draft, now, one
from tests.workflow.outbox import events
from tests.workflow.test_plan_ladder import FRIDAY, look, told
from tests.workflow.test_plan_moves import amend

pytestmark = pytest.mark.django_db


def of_school(world: World, **changes: Any) -> ActionItem:
    return one(
        world,
        draft(due_at=FRIDAY, owner_party="SCHOOL", owner_id=world["duty_officer"].pk, **changes),
    )


def hand(world: World, item: ActionItem, to: str | None, by: str = "teacher") -> None:
    amend(world, item, when=at(14), by=by, owner_id=None if to is None else world[to].pk)


def owner(world: World, item: ActionItem) -> UUID | None:
    return now(world, item).owner_person_id


def test_what_somebody_who_left_took_on_goes_to_a_colleague(world: World) -> None:
    item = of_school(world)
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["duty_officer"]).update(ends_at=at(13))

    hand(world, item, "grade_leader")

    assert owner(world, item) == world["grade_leader"].pk
    assert told(world) == [("plan.handed_over", "grade_leader", "in_app")]
    look(FRIDAY)
    assert told(world, "plan.due") == [("plan.due", "grade_leader", "in_app")]


def test_the_history_says_who_had_it_and_who_handed_it_over(world: World) -> None:
    item = of_school(world)
    hand(world, item, "grade_leader")

    with tenancy.scope(world.id):
        row = EarlierWords.objects.get(item=item.pk)
        assert row.said == {"owner_person_id": str(world["duty_officer"].pk)}
        assert row.by == world["teacher"]
        assert world["grade_leader"].pk in FileEntry.objects.get(object_id=item.pk).people
    assert events(world, "plan.item_amended")[0]["payload"] == {"fields": ["owner_person_id"]}
    assert events(world, "plan.handed_over")[0]["payload"] == {"told": 1}


def test_the_days_of_before_stay_with_the_item(world: World) -> None:
    item = one(world, daily(owner_id=world["mother"].pk))
    check_ins.check_in(school_id=world.id, item_id=item.pk, by=world["mother"], at=at(13))

    hand(world, item, "father")

    after = now(world, item)
    with tenancy.scope(world.id):
        assert check_ins.progress(after, at=at(14)).done == 1
    assert {name for _, name, _ in told(world, "plan.handed_over")} == {"father"}


def test_it_may_go_back_to_the_party_as_such(world: World) -> None:
    item = one(world, draft(due_at=FRIDAY, owner_id=world["father"].pk))
    hand(world, item, None)

    assert owner(world, item) is None
    assert {name for _, name, _ in told(world, "plan.handed_over")} == {"father", "mother"}


def test_the_same_owner_again_tells_nobody(world: World) -> None:
    item = of_school(world)
    hand(world, item, "duty_officer")

    assert told(world) == []
    assert events(world, "plan.handed_over") == []


def test_who_takes_it_on_themselves_needs_no_telling(world: World) -> None:
    hand(world, of_school(world), "teacher")

    assert told(world) == []


@pytest.mark.parametrize(
    ("party", "to"),
    [
        ("SCHOOL", "mother"), ("SCHOOL", "stranger"), ("FAMILY", "teacher"),
        ("FAMILY", "father"), ("STUDENT", "mother"), ("COMPANY", "teacher"),
    ],
)  # fmt: skip
def test_it_goes_to_nobody_beyond_its_party_or_who_may_not_be_told(
    world: World, party: str, to: str
) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"],
            kind=Restriction.Kind.NO_CONTACT, starts_at=LONG_AGO,
        )  # fmt: skip
    item = one(world, draft(due_at=FRIDAY, owner_party=party))
    before = owner(world, item)

    with pytest.raises(InvalidInput) as refused:
        hand(world, item, to)

    assert refused.value.field == "owner"
    assert refused.value.mend
    assert owner(world, item) == before
    assert told(world) == []


def test_a_mentor_who_left_the_company_takes_nothing_on(world: World) -> None:
    item = one(world, draft(due_at=FRIDAY, owner_party="COMPANY"))
    with tenancy.scope(world.id):
        CompanyMember.objects.update(ends_at=at(13))
    with pytest.raises(InvalidInput):
        hand(world, item, "mentor")

    with tenancy.scope(world.id):
        CompanyMember.objects.update(ends_at=None)
    hand(world, item, "mentor")
    assert owner(world, item) == world["mentor"].pk


def test_money_and_health_stay_with_somebody_who_is_named(world: World) -> None:
    item = of_school(world, field_class="ECO")
    with pytest.raises(InvalidInput) as refused:
        hand(world, item, None, by="duty_officer")

    assert refused.value.field == "owner"
