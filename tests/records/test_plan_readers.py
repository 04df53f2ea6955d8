"""Who reads what of an item of a plan: family, team, company, and the offices of aid and health."""

import pytest
from django.db import IntegrityError, transaction

from parties import tenancy
from parties.access import Viewer
from parties.roles import Role
from records.models import ActionItem
from tests.factories import World
from tests.records.agreed import agree, at, daily, draft, meeting, one

pytestmark = pytest.mark.django_db


def fields(world: World, item: ActionItem, name: str) -> frozenset[str]:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[name], at=at(13))
        found = viewer.rows(ActionItem).filter(pk=item.pk).first()
        return frozenset() if found is None else viewer.fields(found)


@pytest.mark.parametrize("name", ["teacher", "grade_leader", "duty_officer", "mother", "student"])
def test_family_and_team_read_an_ordinary_item(world: World, name: str) -> None:
    assert {"title", "target", "evidence_note"} <= fields(world, one(world), name)


def test_a_company_reads_five_fields_of_its_own_items_and_no_trace_of_others(world: World) -> None:
    case = meeting(world)
    own, home = agree(world, case, draft(owner_party="COMPANY"), daily())

    assert fields(world, own, "mentor") == {
        "id", "title", "measure", "target", "due_at", "state",
    }  # fmt: skip
    assert fields(world, home, "mentor") == frozenset()


def test_of_aid_the_school_sees_that_there_is_something(world: World) -> None:
    with tenancy.scope(world.id):
        aid = world.staff("aid_officer", Role.FA)
    item = one(world, draft(owner_party="SCHOOL", owner_id=aid.pk, field_class="ECO"))

    for name in ("teacher", "grade_leader", "duty_officer", "student"):
        seen = fields(world, item, name)
        assert "state" in seen, name
        assert seen.isdisjoint({"title", "measure", "baseline", "target"}), name
    for name in ("aid_officer", "mother"):
        assert "title" in fields(world, item, name)
    for name in ("counsellor", "mentor", "stranger"):
        assert fields(world, item, name) == frozenset()


def test_of_health_the_counsellor_reads_and_the_teacher_does_not(world: World) -> None:
    item = one(world, draft(field_class="HLT"))

    assert "title" not in fields(world, item, "teacher")
    assert "title" in fields(world, item, "counsellor")
    assert fields(world, item, "deputy") == frozenset()  # an aid officer


def test_a_company_never_has_an_item_of_aid_even_by_raw_sql(world: World) -> None:
    item = one(world, draft(owner_party="COMPANY"))

    with tenancy.scope(world.id), pytest.raises(IntegrityError), transaction.atomic():
        ActionItem.objects.filter(pk=item.pk).update(field_class="ECO")
