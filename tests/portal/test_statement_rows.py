"""Several statements in one section of the page of a record, each with its source and status."""

import re

from parties import tenancy
from portal import statement_rows
from records.models import CommunicationRecord, Statement
from tests.api.papers import FACT, written
from tests.factories import World
from tests.portal.browsers import filled, tap
from tests.portal.test_records import TYPED, statements, stored, writing
from tests.portal.visitors import Phone, by_password

OTHER = "企业师傅 10月9日 电话：当天迟到 20 分钟。"
SECOND = {"s_FACT_2": OTHER, "source_FACT_2": "COMPANY", "status_FACT_2": "TO_VERIFY"}


def facts(world: World) -> list[tuple[str, str, str]]:
    with tenancy.scope(world.id):
        rows = CommunicationRecord.objects.get().statements.filter(withdrawn_at=None)
        return [(one.source, one.status, one.text) for one in rows.order_by("place")]


def editing(world: World, *texts: str) -> tuple[Phone, str]:
    paper = written(world, *texts)
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}/edit")
    return phone, f"/records/{paper.id}/edit"


def test_two_people_tell_two_facts_in_one_section(world: World) -> None:
    phone, address = writing(world, "STUDY")
    assert "再加一条“问题描述（第2条）”" in phone.text

    phone.send(address, keep="1", source_FACT="TEACHER", **SECOND, **TYPED)

    assert facts(world) == [
        ("TEACHER", "ONE_SIDED", FACT),
        ("COMPANY", "TO_VERIFY", OTHER),
    ]
    assert OTHER in phone.text


def test_the_page_keeps_all_of_them_and_always_has_room_for_one_more(world: World) -> None:
    phone, address = writing(world, "STUDY")

    phone.send(address, look="1", **SECOND, **TYPED)

    assert OTHER in phone.html
    assert 'name="s_FACT_3"' in phone.html
    assert 'name="s_FACT_4"' not in phone.html
    assert '<option value="COMPANY" selected>' in phone.html


def test_a_draft_shows_all_of_ones_own_and_takes_one_back(world: World) -> None:
    phone, address = editing(world, FACT, OTHER)
    assert OTHER in phone.html
    same = {**TYPED, "seen": phone.value("seen"), "source_FACT": "TEACHER"}

    phone.send(address, keep="1", s_FACT_2=" ", s_FACT_3="10月10日到岗。", **same)

    assert [text for *_, text in facts(world)] == [FACT, "10月10日到岗。"]
    with tenancy.scope(world.id):
        assert Statement.objects.exclude(withdrawn_at=None).get().text == OTHER


def test_a_page_that_did_not_ask_for_a_statement_leaves_it(world: World) -> None:
    phone, address = editing(world, FACT, OTHER)

    phone.send(address, keep="1", seen=phone.value("seen"), **TYPED)

    assert [text for *_, text in facts(world)] == [FACT, OTHER]


def test_what_is_wrong_with_one_of_them_is_said_beside_it(world: World) -> None:
    phone, address = writing(world, "STUDY")
    first = {"s_EMOTION": "沉默约2分钟，然后点头。", "whose": str(world["mother"].pk),
             "observed": "SILENT"}  # fmt: skip
    second = {"s_EMOTION_2": "起身离开。", "observed_2": "STOOD_UP"}

    answer = phone.send(address, keep="1", **second, **first, **TYPED)

    assert answer.status_code == 400
    wrong = phone.html.split('id="field-whose_2"')[1]
    assert "没有说明是哪位家长的反应" in wrong.split("<select")[0]
    assert "起身离开。" in phone.html
    father = {"whose_2": str(world["father"].pk)}
    phone.send(address, keep="1", **second, **father, **first, **TYPED)
    assert reactions(world) == [("mother", "SILENT"), ("father", "STOOD_UP")]
    assert statements(world)["EMOTION"][3] == "EMO"


