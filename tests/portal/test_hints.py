"""先看看用语: what the page says of the words before a record is handed over."""

import pytest

from parties import tenancy
from records import lexicons
from records.language import parse
from tests.factories import World
from tests.portal.test_records import TYPED, writing


def test_a_word_of_the_schools_own_is_hinted_before_it_stops_the_hand_over(world: World) -> None:
    rows = "phrase,severity,category,neutral_wording\n"
    rows += "机床杀手,forbidden,student_label,〔日期〕操作中损坏〔部件〕，已重新示范\n"
    with tenancy.scope(world.id):
        lexicons.replace(school_id=world.id, rows=parse(rows))
    phone, address = writing(world)

    phone.send(address, look="1", **{**TYPED, "s_FACT": "他是机床杀手。"})

    assert "已重新示范" in phone.text
    assert "用语没有需要修改的地方" not in phone.text


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("trigger_note", "触发原因的说明"),
        ("place", "具体地点"),
        ("next_focus", "下次沟通重点"),
        ("prep_note_1", "事先准备的材料"),
    ],
)
def test_every_word_of_the_page_is_looked_at(world: World, field: str, label: str) -> None:
    phone, address = writing(world)
    papers = {"prep_kind_1": "OTHER"} if field.startswith("prep") else {}

    phone.send(address, look="1", **TYPED, **papers, **{field: "问题家庭的孩子"})

    assert f"{label} “问题家庭”" in phone.text
    assert "用语没有需要修改的地方" not in phone.text
