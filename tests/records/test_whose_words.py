"""Of two parents at one table: who said it, and whose reaction it was."""

from dataclasses import replace

import pytest

from parties.errors import InvalidInput
from records import as_read, drafts, sheets
from records.draft_input import Present
from records.models import CommunicationRecord, Statement
from tests.api.callers import member
from tests.api.papers import written
from tests.factories import World
from tests.portal.visitors import by_password
from tests.records.desk import FACT, SILENT, Desk

pytestmark = pytest.mark.django_db

LATE = "孩子晚上十一点以后才回家。"
NEVER = "孩子每天九点前都在家。"
GUARDIAN = {"source": "GUARDIAN"}


@pytest.fixture
def both(desk: Desk) -> CommunicationRecord:
    """Father and mother say two things; the father falls silent."""
    record = desk.write()
    desk.meet(record, "mother", "father")
    desk.say(record, LATE, said_by="mother", **GUARDIAN)
    desk.say(record, NEVER, said_by="father", **GUARDIAN)
    desk.say(record, "约2分钟没有说话。", **{**SILENT, "said_by": "father"})
    desk.check(record)
    desk.offer(record)
    return record


def whose(desk: Desk, record: CommunicationRecord, who: str) -> list[str]:
    """As the page, the paper and the copy for a machine say it."""
    sheet = sheets.sheet_of(desk.read(record, who), school="")
    return [said.by for section in sheet.sections for said in section.statements]


@pytest.mark.parametrize("who", ["teacher", "head_of_office", "father"])
def test_each_sentence_says_whose_it_is(desk: Desk, both: CommunicationRecord, who: str) -> None:
    assert whose(desk, both, who) == ["陈述人：mother", "陈述人：father", "反应者：father"]


def test_a_reaction_of_the_other_parent_stays_unknown(
    desk: Desk, both: CommunicationRecord
) -> None:
    assert whose(desk, both, "mother") == ["陈述人：mother", "陈述人：father"]


def test_what_it_rests_on_stands_beside_it(desk: Desk) -> None:
    record = desk.write()
    desk.meet(record, "mother")
    desk.say(
        record, "睡得晚。", section="CAUSE", source="GUARDIAN", said_by="mother", basis="10月8日"
    )

    assert whose(desk, record, "teacher") == ["陈述人：mother；依据：10月8日"]


def test_nobody_is_named_who_did_not_take_part(desk: Desk) -> None:
    record = desk.drafted(FACT)
    desk.say(record, LATE, said_by="father", **GUARDIAN)

    assert whose(desk, record, "teacher") == ["", ""]
    assert [said.said_by for said in desk.read(record, "teacher").statements] == [None, None]


def test_who_is_not_among_those_who_took_part_is_asked_for(desk: Desk, world: World) -> None:
    record = desk.drafted(FACT)
    desk.say(record, LATE, section="HOME", said_by="father", **GUARDIAN)

    with pytest.raises(InvalidInput, match="参加的人中却没有father") as refused:
        desk.check(record)
    assert refused.value.field == "participants"
    assert desk.now(record).state == "DRAFT"
    people = [
        Present(person=world["mother"].pk, capacity="GUARDIAN", presence="IN_PERSON"),
        Present(person=world["father"].pk, capacity="GUARDIAN", presence="ABSENT"),
    ]
    with desk.as_("teacher") as viewer:
        drafts.attend(viewer, record_id=record.pk, people=people)

    desk.check(record)
    desk.offer(record)

    assert whose(desk, record, "mother") == ["", "陈述人：father"]


def came(desk: Desk, record: CommunicationRecord, **capacities: str) -> None:
    people = [
        Present(person=desk.world[who].pk, capacity=capacity, presence="IN_PERSON")
        for who, capacity in capacities.items()
    ]
    with desk.as_("teacher") as viewer:
        drafts.attend(viewer, record_id=record.pk, people=people)