def reactions(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        rows = Statement.objects.filter(section="EMOTION", withdrawn_at=None).order_by("place")
        return [(one.said_by.name, one.observed) for one in rows if one.said_by is not None]


def test_a_reaction_names_what_was_observed_and_keeps_it_after_a_mistake(world: World) -> None:
    phone, address = writing(world, "STUDY")
    assert "哪位家长、什么反应、谁说的、是否核实" in phone.text
    whose = {"whose": str(world["mother"].pk)}

    answer = phone.send(address, keep="1", s_EMOTION="约2分钟没有说话。", **whose, **TYPED)
    assert answer.status_code == 400
    [wrong] = re.findall(
        r'<div class="field wrong" id="field-observed">.*?</div>', phone.html, re.S
    )
    assert "没有选择观察到的是什么反应。请选择一项：沉默、流泪" in wrong
    assert '<label for="id_observed">观察到的是什么反应</label>' in wrong
    assert 'aria-invalid="true"' in wrong
    alone = phone.send(address, keep="1", observed="SILENT", **whose, **TYPED)
    assert alone.status_code == 400
    assert "只选了反应，没有写内容" in phone.text.split("观察到的是什么反应")[0]
    assert filled(phone)["observed"] == ["SILENT"]

    assert tap(phone, address, keep="1", s_EMOTION="约2分钟没有说话。") == 200

    assert reactions(world) == [("mother", "SILENT")]


def test_another_choice_is_stored_and_emptying_the_words_takes_it_back(world: World) -> None:
    paper = written(world)
    paper.say("约2分钟没有说话。", section="EMOTION", said_by=str(world["mother"].pk),
              observed="SILENT")  # fmt: skip
    phone, address = by_password(world, "teacher"), f"/records/{paper.id}/edit"
    phone.open(address)
    assert filled(phone)["observed"] == ["SILENT"]

    assert tap(phone, address, keep="1", observed="LOOKED_AWAY") == 200
    assert reactions(world) == [("mother", "LOOKED_AWAY")]
    phone.open(address)
    assert tap(phone, address, keep="1", s_EMOTION="") == 200

    assert reactions(world) == []


def test_a_reaction_of_before_the_codes_stays_as_it_is_until_it_is_changed(world: World) -> None:
    paper = written(world)
    paper.say("约2分钟没有说话。", section="EMOTION", said_by=str(world["mother"].pk),
              observed="SILENT")  # fmt: skip
    with tenancy.scope(world.id):
        Statement.objects.filter(section="EMOTION").update(observed="")
    phone, address = by_password(world, "teacher"), f"/records/{paper.id}/edit"
    phone.open(address)

    assert tap(phone, address, keep="1", place="二楼") == 200
    assert "约2分钟没有说话。" in phone.text
    assert "观察到：" not in phone.text
    phone.open(address)
    assert tap(phone, address, keep="1", status_EMOTION="CONFIRMED") == 400
    assert tap(phone, address, keep="1", observed="SILENT") == 200

    assert reactions(world) == [("mother", "SILENT")]


def test_a_draft_with_several_is_stored_unchanged(world: World) -> None:
    phone, address = editing(world, FACT, OTHER)
    before = facts(world)

    phone.send(
        address,
        keep="1",
        seen=phone.value("seen"),
        s_FACT_2=OTHER,
        source_FACT_2="TEACHER",
        **TYPED,
    )

    assert facts(world) == before
    assert stored(world).state == "DRAFT"


def test_the_page_holds_for_a_quotation_what_the_check_does() -> None:
    row = statement_rows.Row("FACT", 1)
    quotes = {
        source: statement_rows.said(row, {row.words: "“他就是差生”", row.source: source}).is_quote
        for source in Statement.Source.values
    }

    assert {source for source, is_quote in quotes.items() if is_quote} == {
        "GUARDIAN", "STUDENT", "COMPANY", "THIRD",
    }  # fmt: skip


# --- how long the page is -------------------------------------------------------------------------


def behind_one_line(phone: Phone) -> str:
    """What stands behind 更多栏目; empty where there is nothing."""
    _, _, folded = phone.html.partition('<details class="more">')
    return folded.partition("事先准备的材料")[0]


def test_what_the_trigger_does_not_ask_for_waits_behind_one_line(world: World) -> None:
    phone, _ = writing(world, "PRAISE")
    folded = behind_one_line(phone)

    assert "更多栏目（可不填）：家长意见、班主任建议、双方共识、原因分析" in folded
    assert 'name="s_GUARDIAN_OPINION"' in folded
    assert 'name="s_FACT"' not in folded
    assert 'name="s_FACT"' in phone.html

    phone, _ = writing(world, "STUDY")
    assert 'name="s_GUARDIAN_OPINION"' not in behind_one_line(phone)
    assert 'name="s_EMOTION"' in behind_one_line(phone)


def test_a_section_with_words_or_with_a_mistake_stands_open(world: World) -> None:
    phone, address = writing(world, "PRAISE")

    phone.send(address, look="1", **{**TYPED, "s_CAUSE": "路远", "status_HOME": "SURE"})
    folded = behind_one_line(phone)

    for code in ("CAUSE", "HOME"):
        assert f'name="s_{code}"' in phone.html
        assert f'name="s_{code}"' not in folded
    assert 'name="s_EMOTION"' in folded
