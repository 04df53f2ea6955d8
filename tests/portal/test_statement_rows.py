"""Several statements in one section of the page of a record, each with its source and status."""

from parties import tenancy
from records.models import CommunicationRecord, Statement
from tests.api.papers import FACT, written
from tests.factories import World
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
    first = {"s_EMOTION": "沉默约2分钟，然后点头。", "whose": str(world["mother"].pk)}

    answer = phone.send(address, keep="1", s_EMOTION_2="起身离开。", **first, **TYPED)

    assert answer.status_code == 400
    wrong = phone.html.split('id="field-whose_2"')[1]
    assert "没有说明是哪位家长的反应" in wrong.split("<select")[0]
    assert "起身离开。" in phone.html
    phone.send(
        address,
        keep="1",
        s_EMOTION_2="起身离开。",
        whose_2=str(world["father"].pk),
        **first,
        **TYPED,
    )
    with tenancy.scope(world.id):
        told = Statement.objects.filter(section="EMOTION").order_by("place")
        assert [one.said_by for one in told] == [world["mother"], world["father"]]
    assert statements(world)["EMOTION"][3] == "EMO"


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