@pytest.mark.parametrize(
    ("source", "capacity"),
    [("TEACHER", "ST"), ("TEACHER", "PSY"), ("TEACHER", "LEADER"), ("COMPANY", "COMPANY")],
)
def test_a_parent_who_came_as_something_else_is_named_beside_it(
    desk: Desk, source: str, capacity: str
) -> None:
    record = desk.write()
    came(desk, record, mother="GUARDIAN", father=capacity)
    desk.say(record, FACT, source=source, said_by="father")
    desk.say(record, LATE, said_by="father", **GUARDIAN)
    desk.check(record)
    desk.offer(record)

    assert whose(desk, record, "mother") == ["陈述人：father"] * 2


@pytest.mark.parametrize(
    ("source", "capacity"),
    [
        ("TEACHER", "GUARDIAN"), ("TEACHER", "COMPANY"), ("TEACHER", "OTHER"),
        ("COMPANY", "GUARDIAN"), ("COMPANY", "HT"), ("STUDENT", "ST"), ("THIRD", "COMPANY"),
    ],
)  # fmt: skip
def test_as_what_a_parent_came_decides_over_the_source(
    desk: Desk, source: str, capacity: str
) -> None:
    record = desk.write()
    came(desk, record, father=capacity)

    with pytest.raises(InvalidInput, match="来源却不是“家长陈述”") as refused:
        desk.say(record, FACT, source=source, said_by="father")

    assert refused.value.field == "said_by"
    assert ("身份参加的" in refused.value.mend) == (source in ("TEACHER", "COMPANY"))


def test_who_is_put_down_as_a_parent_after_all_is_asked_again(desk: Desk) -> None:
    record = desk.write()
    came(desk, record, mother="GUARDIAN", father="ST")
    desk.say(record, FACT, source="TEACHER", said_by="father")
    came(desk, record, mother="GUARDIAN", father="GUARDIAN")

    with pytest.raises(InvalidInput, match="来源却不是“家长陈述”"):
        desk.check(record)


def test_a_reaction_is_of_somebody_who_took_part(desk: Desk) -> None:
    record = desk.drafted(FACT)
    desk.say(record, "约2分钟没有说话。", **{**SILENT, "said_by": "father"})

    with pytest.raises(InvalidInput, match="没有father"):
        desk.check(record)


def test_what_was_taken_back_asks_for_nobody(desk: Desk) -> None:
    record = desk.drafted(FACT)
    said = desk.say(record, LATE, said_by="father", **GUARDIAN)
    with desk.as_("teacher") as viewer:
        drafts.retract(viewer, record_id=record.pk, statement_id=said.pk)

    desk.check(record)

    assert desk.now(record).state == "CHECKED"


def test_whom_a_colleague_named_is_told_to_nobody_else(desk: Desk, world: World) -> None:
    record = desk.drafted(FACT)
    desk.say(record, LATE, said_by="father", **GUARDIAN)
    with desk.as_("teacher"):
        Statement.objects.filter(record=record).update(entered_by=world["counsellor"])

    with pytest.raises(InvalidInput, match="没有这个人"):
        desk.check(record)


def test_where_only_the_class_is_named_nobody_is(desk: Desk, world: World) -> None:
    record = desk.drafted(FACT)
    desk.say(record, "家里最近交不起房租，周末需要兼职。", said_by="mother", **GUARDIAN)
    desk.check(record)
    desk.offer(record)
    for who in ("teacher", "mother"):
        desk.sign(record, who)

    masked = desk.read(record, "teacher").statements[1]
    assert (masked.text, masked.said_by) == (None, None)
    assert desk.read(record, "mother").statements[1].said_by == world["mother"].pk


def test_words_in_another_mouth_are_other_words(
    desk: Desk, both: CommunicationRecord, world: World
) -> None:
    file = desk.read(both, "mother")
    first, *rest = file.statements

    other = replace(first, said_by=world["father"].pk)
    assert as_read.mark(replace(file, statements=[other, *rest])) != as_read.mark(file)


def test_the_page_and_a_program_are_told_as_well(world: World) -> None:
    paper = written(world)
    mother = str(world["mother"].pk)
    paper.say(LATE, said_by=mother, **GUARDIAN)
    paper.do("check")
    paper.do("offer")

    told = member(world, "father").get(f"/records/{paper.id}").json()["statements"]
    assert [one["said_by"] for one in told] == [None, mother]
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}")
    assert "陈述人：mother" in phone.text
