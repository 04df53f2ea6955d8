"""Words of a plan: what a company reads of it, and the same check when an item is changed."""

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput
from records import plans
from records.models import ActionItem
from tests.factories import World
from tests.records.agreed import amend, at, draft, now, one

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("field", ["title", "measure", "baseline", "target"])
@pytest.mark.parametrize(
    "text", ["少排夜班，家里交不起房租", "哮喘发作时可以休息", "和李四光分开站", "和陈小错开班次"]
)
def test_a_company_reads_nothing_about_money_health_or_other_students(
    world: World, field: str, text: str
) -> None:
    item = one(world, draft(owner_party="COMPANY", title="每周二不排夜班"))
    with tenancy.scope(world.id):
        world.pupil("李四光", world.other_class)
        world.pupil("陈小", world.school_class)

    with pytest.raises(InvalidInput) as made:
        one(world, draft(**{"owner_party": "COMPANY", "title": "每周二不排夜班", field: text}))
    with pytest.raises(InvalidInput) as amended:
        amend(world, item, **{field: text})

    assert (made.value.field, amended.value.field) == (field, field)
    assert made.value.mend


def test_what_the_family_agrees_on_may_be_about_money_and_is_of_that_class(world: World) -> None:
    item = one(world, draft(title="助学金申请材料"))
    assert now(world, item).field_class == "ECO"

    amend(world, item, by="deputy", target="补贴申请交齐", field_class="COM")

    found = now(world, item)
    assert (found.target, found.field_class) == ("补贴申请交齐", "ECO")  # nothing lowers it


@pytest.mark.parametrize(
    ("text", "code", "office"),
    [
        ("低保续办", "ECO", "deputy"),
        ("抑郁症复诊", "HLT", "counsellor"),
        ("心理测评", "HLT", "counsellor"),
    ],
)
def test_an_item_is_read_by_the_readers_of_what_it_says(
    world: World, text: str, code: str, office: str
) -> None:
    plain = one(world, draft(title="每周通话一次"))
    amend(world, plain, target=text)
    for item in (plain, one(world, draft(measure=text))):
        assert now(world, item).field_class == code
        for who, reads in {"mother": True, office: True, "teacher": False}.items():
            with tenancy.scope(world.id):
                viewer = Viewer.load(world[who], at=at(14))
                fields = viewer.fields(viewer.get(ActionItem, item.pk))
            assert ("title" in fields) == reads, who


def test_an_item_about_money_has_an_owner_at_school_who_reads_it(world: World) -> None:
    owned = one(world, draft(owner_party="SCHOOL", owner_id=world["teacher"].pk, title="低保续办"))
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=at(14))
        assert "title" in viewer.fields(viewer.get(ActionItem, owned.pk))

    with pytest.raises(InvalidInput, check=lambda no: no.field == "owner"):
        one(world, draft(owner_party="SCHOOL", title="低保续办"))
    nobodys = one(world, draft(owner_party="SCHOOL"))
    with pytest.raises(InvalidInput, check=lambda no: no.field == "owner"):
        amend(world, nobodys, title="低保续办")


def test_money_and_health_are_two_items(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        one(world, draft(title="母亲抑郁症复诊，家里低保续办"))

    assert "两个事项" in refused.value.mend


def test_nobody_drops_an_item_with_words_that_judge(world: World) -> None:
    item = one(world)

    def drop(why: str) -> None:
        plans.drop(school_id=world.id, item_id=item.pk, by=world["teacher"], at=at(14), why=why)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "why"):
        drop("问题家庭，无可救药。")
    drop("家长已改为每周通话一次。")
    assert now(world, item).state == "DROPPED"


def test_an_amendment_obeys_neutral_words(world: World) -> None:
    item = one(world)

    with pytest.raises(InvalidInput) as refused:
        amend(world, item, target="不再是问题家庭的差生")

    assert refused.value.field == "target"
