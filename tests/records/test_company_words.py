"""What a company reads holds nothing of a student's home, health, conduct or troubles."""

import csv
from pathlib import Path

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput
from parties.privacy import FieldClass
from records import plan_views, plans, sensitivity
from records.models import ActionItem
from tests.factories import World
from tests.records.agreed import amend, at, draft, now, one

_HERE = Path(__file__).with_name("company_texts")
with (_HERE / "held.csv").open(encoding="utf-8", newline="") as _file:
    HELD = [(row["text"], row["class"]) for row in csv.DictReader(_file)]
HONEST = (_HERE / "passes.txt").read_text(encoding="utf-8").splitlines()

#: One of each kind, in everyday words.
KINDS = {
    "上学期受处分，请多关照": "行为与奖惩",
    "他割过腕，不排夜班": "危机与保护",
    "有人身保护令，不让他父亲进厂": "危机与保护",
    "以前被霸凌，胆子小": "危机与保护",
    "家住幸福小区3栋2单元501": "联系方式",
    "有事打妈妈手机138 1234 5678": "联系方式",
    "身份证330102200801011234": "证件与账户",
    "有派出所案底": "行为与奖惩",
    "周三去心理辅导中心，请准假": "心理测评与咨询",
    "家里条件不好，请包吃住": "家庭经济与资助",
    "留守儿童，跟奶奶过": "家庭结构与监护",
    "有身孕，请调到坐班": "健康与病史",
}
DRESSED = [
    "留 校 察 看",
    "割·腕",
    "心，理，辅，导",
    "記過",
    "xinli zixun",
    "１３８１２３４５６７８",
    "138\u200b12345678",
]


def test_the_labelled_sets_are_whole() -> None:
    assert (len(HELD), len({text for text, _ in HELD})) == (198, 198)
    assert (len(HONEST), len(set(HONEST))) == (178, 178)
    found = {code for _, code in HELD}
    assert {"CND", "CRI", "CON", "GID", "PSY", "ECO", "FAM", "HLT"} <= found


@pytest.mark.parametrize(("text", "code"), HELD)
def test_no_company_reads_what_an_everyday_sentence_tells(text: str, code: str) -> None:
    assert FieldClass(code) in sensitivity.withheld(text)


@pytest.mark.parametrize("text", HONEST)
def test_honest_words_about_work_pass(text: str) -> None:
    assert not sensitivity.withheld(text)


@pytest.mark.parametrize("text", DRESSED)
def test_a_dress_hides_nothing(text: str) -> None:
    assert sensitivity.withheld(text)


@pytest.mark.parametrize(
    "text",
    [
        "住公司宿舍，怀孕了",
        "公司离她家幸福路8号很近",
        "下班送到南山路18号，再回公司",
        "实习地点离奶奶家人民路12号不远",
        "每周送医院复查一次",
        "高温补贴要寄给奶奶治病",
        "公司办公楼有她奶奶住的病室",
        "员工公寓3栋住着她的继父",
        "禁止打架，他被记过",
        "孕妇优先，她有身孕",
        "故障诊断实训前先服药",
        "厂区3号楼旁是她家，父亲酗酒",
        "他自闭，门边的岗位合适",
        "家庭暴力，装作没事",
        "双相，电话里别提",
        "在吃抗过敏药",
        "拿刀架过自己脖子",
        "上吊，下来时还有气",
        "她年轻，生过孩子",
    ],
)
def test_words_of_another_meaning_cover_nothing_beside_them(text: str) -> None:
    assert sensitivity.withheld(text)


@pytest.mark.parametrize("text", ["该生受处分", "建议心理辅导", "跟奶奶过"])
def test_school_and_family_talk_of_it_as_before(text: str) -> None:
    assert not sensitivity.special(text)


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_an_item_of_a_company_is_refused_with_the_field_and_the_mend(
    world: World, text: str, kind: str
) -> None:
    item = one(world, draft(owner_party="COMPANY", title="每周二不排夜班"))

    with pytest.raises(InvalidInput) as made:
        one(world, draft(owner_party="COMPANY", title="每周二不排夜班", measure=text))
    with pytest.raises(InvalidInput) as amended:
        amend(world, item, target=text)

    assert (made.value.field, amended.value.field) == ("measure", "target")
    assert kind in str(made.value)
    assert "岗位上要做的事" in made.value.mend
    assert now(world, item).target == "每天完成"


@pytest.mark.django_db
def test_the_school_and_the_family_own_items_with_the_same_words(world: World) -> None:
    item = one(world, draft(title="每周三去心理辅导中心，处分期内不缺席"))

    assert now(world, item).field_class == "COM"


@pytest.mark.django_db
def test_staff_add_no_such_word_to_an_item_of_a_company(world: World) -> None:
    item = one(world, draft(owner_party="COMPANY", title="每周二不排夜班"))

    with pytest.raises(InvalidInput) as refused:
        plans.drop(
            school_id=world.id, item_id=item.pk, by=world["teacher"], at=at(14), why="受处分离岗"
        )

    assert refused.value.field == "why"


@pytest.mark.django_db
def test_what_was_written_before_the_lists_grew_is_shut_to_the_company(world: World) -> None:
    item = one(world, draft(owner_party="COMPANY", title="每周二不排夜班"))
    with tenancy.scope(world.id):
        row = ActionItem.objects.get(pk=item.pk)
        row.title, row.measure = "正在留校察看期，请注意考勤", "每天签到"
        row.save(update_fields=["title", "measure"])
        seen = {}
        for who in ("mentor", "teacher"):
            viewer = Viewer.load(world[who], at=at(14))
            seen[who] = plan_views.shown(viewer, viewer.get(ActionItem, item.pk))

    assert "title" not in seen["mentor"]
    assert (seen["mentor"]["label"], seen["mentor"]["measure"]) == ("行动事项", "每天签到")
    assert seen["teacher"]["title"] == "正在留校察看期，请注意考勤"
