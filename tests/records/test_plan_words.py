"""Words of a plan: what a company reads of it, and the same check when an item is changed."""

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from tests.factories import World
from tests.records.agreed import amend, draft, now, one

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


def test_what_the_family_agrees_on_may_be_about_money(world: World) -> None:
    item = one(world, draft(title="助学金申请材料"))

    amend(world, item, target="补贴申请交齐")

    assert now(world, item).target == "补贴申请交齐"


def test_an_amendment_obeys_neutral_words(world: World) -> None:
    item = one(world)

    with pytest.raises(InvalidInput) as refused:
        amend(world, item, target="不再是问题家庭的差生")

    assert refused.value.field == "target"
